"""A model behind an endpoint is played as its scaffold has it, and its failures are told apart."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gymnasium as gym
import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.endpoint import Endpoint
from wildgym.benchmarks.estimate import Pace, Prices, estimate
from wildgym.benchmarks.rates import Rates
from wildgym.benchmarks.suites import Setting, plan
from wildgym.envs.conversation import as_text


def command(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def bench(out, *arguments, code=0):
    result = command("bench", "--out", out, "--workers", "1", *arguments)
    assert result.exit_code == code, result.output
    return result


def records(folder):
    lines = (folder / "episodes.jsonl").read_text().splitlines()
    return sorted(map(json.loads, lines), key=lambda r: (r["task"], r["seed"], r["arm"]))


class Chat(BaseHTTPRequestHandler):
    """A small server of chat completions that says what it was told to say."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests += 1
            status = self.server.fails(self.server.requests, asked["messages"])
        if self.headers["Authorization"] != "Bearer none":
            self.send(401, {"error": {"message": "wrong key"}})
        elif asked["model"] != "scripted":
            self.send(404, {"error": {"message": f"no model {asked['model']}"}})
        elif status == "cut":
            self.connection.close()
        elif status == "silence":
            self.server.over.wait(5)
        elif status:
            self.send(status, {"error": {"message": "longer than the context"}})
        else:
            key = said(asked["messages"], asked.get("tools"))
            message = self.server.script.get(key, {"content": "ok"})
            message = {"role": "assistant", "reasoning_content": "Hm.", **message}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
            body = {"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}
            self.send(200, body)

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0.01")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def said(messages, tools):
    return json.dumps([[message.get("content") for message in messages], tools])


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_):
        pass  # a client hung up


@contextmanager
def serving(script, fails=lambda n, messages: 0):
    with Server(("127.0.0.1", 0), Chat) as server:
        server.script, server.fails = script, fails
        server.requests, server.lock, server.over = 0, threading.Lock(), threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def scripted(played, interface):
    """Return what a model has to say, and to what, so as to do as an expert did."""
    script = {}
    for record in played:
        messages = list(record["opening"])
        for turn in record["transcript"]:
            chat = interface == "chat"
            reply = turn["action"] if chat else {"content": turn["action"]}
            script[said(messages, record.get("tools"))] = reply
            told = turn["observation"] if chat else [{"content": turn["observation"]}]
            thinking = {} if chat else {"content": f"<think>Hm.</think>\n{turn['action']}"}
            messages += [reply | thinking, *told]
    return script


@pytest.fixture(scope="module", params=["text", "chat"])
def expert(request, tmp_path_factory):
    out = tmp_path_factory.mktemp("expert")
    shape = ("--suite", "tiny", "--seeds", "4", "--interface", request.param)
    bench(out, "--policy", "expert", *shape)
    played = records(out / "expert")
    return request.param, shape, played, scripted(played, request.param)


MODEL = ("--policy", "openai:scripted", "--base-url")


def test_a_model_that_says_what_the_expert_says_scores_what_it_scores(tmp_path, expert):
    interface, shape, played, script = expert

    def now_and_then(n, messages):
        return 429 if n % 5 == 0 else 500 if n % 7 == 0 else 0

    with serving(script, now_and_then) as (server, url):
        bench(tmp_path, *MODEL, url, *shape)
    assert server.requests > sum(record["turns"] for record in played) * 1.2
    again = records(tmp_path / "openai-scripted")
    assert [r["score"] for r in again] == [r["score"] for r in played] == [1.0] * 24
    for record, wanted in zip(again, played, strict=True):
        assert record["variation"] == wanted["variation"]
        for turn, scripted in zip(record["transcript"], wanted["transcript"], strict=True):
            assert turn["calls"] == scripted["calls"]
            assert "Hm." in turn["thinking"]
            if interface == "text":
                assert turn["action"] == f"<think>Hm.</think>\n{scripted['action']}"
            else:
                assert turn["action"]["reasoning_content"] == "Hm."


def test_a_run_whose_endpoint_dies_stops_and_goes_on_later(tmp_path, expert):
    _, shape, played, script = expert
    with serving(script, lambda n, messages: 500 if n > 30 else 0) as (_, url):
        result = bench(tmp_path, *MODEL, url, *shape, "--retries", "0", code=1)
    assert "20 requests failed in a row" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    kept = [r for r in records(tmp_path / "openai-scripted") if r["invalid"] is None]
    assert 0 < len(kept) < len(played)
    with serving(script) as (_, url):
        printed = bench(tmp_path, *MODEL, url, *shape, "--json").stdout
    arms = json.loads(printed)["policies"][0]["arms"]
    assert {(a["episodes"], a["invalid"], a["success"]["value"]) for a in arms} == {(8, 0, 1.0)}


