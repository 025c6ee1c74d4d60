"""OpenAPI applications are envs: moto's AWS server over HTTP, and one of FastAPI in process."""

import asyncio
import importlib.util
import json
import socket
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import docker
import fastapi
import pytest
from fastapi import Body, FastAPI, Form, Header, HTTPException, Query
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from pydantic import BaseModel

import wildgym.wrap
from wildgym.tools import ToolCall, ToolError
from wildgym.tools.openapi.document import checked
from wildgym.tools.openapi.operations import operations_of
from wildgym.tools.sandboxes.docker_image import tag
from wildgym.tools.servers import Unreachable
from wildgym.wrap import WrappedTask

DOCS = Path(__file__).parents[1] / "docs" / "moto"


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"moto_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AWS = [task.name for task in loaded("tasks").TASKS]


@pytest.fixture(scope="module")
def aws():
    """What makes an env of a real server that others wrote."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    play = loaded("play")
    yield lambda **playing: play.aws(f"http://{host}:{port}", **playing)
    server.stop()


def finished(env, policy, observation):
    end = {}
    while not end:
        try:
            action = policy(observation)
        except (KeyError, TypeError, AttributeError):
            # A solution that is given something else than it expects, and does not see why.
            return {"score": 0.0}
        observation, _, _, _, end = env.step(action)
    return end


@pytest.mark.parametrize("perturbations", ["none", "all"])
def test_an_expert_solves_every_task_of_a_real_service(aws, perturbations):
    env = aws(perturbations=perturbations, scaffold="random")
    assert len(AWS) >= 10
    for n, name in enumerate(AWS):
        for seed in (n,) if perturbations == "none" else (n, n + 100):
            observation, info = env.reset(seed=seed, options={"task": name})
            end = finished(env, env.expert(), observation)
            assert end.get("score") == 1.0, (name, seed, info["variation"], end)
    env.close()


def test_who_does_nothing_or_sees_no_perturbation_earns_little(aws):
    env = aws(perturbations="all", max_turns=30)
    blind = 0
    for seed, name in enumerate(AWS):
        observation, _ = env.reset(seed=seed, options={"task": name})
        blind += finished(env, env.expert(blind_to="all"), observation).get("score", 0.0)
        env.reset(seed=seed, options={"task": name})
        end = env.step(env.written(ToolCall("finish", {"answer": "", "status": "done"})))[4]
        # Nothing was handed in as it has to be, or nothing was done.
        assert not end or end["score"] == 0.0
    env.close()
    assert blind < len(AWS) / 2


def test_an_episode_begins_with_the_application_as_new(aws):
    env = aws()
    for _ in range(2):
        env.reset(seed=0, options={"task": "s3/make_bucket"})
        env.step(env.written(ToolCall("create_bucket", {"bucket": "minutes-2032"})))
        listed = env.step(env.written(ToolCall("list_buckets")))[0]
        assert listed.count("<Name>") == 1
        assert "2032-01-01T00:00:00Z" in listed
    env.reset(seed=0, options={"task": "s3/upload"})
    assert "minutes-2032" not in env.step(env.written(ToolCall("list_buckets")))[0]
    env.close()


class EventStream(fastapi.Response):
    media_type = "text/event-stream"


class Note(BaseModel):
    text: str
    stars: int = 0
    parent: "Note | None" = None


def notebook():  # noqa: C901 (many small operations)
    """A small application, with every way to give an argument."""

    @asynccontextmanager
    async def lifespan(_):
        yield {"living": True}

    app = FastAPI(lifespan=lifespan)
    notes: dict[str, Note] = {"first": Note(text="hello")}

    def known(title):
        if title not in notes:
            raise HTTPException(404, f"there is no note {title}")
        return notes[title]

    @app.get("/notes", operation_id="list_notes", tags=["reading"])
    def list_notes(
        stars: Annotated[list[int] | None, Query(description="With so many.")] = None,
    ) -> list[Note]:
        """List notes."""
        return [n for n in notes.values() if stars is None or n.stars in stars]

    @app.get("/notes/{title}", operation_id="read_note", tags=["reading"])
    def read_note(title: str) -> Note:
        """Read a note."""
        return known(title)

    @app.put("/notes/{title}", operation_id="write_note")
    def write_note(title: str, note: Note) -> Note:
        """Write a note."""
        notes[title] = note
        return note

    @app.delete("/notes/{title}", operation_id="drop_note", status_code=204)
    def drop_note(title: str) -> None:
        """Drop a note."""
        known(title)
        del notes[title]

    @app.post("/star", operation_id="star_note")
    def star_note(title: Annotated[str, Form()], stars: Annotated[int, Form()]) -> int:
        """Give a note stars."""
        known(title).stars = stars
        return stars

    @app.post("/say", operation_id="say")
    async def say(request: fastapi.Request, text: Annotated[str, Body(media_type="text/plain")]):
        """Say something."""
        return fastapi.Response((await request.body()).decode()[::-1], media_type="text/plain")

    @app.post("/upload", operation_id="upload")
    def upload(file: fastapi.UploadFile) -> str:
        """Upload a file."""
        return "no"

    @app.get("/old", operation_id="old_address")
    def old_address():
        """Ask at an old address."""
        return fastapi.responses.RedirectResponse("/notes/first")

    @app.get("/tagged", operation_id="read_tagged")
    def read_tagged(mark: Annotated[str, Header()]) -> str:
        """Read what has a mark."""
        return mark

    @app.get("/slow", operation_id="wait_long")
    async def wait_long() -> None:
        """Wait for long."""
        await asyncio.sleep(60)

    @app.get("/living", operation_id="is_living")
    async def is_living(request: fastapi.Request) -> bool:
        """Say whether it was started as applications are."""
        return request.state.living

    @app.get("/events", operation_id="watch", response_class=EventStream)
    def watch():
        """Watch what happens."""

    @app.post("/break", operation_id="break_down")
    def break_down() -> None:
        """Break down."""
        raise OSError("the disk is full")

    return app


def task(**fields):
    return WrappedTask(name="t", request="Do it.", **{"answer": "x", **fields})


def env_of(app=notebook, *tasks, **arguments):
    return wildgym.wrap.openapi(app, list(tasks) or [task()], **arguments)


def said(env, tool, **arguments):
    """Call a tool, and return what it gave."""
    env.step(env.written(ToolCall(tool, arguments)))
    (result,) = env.trajectory.turns[-1].results
    return result.value


def test_arguments_go_where_they_belong_and_refusals_teach():
    env = env_of()
    env.reset(seed=0)
    assert said(env, "list_notes") == [{"text": "hello", "stars": 0, "parent": None}]
    written = {"text": "two é", "stars": 2, "parent": {"text": "up", "stars": 0, "parent": None}}
    assert said(env, "write_note", title="b ?é", **written) == written
    assert said(env, "list_notes", stars=[2, 5]) == [written]
    assert said(env, "star_note", title="first", stars=5) == 5
    assert [n["stars"] for n in said(env, "list_notes", stars=[5])] == [5]
    assert said(env, "say", body="olleh") == "hello"
    assert said(env, "drop_note", title="first") == {"status": 204}
    gone = said(env, "read_note", title="first")
    assert (gone["code"], gone["message"]) == ("http_404", "there is no note first")
    wrong = said(env, "write_note", title="t", text=3, stars="many")
    assert wrong["code"] == "http_422"
    assert "stars" in json.dumps(wrong["body"])
    assert said(env, "read_note", title="..")["code"] == "invalid_arguments"
    assert said(env, "read_note", title=["a"])["code"] == "invalid_arguments"
    for mark in ("é", "a\r\nX: b"):
        assert said(env, "read_tagged", mark=mark)["code"] == "invalid_arguments"
    assert said(env, "read_tagged", mark="ok") == "ok"
    assert said(env, "is_living") is True
    assert said(env, "old_address")["code"] == "http_404"
    assert said(env, "read_note")["code"] == "invalid_arguments"
    assert env.step(env.written(ToolCall("finish", {"answer": "x"})))[1] == 1.0


def test_what_an_agent_is_shown_has_no_references_and_tells_what_reads():
    specs, _ = operations_of(notebook().openapi())
    note = specs["write_note"].spec
    assert "$ref" not in json.dumps(note.parameters)
    assert set(note.parameters["properties"]) == {"title", "text", "stars", "parent"}
    assert set(note.required) == {"title", "text"}
    effects = {name: one.spec.effect for name, one in specs.items()}
    assert effects["list_notes"] == effects["read_note"] == "read"
    assert effects["write_note"] == effects["star_note"] == "write"
    assert (specs["list_notes"].spec.returns, note.returns) == ("rows", "row")


def test_an_application_that_fails_makes_the_episode_invalid():
    env = env_of()
    env.reset(seed=0)
    *_, terminated, truncated, end = env.step(env.written(ToolCall("break_down")))
    assert terminated or truncated
    assert "break" in end["invalid"]
    assert "score" not in end
    env.reset(seed=0)
    assert said(env, "list_notes") == [{"text": "hello", "stars": 0, "parent": None}]


def test_an_application_that_does_not_answer_makes_the_episode_invalid():
    env = env_of(timeout=0.2)
    env.reset(seed=0)
    assert "/slow" in env.step(env.written(ToolCall("wait_long")))[4]["invalid"]


def test_checks_and_setup_speak_to_the_application():
    def check(ask, answer, calls):
        with pytest.raises(ToolError, match="there is no note gone"):
            ask("read_note", title="gone")
        return {
            "written": ask("read_note", title="old")["text"] == "new",
            "answered": answer == "done",
            "in one call": [call.name for call in calls] == ["write_note"],
        }

    one = task(
        answer=None,
        check=check,
        setup=({"tool": "write_note", "arguments": {"title": "old", "text": "old"}},),
    )
    env = env_of(notebook, one, perturbations="none")
    env.reset(seed=0)
    assert said(env, "write_note", title="old", text="new")["text"] == "new"
    end = env.step(env.written(ToolCall("finish", {"answer": "done"})))[4]
    assert {"written", "answered", "in one call"} < end["checks"].keys()
    assert (all(end["checks"].values()), end["score"]) == (True, 1.0)


def test_operations_are_chosen_by_name_and_tag():
    env = env_of(include=("reading", "star_*"), exclude=("read_note",))
    env.reset(seed=0)
    assert set(env.scenario.toolset.specs) == {"list_notes", "star_note", "wait", "finish"}


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: env_of(notebook()), ValueError, "give `reset`"),
        (lambda: env_of(include=("nothing",)), ValueError, "no operation and no tag is 'nothing'"),
        (lambda: env_of(include=("upload",)), ValueError, "upload cannot be a tool: its body is"),
        (lambda: env_of(exclude=("*",)), Unreachable, "no operation is left"),
        (lambda: env_of({"swagger": "2.0"}, reset="POST /x"), Unreachable, "OpenAPI 2.0; 3.0 and"),
        (lambda: env_of({"a": 1}, reset="POST /x"), Unreachable, "it has no field 'openapi'"),
        (lambda: env_of({"openapi": "3.0.3"}, reset="POST /x"), Unreachable, "no valid document"),
        (lambda: env_of("nowhere.yaml", reset="POST /x"), Unreachable, "cannot be read"),
        (
            lambda: env_of(notebook().openapi(), reset="POST /x"),
            ValueError,
            "give `base_url`",
        ),
        (
            lambda: env_of(lambda: FastAPI(openapi_url=None)),
            Unreachable,
            "give its document as `spec`",
        ),
        (
            lambda: env_of(notebook, task(setup=({"tool": "fly"},))),
            ValueError,
            "setup 0: There is no tool 'fly'",
        ),
        (
            lambda: env_of(perturbations=["rename_files"]),
            ValueError,
            "rename_files",
        ),
    ],
)
def test_what_cannot_be_wrapped_is_said(make, error, text):
    with pytest.raises(error) as raised:
        make()
    assert text in str(raised.value)


def test_every_operation_is_accounted_for():
    found = wildgym.wrap.operations(notebook().openapi())
    assert {name for name, reason in found.items() if reason} == {"upload", "watch"}
    assert "multipart/form-data" in found["upload"]


def test_an_address_where_nothing_is_makes_the_episode_invalid():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    env = env_of(notebook().openapi(), base_url=url, reset="POST /reset", timeout=0.3)
    env.reset(seed=0)
    end = env.step(env.written(ToolCall("list_notes")))[4]
    assert "cannot be reached" in end["invalid"]


SERVICE = """
import http.server, json
count = 0
class Counter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer()
    def do_POST(self):
        global count
        count += 1
        self.answer()
    def answer(self):
        body = json.dumps(count).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", PORT), Counter).serve_forever()
