"""MCP, by its official client: episodes as servers, a perturbing proxy, and servers as envs."""

import importlib.util
import json
import logging
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import mcp_types as types
import pytest
from mcp import MCPError, StdioServerParameters
from mcp.server import MCPServer, Server
from typer.testing import CliRunner

import wildgym
from wildgym.benchmarks.__main__ import app
from wildgym.envs.api import TASKS
from wildgym.envs.expert import climb, solve
from wildgym.envs.mcp.contents import received
from wildgym.envs.mcp.episode import PROMPT, Episode
from wildgym.envs.mcp.episode import server_of as server_of_episode
from wildgym.envs.mcp.session import Session
from wildgym.envs.scaffolds.values import read_result
from wildgym.perturbations import REGISTRY
from wildgym.perturbations.factory import make
from wildgym.perturbations.wrap.proxy import Proxy
from wildgym.perturbations.wrap.serving import server_of as server_of_proxy
from wildgym.tools import ToolCall, ToolError, finish
from wildgym.tools.servers import Unreachable


def shop_server():
    """Return the module of the server, which is no test."""
    place = Path(__file__).with_name("shop_server.py")
    spec = importlib.util.spec_from_file_location("shop_server", place)
    sys.modules["shop_server"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SERVER = shop_server()
shop = SERVER.shop
COMMAND = [sys.executable, SERVER.__file__]
DAY = "2025-01-01"


@pytest.fixture(autouse=True)
def _quiet():
    """Servers log every error that they answer with."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@contextmanager
def connected(target):
    session = Session(target, timeout=30)
    session.open()
    try:
        yield session
    finally:
        session.close()


# An episode as a server.


def episode_env(task, perturbations="all"):
    return make("api", tasks=task, perturbations=perturbations, interface="chat")


def play_over(session, program):
    """Run a program through a client until nothing more can be called."""
    call = next(program)
    for _ in range(400):
        text = session.call(call.name, call.arguments).content[0].text
        result = read_result(text)
        if result.code == "episode_over" or result.value == {"ended": True}:
            return
        call = program.send(result)
    raise AssertionError("no end")


def test_the_expert_solves_episodes_through_the_client():
    for seed, task in enumerate(sorted(TASKS)[::4]):
        verdicts = []
        env = episode_env(task)
        episode = Episode(env, seed, verdicts.append)
        with connected(lambda episode=episode: server_of_episode(episode)) as session:
            program = solve(env.scenario)
            call = next(program)
            while not verdicts:
                text = session.call(call.name, call.arguments).content[0].text
                if not verdicts:
                    call = program.send(read_result(text))
            again = session.call("finish", {})
        assert [v["score"] for v in verdicts] == [1.0], task
        assert again.is_error
        assert "episode_over" in again.content[0].text
    assert seed >= 20


def test_a_client_sees_what_a_chat_agent_sees_and_nothing_else():
    seed = 918273645546372819
    env = episode_env("shop/refund")
    episode = Episode(env, seed, lambda verdict: None)
    twin = episode_env("shop/refund")
    messages, info = twin.reset(seed=seed)
    seen = []
    with connected(lambda: server_of_episode(episode)) as session:
        told = "\n\n".join(message["content"] for message in messages)
        assert session.client.instructions == told
        asked = types.GetPromptRequest(params=types.GetPromptRequestParams(name=PROMPT))
        prompt = session.request(asked, types.GetPromptResult)
        assert [message.content.text for message in prompt.messages] == [told]
        tools = session.tools()
        offered = [(t.name, t.description, t.input_schema) for t in tools]
        given = [tool["function"] for tool in info["tools"]]
        assert offered == [(t["name"], t["description"], t["parameters"]) for t in given]
        program = solve(twin.scenario)
        action, over = twin.written(next(program)), False
        while not over:
            function = action["tool_calls"][0]["function"]
            result = session.call(function["name"], json.loads(function["arguments"]))
            observation, _, over, _, end = twin.step(action)
            assert result.content[0].text == observation[0]["content"]
            seen.append(result.model_dump_json())
            if not over:
                action = twin.written(program.send(read_result(observation[0]["content"])))
        seen += [tool.model_dump_json() for tool in tools] + [prompt.model_dump_json(), told]
        seen.append(str(session.client.server_info) + str(session.client.server_capabilities))
    everything = "\n".join(seen)
    assert end["score"] == 1.0
    hidden = [str(seed), "score", "verdict", "wildgym", *end["checks"]]
    hidden += [p["name"] for p in env.variation["perturbations"]]
    plain = {"answer", "status"}
    assert [word for word in hidden if word in everything and word not in plain] == []


def test_calls_that_cannot_be_made_are_taught_and_cost_a_call():
    verdicts = []
    env = make("api", tasks="shop/refund", interface="chat", max_turns=3)
    episode = Episode(env, 1, verdicts.append)
    with connected(lambda: server_of_episode(episode)) as session:
        for name, arguments, taught in (
            ("get_ordr", {}, "Did you mean get_order"),
            ("get_order", {"id": "x"}, "required, but missing"),
            ("get_order", {"order_id": "\ud800"}, "surrogate"),
        ):
            result = (
                received(session.call(name, arguments)) if "\ud800" not in str(arguments) else None
            )
            if result is None:
                text, failed = episode.call(name, arguments)
                assert failed
                assert taught in text
            else:
                assert result.is_error
                assert taught in json.dumps(result.value)
    assert [(v["score"], v["turns"]) for v in verdicts] == [(0.0, 3)]


def test_where_the_host_fails_the_episode_is_invalid():
    verdicts = []
    env = wildgym.wrap.mcp(COMMAND, SHOP_TASKS, interface="chat", today=DAY)
    episode = Episode(env, 1, verdicts.append)
    with connected(lambda: server_of_episode(episode)) as session:
        result = session.call("break_down", {})
        assert result.is_error
        assert "This is not your fault." in result.content[0].text
        assert "episode_over" in session.call("finish", {}).content[0].text
    assert ["invalid" in verdict for verdict in verdicts] == [True]
    assert "score" not in verdicts[0]


def test_text_episodes_are_refused():
    with pytest.raises(ValueError, match="interface='chat'"):
        Episode(make("api"), 0, print)


# The command line.


def serve(*arguments):
    return [sys.executable, "-m", "wildgym.benchmarks", "serve", *arguments]


def test_one_process_is_one_episode(tmp_path):
    task, out = "bank/transfer" if "bank/transfer" in TASKS else "shop/refund", tmp_path / "out"
    command = serve("--mcp", "--task", task, "--seed", "5", "--perturbations", "all")
    env = episode_env(task)
    env.reset(seed=5)
    with connected([*command, "--out", str(out)]) as session:
        play_over(session, solve(env.scenario))
        verdict = json.loads(out.read_text())
    assert (verdict["score"], verdict["task"], verdict["seed"]) == (1.0, task, 5)
    with connected([*command, "--out", str(out)]) as session:
        session.call("finish", {"answer": "done"})
    with connected([*command, "--out", str(out)]) as session:
        session.tools()
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["score"], line.get("given_up")) for line in lines[1:]] == [(0, None), (0, True)]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    out = tmp_path_factory.mktemp("http") / "out"
    command = serve("--mcp", "--port", "0", "--episodes", "2", "--out", str(out))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        found = re.match(r"(http://\S+?)/episodes", process.stderr.readline())
        yield found[1], out
        process.send_signal(signal.SIGINT)
        process.wait(20)
        assert "Traceback" not in process.stderr.read()


def test_over_http_the_url_is_the_episode(address):
    host, out = address
    urls = [f"{host}/episodes/shop/refund/{seed}/mcp?perturbations=all" for seed in (1, 2)]
    envs = [episode_env("shop/refund") for _ in urls]
    for seed, env in zip((1, 2), envs, strict=True):
        env.reset(seed=seed)
    programs = [solve(env.scenario) for env in envs]
    with connected(urls[0]) as first, connected(urls[1]) as second:
        assert {t.name for t in first.tools()} == set(envs[0].scenario.toolset.specs)
        play_over(second, programs[1])
    with connected(urls[0]) as again:
        play_over(again, programs[0])
    verdicts = [json.loads(line) for line in out.read_text().splitlines()]
    of_both = [(v["seed"], v["score"]) for v in verdicts if v["seed"] in (1, 2)]
    assert of_both == [(2, 1.0), (1, 1.0)]


def test_what_cannot_be_opened_over_http_is_said(address):
    host, _ = address
    assert fetched(f"{host}/elsewhere")[0] == 404
    assert "no task 'shop/nothing'" in fetched(f"{host}/episodes/shop/nothing/1/mcp")[1]
    status, said = fetched(f"{host}/episodes/shop/refund/1/mcp?mix=all")
    assert (status, "unknown 'mix'" in said) == (404, True)
    assert "no mix" in fetched(f"{host}/episodes/shop/refund/1/mcp?perturbations=x")[1]
    with (
        connected(f"{host}/episodes/shop/refund/7/mcp?attempt=1") as one,
        connected(f"{host}/episodes/shop/refund/7/mcp?attempt=2") as two,
    ):
        assert one.tools() == two.tools()
        url = f"{host}/episodes/shop/refund/7/mcp?attempt=3"
        with pytest.raises(Unreachable, match="2 episodes are open, and no more may be"):
            connected(url).__enter__()
        one.call("finish", {})
        with connected(url) as three:
            assert three.tools() == two.tools()
            three.call("finish", {})
        two.call("finish", {})


def test_other_hosts_are_refused_over_http(address):
    headers = {"Host": "evil.example", "Content-Type": "application/json"}
    host, out = address
    for attempt in range(3):  # nor do they take the place of an episode
        url = f"{host}/episodes/shop/refund/11/mcp?attempt={attempt}"
        assert fetched(url, headers)[0] in (403, 421)
    with connected(f"{host}/episodes/shop/refund/12/mcp") as session:
        session.call("finish", {})
    assert '"seed": 12' in out.read_text()


def fetched(url, headers=None):
    request = urllib.request.Request(url, b"{}", headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mcp"], "--task for one episode"),
        (["--mcp", "--web"], "say what to serve"),
        (["--mcp", "--task", "shop/nothing"], "no task 'shop/nothing'"),
        (["--mcp", "--task", "shop/refund", "--perturbations", "x"], "no mix or operator 'x'"),
        (["--mcp", "--task", "shop/refund", "--out", "/nowhere/x"], "cannot be written"),
        (["--mcp-proxy", "/no/such/command"], "cannot be reached"),
        (["--mcp-proxy", "http://127.0.0.1:9/mcp"], "cannot be reached"),
    ],
)
def test_misuse_is_one_line(arguments, said):
    result = CliRunner().invoke(app, ["serve", *arguments])
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1


# The proxy.

CALLS = [
    ToolCall("list_orders"),
    ToolCall("list_orders", {"status": "open", "customer": "cus-2"}),
    ToolCall("get_order", {"order_id": "ord-3"}),
    ToolCall("get_order", {"order_id": "nope"}),
    ToolCall("set_status", {"order_id": "ord-3", "status": "cancelled"}),
    ToolCall("set_status", {"order_id": "ord-4", "status": "shipped", "express": True}),
    ToolCall("get_order", {"order_id": "ord-3"}),
    ToolCall("add_note", {"order_id": "ord-3", "text": 'call "now"\n{a}'}),
    ToolCall("add_note", {"order_id": "ord-3", "text": "two", "due": "2025-04-05", "tags": ["a"]}),
    ToolCall("add_note", {"order_id": "nope", "text": "three"}),
    ToolCall("read_notes", {"order_id": "ord-3"}),
    ToolCall("count_orders"),
    ToolCall("picture", {"order_id": "ord-5"}),
    ToolCall("list_orders", {"status": "cancelled"}),
    ToolCall("read_notes", {"order_id": "ord-9"}),
]


def work():
    results = []
    for call in CALLS:
        results.append((yield call))
    return results


def overcoming(obstacles):
    """Do the work through everything in the way, knowing only what a client is told."""
    for depth in reversed(range(len(obstacles))):
        yield from climb(obstacles[depth].brief({}), obstacles[depth + 1 :])
    return (yield from climb(work(), obstacles))


def worked(session, program):
    """Return what a program makes of a server's tools, and the images that it was shown."""
    images = set()
    call = next(program)
    for _ in range(500):
        raw = session.call(call.name, call.arguments)
        images |= {block.data for block in raw.content if isinstance(block, types.ImageContent)}
        try:
            call = program.send(received(raw))
        except StopIteration as end:
            return end.value, images
    raise AssertionError("no end")


def left(session):
    return [
        received(session.call("list_orders", {})),
        received(session.call("read_notes", {"order_id": "ord-3"})),
    ]


@pytest.fixture(scope="module")
def directly():
    with connected(shop) as session:
        results, images = worked(session, work())
        return results, images, left(session)


@contextmanager
def proxied(perturbations, seed=3, upstream=shop):
    with connected(upstream) as behind:
        proxy = Proxy(behind, perturbations, seed, DAY)
        with connected(lambda: server_of_proxy(proxy, behind)) as session:
            yield proxy, session, behind


def overcome(perturbations, seed, directly):
    with proxied(perturbations, seed) as (proxy, session, behind):
        assert {t.name for t in session.tools()} == proxy.scenario.toolset.specs.keys()
        obstacles = [obstacle for _, obstacle in proxy.scenario.obstacles]
        results, images = worked(session, overcoming(obstacles))
        expected, shown, final = directly
        assert results == expected
        assert left(behind) == final
        assert images >= shown
        assert not any(proxy.report()["lures"].values())
        assert all(proxy.report()["checks"].values())


OF_TOOLS = [n for n in sorted(REGISTRY) if REGISTRY[n].axis in ("tool_info", "tool_response")]


@pytest.mark.parametrize("name", OF_TOOLS)
def test_every_operator_that_applies_can_be_overcome_through_the_proxy(name, directly):
    """The same values and the same final state, however its parameters are drawn."""
    if name in cannot_apply():
        with (
            pytest.raises(ValueError, match=f"{name} cannot be applied to these tools: it "),
            proxied([name]),
        ):
            pass
        return
    for seed in range(3):
        drawn = REGISTRY[name].drawn(seed, 1.0).to_json()
        overcome({"seed": seed, "perturbations": [drawn]}, seed, directly)


def cannot_apply():
    """What needs tables, a folder, a detour, or somebody who knows that nothing was changed."""
    return {
        *("advertise", "amend_rows", "conflicting_sources", "count_days", "falsify_status"),
        *("hide_details", "inject_results", "label_references", "label_units", "noisy_numbers"),
        *("partial_matches", "rename_fields", "urgent_keys", "wrong_values", "remove_tool"),
        *("colour_output", "cut_output", "fold_lines", "number_lines", "spill_to_file"),
        *("warn_first", "drop_parameter", "remove_needed_tool", "withhold_results"),
    }


def test_show_names_what_applies_and_why_the_rest_does_not():
    shown = CliRunner().invoke(app, ["serve", "--mcp-proxy", " ".join(COMMAND), "--show"]).output
    applies, others = shown.split("The others cannot:")
    assert {line.strip() for line in applies.splitlines()[1:]} == set(OF_TOOLS) - cannot_apply()
    assert "advertise: it needs the tables of a world" in others
    assert "typos: it changes the user_prompt" in others
    assert "cut_output: it changes files and commands" in others


@pytest.mark.parametrize("seed", range(20))
def test_mixes_can_be_overcome_through_the_proxy(seed, directly):
    overcome(("all", "tool_info", "tool_response")[seed % 3], seed, directly)


def test_equal_seeds_perturb_equally():
    def offered(seed):
        with proxied("all", seed) as (proxy, session, _):
            tools = [tool.model_dump_json() for tool in session.tools()]
            return proxy.variation, tools, session.client.instructions

    assert offered(4) == offered(4)
    assert offered(4) != offered(5)


def test_without_perturbations_everything_passes_as_it_is():
    with proxied("none") as (_, session, behind):
        assert session.tools() == behind.tools()
        assert session.client.instructions == "A small shop."
        for call in CALLS:
            through, straight = (s.call(call.name, call.arguments) for s in (session, behind))
            assert through.content == straight.content
            assert through.structured_content == straight.structured_content
            assert through.is_error == straight.is_error
        greeting = {"name": "greet", "arguments": {"name": "Ada"}}
        for asked, answer in (
            (types.ListResourcesRequest(), types.ListResourcesResult),
            (types.ReadResourceRequest(params={"uri": "shop://hours"}), types.ReadResourceResult),
            (types.ListPromptsRequest(), types.ListPromptsResult),
            (types.GetPromptRequest(params=greeting), types.GetPromptResult),
        ):
            through, straight = (s.request(asked, answer) for s in (session, behind))
            assert through.model_dump(exclude={"meta"}) == straight.model_dump(exclude={"meta"})


def test_images_pass_untouched_and_rules_are_told():
    with proxied(["wrap_results", "interrupt_writes"]) as (_, session, behind):
        result = session.call("picture", {"order_id": "ord-5"})
        straight = behind.call("picture", {"order_id": "ord-5"})
        assert result.content[1] == straight.content[1]
        assert "A picture of ord-5." not in (result.content[0].text, "")
        assert session.client.instructions.startswith("A small shop.\n\n")
        assert "interrupted" in session.client.instructions


def test_the_failures_of_the_server_are_its_own():
    with proxied(["rename_by_synonym"], upstream=COMMAND) as (proxy, session, _):
        names = {}
        for spec in proxy.scenario.toolset.specs.values():
            names[spec.description] = spec.name
        missing = session.call(names["Get one order."], {"order_id": "nope"})
        assert missing.is_error
        assert "There is no order 'nope'." in missing.content[0].text
        unknown = received(session.call("get_order_", {}))
        assert unknown.code == "unknown_tool"
        with pytest.raises(MCPError, match="closed"):
            session.call(names["End the process."], {})


def odd():
    """A server that answers as it should not."""

    async def list_tools(_, __):
        row = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
        plain = {"type": "object", "properties": {}}
        named = [types.Tool(name=n, input_schema=plain) for n in ("refuse", "many", "nothing")]
        lying = types.Tool(name="lie", input_schema=plain, output_schema=row)
        return types.ListToolsResult(tools=[*named, lying])

    async def call_tool(_, params):
        if params.name == "refuse":
            raise MCPError(types.INVALID_PARAMS, "not like this")
        if params.name == "lie":
            return types.CallToolResult(content=[], structured_content={"id": 3})
        texts = ["{", "[1]"] if params.name == "many" else []
        return types.CallToolResult(content=[types.TextContent(text=text) for text in texts])

    return Server("odd", on_list_tools=list_tools, on_call_tool=call_tool)


def test_servers_that_answer_oddly_are_let_through():
    with proxied(["wrap_results"], upstream=odd) as (proxy, session, _):
        refused = session.call("refuse", {})
        assert (refused.is_error, refused.content[0].text) == (True, "not like this")
        lied = session.call("lie", {})
        assert lied.is_error
        assert "The server behind this one failed" in lied.content[0].text
        many, nothing = (received(session.call(n, {})).value for n in ("many", "nothing"))
        for name in proxy.scenario.toolset.path:
            many, nothing = many[name], nothing[name]
        assert (many, nothing) == (["{", [1]], None)


def test_the_proxy_of_the_command_line(directly, tmp_path):
    perturbations, out = "rename_parameters,interrupt_writes,rate_limit", tmp_path / "out"
    command = serve("--mcp-proxy", " ".join(COMMAND), "--perturbations", perturbations)
    with proxied(perturbations.split(","), 7) as (proxy, _, __):
        obstacles = [obstacle for _, obstacle in proxy.scenario.obstacles]
    with connected([*command, "--seed", "7", "--out", str(out)]) as session:
        assert worked(session, overcoming(obstacles)) == directly[:2]
    report = json.loads(out.read_text())
    assert report["checks"] == {"interrupt_writes": True}
    assert report["calls"] > len(CALLS)


def test_a_tool_with_a_name_that_is_taken_is_refused():
    def clock():
        server = MCPServer("clock")
        server.add_tool(lambda: "waited", name="wait", description="Wait.")
        return server

    with pytest.raises(Unreachable, match="has a tool 'wait'"), proxied("none", upstream=clock):
        pass


# A server as an env.


def ship(facts):
    orders = yield ToolCall("list_orders", {"customer": facts["customer"], "status": "open"})
    for order in orders:
        yield ToolCall("set_status", {"order_id": order["id"], "status": "shipped"})
    return len(orders)


def all_shipped(ask):
    return not ask("list_orders", customer="cus-2", status="open") and ask("count_orders") == 12


SHOP_TASKS = [
    wildgym.wrap.WrappedTask(
        name="shop/ship",
        request="Ship all open orders of {customer}. Tell me how many these are.",
        facts={"customer": "cus-2"},
        solution=ship,
        answer=2,
        check=all_shipped,
    ),
    {
        "name": "shop/note",
        "request": "Note {text} at order {order}, and drop the other one's status to cancelled.",
        "facts": {"text": "call back", "order": "ord-3"},
        "setup": [{"tool": "add_note", "arguments": {"order_id": "ord-3", "text": "first"}}],
        "solution": [
            {"tool": "add_note", "arguments": {"order_id": "ord-3", "text": "call back"}},
        ],
        "check": [
            {
                "tool": "read_notes",
                "arguments": {"order_id": "ord-3"},
                "equals": [["first", None], ["call back", None]],
            },
            {"tool": "get_order", "arguments": {"order_id": "ord-3"}, "contains": "status"},
        ],
    },
]


@pytest.mark.parametrize(
    ("scaffold", "interface"), [("hermes", "text"), ("random", "text"), (None, "chat")]
)
def test_the_expert_solves_a_wrapped_server_and_doing_nothing_does_not(play, scaffold, interface):
    env = wildgym.wrap.mcp(
        shop, SHOP_TASKS, perturbations="all", scaffold=scaffold, interface=interface, today=DAY
    )
    for seed in range(12):
        assert play(env, seed)[0] == 1.0
    for task in ("shop/ship", "shop/note"):
        env.reset(seed=1, options={"task": task})
        hand_in = env.written(finish(answer="2"))
        score = 0.0
        for _ in range(3):  # where something is in the way of handing in, it is told
            _, reward, over, _, _ = env.step(hand_in)
            score += reward
            if over:
                break
        assert score == 0.0
    env.close()


def test_a_variation_of_a_wrapped_server_is_replayed():
    arguments = {"scaffold": "random", "today": DAY}
    env = wildgym.wrap.mcp(shop, SHOP_TASKS, perturbations="all", **arguments)
    seen, end = played_once(env, 0)
    again = wildgym.wrap.mcp(shop, SHOP_TASKS, perturbations=env.variation, today=DAY)
    assert played_once(again, 0) == (seen, end)


def test_a_wrapped_server_begins_each_episode_anew(tmp_path):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(SHOP_TASKS[1:]))
    env = wildgym.wrap.mcp(COMMAND, str(path), today=DAY)
    first, second = (played_once(env, n) for n in range(2))
    assert first == second
    assert first[1]["checks"] == {"answer": True, "status": True, "server": True}
    with pytest.raises(NotImplementedError, match="cannot be forked"):
        env.fork()


