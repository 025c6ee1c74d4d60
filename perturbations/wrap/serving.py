"""The proxy as an MCP server: its tools are perturbed, and all else is the other server's own."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import anyio.to_thread
import mcp_types as types
from mcp import MCPError
from mcp.server import Server

from wildgym.envs.mcp.session import Session
from wildgym.perturbations.wrap.proxy import Proxy, said


class _Passed(NamedTuple):
    """A request that is passed on, and its answer."""

    params: Any
    request: Any
    result: Any


_PASSED: Mapping[str, Mapping[str, _Passed]] = {
    "prompts": {
        "prompts/list": _Passed(
            types.PaginatedRequestParams, types.ListPromptsRequest, types.ListPromptsResult
        ),
        "prompts/get": _Passed(
            types.GetPromptRequestParams, types.GetPromptRequest, types.GetPromptResult
        ),
    },
    "resources": {
        "resources/list": _Passed(
            types.PaginatedRequestParams, types.ListResourcesRequest, types.ListResourcesResult
        ),
        "resources/templates/list": _Passed(
            types.PaginatedRequestParams,
            types.ListResourceTemplatesRequest,
            types.ListResourceTemplatesResult,
        ),
        "resources/read": _Passed(
            types.ReadResourceRequestParams, types.ReadResourceRequest, types.ReadResourceResult
        ),
    },
    "completions": {
        "completion/complete": _Passed(
            types.CompleteRequestParams, types.CompleteRequest, types.CompleteResult
        ),
    },
}
"""By the capability of a server's, what is asked of it."""


def server_of(proxy: Proxy, session: Session) -> Server[Any]:
    """Return an MCP server that stands in front of another one.

    Rules that perturbations bring are told in its instructions, after the other server's own.
    Notifications are not passed on, nor what that server asks of a client.
    """

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=proxy.tools)

    async def call_tool(_: Any, params: Any) -> types.CallToolResult:
        call = partial(proxy.call, params.name, params.arguments or {})
        try:
            return await anyio.to_thread.run_sync(call)
        except MCPError:
            raise
        except Exception as error:
            return said(error)

    info = session.client.server_info
    told = [session.client.instructions or "", *proxy.rules]
    server: Server[Any] = Server(
        info.name if info else "server",
        version=info.version if info else "",
        instructions="\n\n".join(text for text in told if text) or None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    for capability, methods in _PASSED.items():
        if getattr(session.client.server_capabilities, capability, None) is not None:
            for method, passed in methods.items():
                server.add_request_handler(method, passed.params, _passing(session, passed))
    return server


def _passing(session: Session, passed: _Passed) -> Any:
    async def handle(_: Any, params: Any) -> Any:
        request = passed.request(params=params)
        return await anyio.to_thread.run_sync(session.request, request, passed.result)

    return handle
