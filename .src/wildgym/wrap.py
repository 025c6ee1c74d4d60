"""Around what one has: `wildgym.wrap.mcp` makes an env of any MCP server."""

from wildgym.perturbations.wrap import __dir__ as __dir__
from wildgym.perturbations.wrap import __getattr__ as __getattr__