def played_once(env, _):
    observation, _ = env.reset(seed=1)
    expert, seen, over = env.expert(), [observation], False
    while not over:
        observation, _, over, _, info = env.step(expert(observation))
        seen.append(observation)
    return seen, info


def test_a_server_that_dies_makes_the_episode_invalid():
    env = wildgym.wrap.mcp(
        StdioServerParameters(command=COMMAND[0], args=COMMAND[1:]), SHOP_TASKS, today=DAY
    )
    env.reset(seed=1)
    _, reward, terminated, truncated, info = env.step(env.written(ToolCall("break_down")))
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert "invalid" in info
    assert played_once(env, 0)[1]["score"] == 1.0


def test_a_server_behind_a_url_is_reset_by_its_user(address):
    host, _ = address
    url = f"{host}/episodes/shop/refund/3/mcp?attempt=9"
    task = {"name": "t", "request": "Say yes.", "answer": "yes"}
    with pytest.raises(ValueError, match="give `reset`"):
        wildgym.wrap.mcp(url, [task])
    with pytest.raises(Unreachable, match="has a tool 'finish'"):
        wildgym.wrap.mcp(url, [task], reset=lambda: None).reset(seed=0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answer": None, "check": []}, "nothing decides"),
        ({"request": "Do {it}."}, "the request names 'it'"),
        ({"solution": [{"tool": "get_ordr"}]}, "Did you mean get_order"),
        ({"setup": [{"tool": "get_order", "arguments": {"id": 1}}]}, "setup 0: get_order takes"),
        ({"check": [{"tool": "count_orders"}]}, "a check has one of 'contains', 'count', 'equals'"),
        ({"name": ""}, "task 0: name"),
        ({"color": 1}, "task 0: color"),
    ],
)
def test_tasks_that_cannot_be_played_are_refused(changes, said):
    task = {"name": "t", "request": "Count.", "answer": 12, **changes}
    with pytest.raises(ValueError, match=re.escape(said)):
        wildgym.wrap.mcp(shop, [task])