def test_a_request_that_a_proxy_spoils_is_sent_again(tmp_path):
    def now_and_then(n, messages):
        # Pages in place of a reply, a connection that is cut, and one on which nothing comes.
        spoilt = {0: 200, 3: 200, 6: 200, 1: "cut", 2: "silence"}
        return spoilt.get(n % 11, 0) if n > 1 else 0

    with serving({}, now_and_then) as (server, url):
        asked = ("--seeds", "4", "--max-turns", "3", "--timeout", "0.5", "--retries", "9")
        bench(tmp_path, *MODEL, url, "--suite", "tiny", *asked, "--concurrency", "24")
    again = records(tmp_path / "openai-scripted")
    assert [(r["turns"], r["stopped"], r["invalid"]) for r in again] == 24 * [
        (3, "max turns", None)
    ]
    assert server.requests > 24 * 3 * 1.2


def test_what_exceeds_the_context_is_the_models_own_failure(tmp_path, expert):
    _, shape, _, script = expert
    with serving(script, lambda n, messages: 400 if len(messages) > 2 else 0) as (_, url):
        bench(tmp_path, *MODEL, url, *shape)
    ended = {
        (r["stopped"], r["score"], r["invalid"]) for r in records(tmp_path / "openai-scripted")
    }
    assert ended == {("context", 0.0, None)}


def test_replies_that_are_rationed_are_the_models_own_affair(tmp_path):
    with serving({}) as (server, url):
        bench(tmp_path, *MODEL, url, "--suite", "tiny", "--limit", "2", "--max-replies", "2")
        assert server.requests == 2 * len(records(tmp_path / "openai-scripted")) + 1
    bench(tmp_path, "--policy", "noop", "--suite", "tiny", "--limit", "2")
    ended = {(r["turns"], r["stopped"]) for r in records(tmp_path / "openai-scripted")}
    assert ended == {(2, "gave up")}
    assert command("compare", tmp_path / "openai-scripted", tmp_path / "noop").exit_code == 0


def test_what_cannot_be_read_is_answered_and_not_sent_back_as_a_call(tmp_path):
    broken = {"id": "c", "type": "function", "function": {"name": "finish", "arguments": "{"}}
    seen = []

    def watch(n, messages):
        seen.append(messages)
        return 0

    class Always(dict):
        def get(self, key, default=None):
            return {"content": None, "tool_calls": [broken]}

    with serving(Always(), watch) as (_, url):
        bench(tmp_path, *MODEL, url, "--suite", "tiny", "--interface", "chat", "--max-turns", "3")
    assert {r["stopped"] for r in records(tmp_path / "openai-scripted")} == {"max turns"}
    assert {m["role"] for messages in seen for m in messages} == {"system", "user", "assistant"}
    assert not any(m.get("tool_calls") for messages in seen for m in messages)


@pytest.mark.parametrize(
    ("model", "key", "wanted"),
    [
        ("openai:other", "none", "has no model 'other': "),
        ("openai:other", "none", "models: scripted"),
        ("openai:scripted", "stale", "wants another OPENAI_API_KEY"),
    ],
)
def test_an_endpoint_is_checked_before_the_run(tmp_path, monkeypatch, model, key, wanted):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with serving({}) as (_, url):
        said = bench(tmp_path, "--policy", model, "--base-url", url, "--suite", "tiny", code=2)
    assert wanted in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_endpoint_that_is_not_there_is_said_so(tmp_path):
    with serving({}) as (_, url):
        pass
    said = bench(tmp_path, *MODEL, url, "--suite", "tiny", "--retries", "0", code=2)
    assert said.stderr.startswith(f"wildgym: {url}/ cannot be reached")


def test_many_episodes_at_once_are_what_each_is_by_itself(tmp_path):
    shape = ("--suite", "smoke", "--limit", "5")
    bench(tmp_path, "--policy", "expert", *shape)
    played = records(tmp_path / "expert")
    assert {"files", "web", "api"} <= {record["family"] for record in played}
    with serving(scripted(played, "text")) as (_, url):
        asked = ("--concurrency", "200", "--sandboxes", "4", "--retries", "20")
        said = bench(tmp_path, *MODEL, url, *shape, *asked).stderr
    again = records(tmp_path / "openai-scripted")
    own = ("calls", "results", "observation", "passages")
    for record, wanted in zip(again, played, strict=True):
        assert record["score"] == wanted["score"] == 1.0
        for turn, other in zip(record["transcript"], wanted["transcript"], strict=True):
            assert {name: turn[name] for name in own} == {name: other[name] for name in own}
        assert record["usage"]["prompt_tokens"] == 1000 * record["turns"]
        assert record["usage"]["completion_tokens"] == 50 * record["turns"]
        assert record["usage"]["model_seconds"] > 0
    assert f"openai:scripted: {len(played)} episodes, 100.0% success, 0 invalid" in said