"""


def test_restarting_its_container_brings_an_application_into_its_first_state():
    ok = {"200": {"description": "", "content": {"application/json": {"schema": {}}}}}
    paths = {
        "/count": {
            "get": {"operationId": "count", "responses": ok},
            "post": {"operationId": "add", "responses": ok},
        }
    }
    document = {"openapi": "3.1.0", "info": {"title": "c", "version": "1"}, "paths": paths}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    container = docker.from_env().containers.run(
        tag(),
        ["python3", "-c", SERVICE.replace("PORT", str(port))],
        detach=True,
        network_mode="host",
    )
    try:
        env = env_of(
            document,
            base_url=f"http://127.0.0.1:{port}",
            reset=lambda: container.restart(timeout=0),
        )
        for _ in range(2):
            env.reset(seed=0)
            assert [said(env, name) for name in ("count", "add", "add")] == [0, 1, 2]
        env.close()
    finally:
        container.remove(force=True)


def test_the_example_of_the_docs_runs(capsys):
    page = (DOCS.parent / "openapi.md").read_text()
    exec(page.partition("```python\n")[2].partition("```")[0], {})
    assert capsys.readouterr().out.startswith("1.0 {")


def test_many_envs_ask_at_once():
    envs = [env_of() for _ in range(4)]
    found = []

    def play(env, n):
        env.reset(seed=0)
        said(env, "write_note", title="mine", text=str(n))
        found.append(said(env, "read_note", title="mine")["text"] == str(n))

    threads = [threading.Thread(target=play, args=(env, n)) for n, env in enumerate(envs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


NAMES = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True), operation=NAMES)
def test_whatever_things_are_called_tools_and_arguments_have_names(names, operation):
    told = {
        "operationId": operation,
        "parameters": [{"name": n, "in": "query", "schema": {"type": "string"}} for n in names],
        "responses": {"200": {"description": ""}},
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "x", "version": "1"},
        "paths": {"/": {"get": told}},
    }
    ((name, made),) = operations_of(checked(document, "it"))[0].items()
    assert name.isidentifier()
    assert all(own.isidentifier() for own in made.places)
    assert sorted(made.places.values()) == sorted(("query", n) for n in names)
    assert made.spec.parameters["properties"].keys() == made.places.keys()