@pytest.mark.parametrize(
    ("server", "arguments", "said"),
    [
        ("", {}, "is no MCP server"),
        ("/no/such/command", {}, "cannot be reached"),
        (MCPServer, {}, "cannot be reached|has no tools"),
        (shop, {"perturbations": ["typos"]}, "typos cannot be applied to these tools"),
        (shop, {"perturbations": "advertise"}, "it needs the tables"),
        (shop, {"interface": "speech"}, "interface must be one of"),
        (shop, {"scaffold": "none such"}, "there is no scaffold"),
    ],
)
def test_servers_that_cannot_be_wrapped_are_refused(server, arguments, said):
    task = {"name": "t", "request": "Count.", "answer": 12}
    with pytest.raises((Unreachable, ValueError), match=said):
        wildgym.wrap.mcp(server, [task], **arguments)


def test_an_error_of_the_servers_within_a_check_is_no_success():
    def asks(ask):
        with pytest.raises(ToolError, match="There is no order"):
            ask("get_order", order_id="nope")
        return ask("get_order", order_id="nope")

    task = {"name": "t", "request": "Do nothing.", "check": asks, "solution": []}
    assert played_once(wildgym.wrap.mcp(shop, [task], today=DAY), 0)[1]["checks"] == {
        "answer": True,
        "status": True,
        "server": False,
    }


def test_mcp_is_no_cost_until_it_is_asked_for_and_its_lack_is_said():
    code = (
        "import sys, wildgym; assert 'mcp' not in sys.modules; sys.modules['mcp'] = None\n"
        "try: wildgym.wrap.mcp\nexcept ImportError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "mcp is not installed; it comes with: pip install 'wildgym[mcp]'\n"


def test_the_page_of_the_docs_runs_as_written(tmp_path):
    page = (Path(__file__).parent.parent / "docs" / "mcp.md").read_text()
    client, notes, wrapped = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "notes.py").write_text(notes)
    for block in (client, wrapped):
        ran = subprocess.run(
            [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    assert ran.stdout.count(" 1.0 {") == 5
    shown = re.search(r"^wildgym serve .* --show$", page, re.MULTILINE)[0]
    found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", shown],
        cwd=tmp_path,
        env={**os.environ, "PATH": found},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "operators can be applied" in ran.stdout
