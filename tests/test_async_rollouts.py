"""Many episodes against one endpoint: in order, by few threads, and nothing is left behind."""

import asyncio
import json
import os
import re
import signal
import socket
import threading
from contextlib import aclosing
from pathlib import Path

import openai
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from wildgym.benchmarks.soak import runners
from wildgym.envs.integrations.row import made, opened, row, rows
from wildgym.envs.rollouts import async_rollouts, streamed
from wildgym.tools.sandboxes.pool import _POOLS, close_all
from wildgym.tools.shell import run_command


def expert(one):
    """Return what solves the episode of a row, and how it writes a call."""
    env = made(one)
    opened(env, one)
    env.close()
    return env.expert(), env.written


def expert_policy(given):
    experts = [expert(one)[0] for one in given]

    async def policy(seen):
        return experts[seen.number](seen.observation)

    return policy


def known(one):
    """Return the opening of a row's episode, and what solves it."""
    env = made(one)
    _, info = opened(env, one)
    env.close()
    return json.dumps(info["messages"]), env.expert()


class Endpoint:
    """Serves chat completions as the expert would; holds replies until `crowd` requests wait."""

    def __init__(self, given, crowd):
        self.experts = dict(map(known, given))
        self.crowd, self.waiting, self.full = crowd, 0, asyncio.Event()

    async def complete(self, request):
        asked = await request.json()
        self.waiting += 1
        if self.waiting == self.crowd:
            self.full.set()
        await self.full.wait()
        solve = self.experts[json.dumps(asked["messages"][:2])]
        content = solve(asked["messages"][-1]["content"])
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        head = {"id": "1", "object": "chat.completion", "created": 0, "model": "expert"}
        return JSONResponse({**head, "choices": [choice]})

    async def serving(self, act):
        """Serve on a free port while `act` runs with a client."""
        app = Starlette(routes=[Route("/v1/chat/completions", self.complete, methods=["POST"])])
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            # Connections that wait for a slow machine are no idle ones.
            how = {"log_level": "error", "lifespan": "off", "timeout_keep_alive": 600}
            server = uvicorn.Server(uvicorn.Config(app, **how))
            serving = asyncio.create_task(server.serve([listening]))
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
            own = {"api_key": "none", "max_retries": 0, "timeout": 120}
            async with openai.AsyncOpenAI(base_url=url, **own) as client:
                try:
                    return await act(client)
                finally:
                    server.should_exit = True
                    await serving


def test_hundreds_of_episodes_against_one_endpoint_take_few_threads():
    hard = {"perturbations": "all", "scaffold": "random"}
    given = rows("wildgym/Api-v0", range(240), task="shop/order_total", **hard)
    given += rows("wildgym/Files-v0", range(16), perturbations="all")
    threads = set()

    async def play(client):
        async def policy(seen):
            threads.update(t.name for t in threading.enumerate())
            reply = await client.chat.completions.create(model="expert", messages=seen.messages)
            return reply.choices[0].message.content

        return await async_rollouts(given, policy, concurrency=256, sandboxes=3)

    async def all_of_it():
        return await Endpoint(given, crowd=256).serving(play)

    played = asyncio.run(all_of_it())
    assert [one.reward for one in played] == [1.0] * 256
    assert len([name for name in threads if name.startswith("env")]) == 3
    for one, rollout in zip(given, played, strict=True):
        env = made(one)
        first, info = opened(env, one)
        env.close()
        assert (rollout.task, rollout.variation) == (info["task_id"], env.variation)
        assert rollout.trajectory.opening == first
        assert rollout.valid


def test_the_examples_of_the_docs_run(monkeypatch):
    page = Path(__file__).parents[1] / "docs" / "clusters.md"
    _, endpoint, stream = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    found, given = {}, rows("wildgym/Api-v0", range(32), perturbations="train")

    async def play(client):
        monkeypatch.setenv("OPENAI_BASE_URL", str(client.base_url))
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        exec(endpoint, found)
        exec(stream, found)
        async with found["client"]:
            played = await found["main"]()
            found["policy"] = expert_policy(given)
            return played, await found["first"](3, given)

    played, some = asyncio.run(Endpoint(given, crowd=32).serving(play))
    assert [one.reward for one in played] == [1.0] * 32
    assert [one.reward for one in some] == [1.0] * 3
    assert not [t for t in threading.enumerate() if t.name.startswith("env")]