CALL = {"name": "look", "arguments": '{"at": 1}'}
CALLED = {
    "text": {"content": '<tool_call>\n{"name": "look", "arguments": {"at": 1}}\n</tool_call>'},
    "chat": {"tool_calls": [{"id": "c", "type": "function", "function": CALL}]},
}


@pytest.mark.parametrize("interface", ["text", "chat"])
@pytest.mark.parametrize("thinking", ["kept", "since_user", "none"])
@pytest.mark.parametrize("window", ["everything", "last_3", "masked"])
def test_a_model_is_shown_again_what_its_scaffold_shows_again(interface, thinking, window):
    dials = {"window": window, "thinking": thinking}
    if interface == "text":
        dials |= {"syntax": "hermes", "placement": "user"}
    # Such an env shows the whole conversation itself.
    env = gym.make("wildgym/Api-v0", scaffold=dials, interface=interface, history="full").unwrapped
    setting = Setting("tiny", "openai:scripted", interface=interface)
    episode, wanted, sent = plan(setting)[0], [], []

    class Always(dict):
        def get(self, key, default=None):
            return CALLED[interface]

    async def play(url):
        async with Endpoint(url).connected(setting) as policy:
            observation, info = env.reset(seed=7)
            act = policy(env, info, episode)
            for _ in range(6):
                wanted.append(observation)
                observation, *_ = env.step(await act(observation))

    with serving(Always(), lambda n, messages: sent.append(messages) or 0) as (_, url):
        asyncio.run(play(url))
    assert [as_text(messages) if interface == "text" else messages for messages in sent] == wanted


def test_a_result_is_the_users_to_say_where_calls_are_text():
    scaffold = {"syntax": "react", "placement": "observation"}
    env = gym.make("wildgym/Api-v0", scaffold=scaffold).unwrapped
    _, info = env.reset(seed=7)
    sent = []

    async def play(url):
        async with Endpoint(url).connected(Setting("tiny", "openai:scripted")) as policy:
            act = policy(env, info, None)
            for _ in range(2):
                env.step(await act(""))

    with serving({}, lambda n, messages: sent.append(messages) or 0) as (_, url):
        asyncio.run(play(url))
    assert [message["role"] for message in sent[1]] == ["system", "user", "assistant", "user"]


def test_requests_keep_to_their_rate(tmp_path):
    times = []

    def watch(n, messages):
        times.append(time.monotonic())
        return 0

    with serving({}, watch) as (_, url):
        asked = ("--requests-per-minute", "1200", "--max-turns", "2")
        bench(tmp_path, *MODEL, url, "--suite", "tiny", "--limit", "2", *asked)
    # One request checks the endpoint; then there are six episodes of two turns, of which five are
    # the handful before the estimate, with a rate of its own: twelve requests, ten of them there.
    assert len(times) == 13
    assert times[10] - times[1] > 0.8 * 0.05 * 9


def test_tokens_keep_to_their_rate():
    async def spent():
        rates, loop = Rates(tokens=6000), asyncio.get_running_loop()
        await rates.spend(10**9)
        began = loop.time()
        await rates.spend(50)
        return loop.time() - began

    # A minute's worth was taken; fifty more take half a second, and never less.
    assert asyncio.run(spent()) > 0.45


def test_a_long_run_is_estimated_from_a_handful(tmp_path, expert):
    _, shape, played, script = expert
    priced = ("--price-prompt", "2", "--price-completion", "10")
    with serving(script) as (_, url):
        said = bench(tmp_path, *MODEL, url, *shape, *priced).stderr
    first = said.splitlines()[0]
    assert first.startswith("openai:scripted: 19 more episodes, about 0.0 minutes, ")
    assert " M prompt and 0.00 M reply tokens, at a cost of about 0." in first
    assert len(records(tmp_path / "openai-scripted")) == len(played)


@pytest.mark.parametrize(
    ("pace", "minutes"),
    [(Pace(10), "1.0"), (Pace(10, requests=100), "10.0"), (Pace(10, 100, 2500), "44.0")],
)
def test_an_estimate_heeds_what_bounds_the_pace(pace, minutes):
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "model_seconds": 5.0}
    tried = [{"seconds": 6.0, "turns": 10, "usage": usage}, {"seconds": 6.0, "usage": {}}]
    said = estimate(Setting("tiny", "openai:scripted"), tried, 100, pace, Prices())
    assert f"100 more episodes, about {minutes} minutes, 0.10 M prompt" in said


def test_how_much_there_is_to_play_can_be_asked(tmp_path):
    out = tmp_path / "out"
    said = bench(out, *MODEL, "http://127.0.0.1:1", "--suite", "tiny", "--reruns", "2", "--dry-run")
    wanted = "openai:scripted on tiny: 12 episodes (2 scenarios in 3 arms, 2 times each)\n"
    assert said.stdout == wanted
    assert not out.exists()
