"""Episodes as MCP servers, and MCP servers as toolsets.

Needs `pip install 'wildgym[mcp]'`. Source: https://github.com/modelcontextprotocol/python-sdk.
"""

try:
    import mcp as _mcp  # noqa: F401
except ImportError as error:
    raise ImportError("mcp is not installed; it comes with: pip install 'wildgym[mcp]'") from error