def test_native_calls_come_with_their_tools():
    given = rows("wildgym/Api-v0", range(6), perturbations="all", interface="chat")
    experts = [expert(one)[0] for one in given]

    async def policy(seen):
        assert seen.tools
        assert seen.messages[-1]["role"] in ("user", "tool")
        return experts[seen.number](seen.observation)

    played = asyncio.run(async_rollouts(given, policy, concurrency=2))
    assert [one.reward for one in played] == [1.0] * 6


def test_a_slow_sandbox_holds_up_no_other_episode():
    slow, quick = row("wildgym/Files-v0", 0), row("wildgym/Api-v0", 1)
    (solve, written), (other, _) = expert(slow), expert(quick)
    waiting = [written(run_command(command="sleep 2"))]

    async def policy(seen):
        if seen.number == 1:
            return other(seen.observation)
        return waiting.pop() if waiting else solve(seen.observation)

    async def order():
        return [number async for number, _ in streamed([slow, quick], policy, sandboxes=2)]

    assert asyncio.run(order()) == [1, 0]


def leased():
    """Count the sandboxes that episodes hold."""
    return sum(
        len([s for s in pool._all if not s.lost]) - len(pool._idle) for pool in _POOLS.values()
    )


def playing_files(stop):
    """Play episodes whose policy asks `stop` each time whether to give up."""
    given = rows("wildgym/Files-v0", range(6))
    action, begun = expert(given[0])[1](run_command(command="sleep 0.2")), set()

    async def policy(seen):
        again = seen.number in begun
        begun.add(seen.number)
        return None if await stop(seen.number, again) else action

    return streamed(given, policy, sandboxes=3)


def nothing_is_held():
    return leased() == 0 and not [t for t in threading.enumerate() if t.name.startswith("env")]


@pytest.mark.parametrize("cancelled", [False, True])
def test_who_stops_midway_gets_all_sandboxes_back(cancelled):
    close_all()

    async def play():
        some = asyncio.Event()

        async def stop(number, again):
            if again and number % 2:
                # Some are cancelled while they wait, the others while their envs work.
                some.set()
                await asyncio.Event().wait()
            return some.is_set() and not cancelled

        async with aclosing(playing_files(stop)) as playing:
            first = asyncio.create_task(anext(playing))
            await some.wait()
            assert leased() > 0
            if cancelled:
                first.cancel()
            await asyncio.wait([first])
            assert first.cancelled() == cancelled
            assert nothing_is_held() == cancelled

    asyncio.run(play())
    assert nothing_is_held()


def test_what_a_policy_raises_ends_all_episodes_and_gives_their_sandboxes_back():
    close_all()

    async def stop(number, again):
        if again and number == 3:
            raise RuntimeError("no model")

    async def play():
        async for _ in playing_files(stop):
            raise AssertionError("none of them ends")

    with pytest.raises(RuntimeError, match="no model"):
        asyncio.run(play())
    assert nothing_is_held()


def test_what_is_not_the_policys_doing_makes_one_episode_invalid():
    given = [
        row("wildgym/Files-v0", 0, sandbox="bubblewrap"),
        row("wildgym/Api-v0", 1),
        row("wildgym/Api-v0", 2),
    ]
    (_, written), (solve, _), _ = map(expert, given)
    close_all()

    async def policy(seen):
        if seen.number == 1:
            return solve(seen.observation)
        if seen.number == 2:
            raise TimeoutError("no reply")
        for pid in runners():
            os.kill(pid, signal.SIGKILL)
        return written(run_command(command="true"))

    lost, solved, unanswered = asyncio.run(async_rollouts(given, policy, unscored=(TimeoutError,)))
    assert (lost.valid, solved.valid, unanswered.valid) == (False, True, False)
    assert "SandboxLost" in lost.info["invalid"]
    assert unanswered.info["invalid"] == "TimeoutError: no reply"
    assert (lost.reward, solved.reward, unanswered.reward) == (0.0, 1.0, 0.0)


def test_a_policy_may_give_up_and_a_row_has_to_be_one():
    async def silent(seen):
        return None

    (given_up,) = asyncio.run(async_rollouts([row("wildgym/Api-v0", 0)], silent))
    assert (given_up.reward, given_up.valid, given_up.trajectory.turns) == (0.0, True, [])
    for wrong, said in (
        ({"seed": 1}, "a row has env_id, seed"),
        (row("wildgym/Api-v0", 0, task="shop/steal"), "no task 'shop/steal'"),
    ):
        with pytest.raises(ValueError, match=said):
            asyncio.run(async_rollouts([wrong], silent))
    with pytest.raises(ValueError, match="at least 1"):
        asyncio.run(async_rollouts([], silent, concurrency=0))
