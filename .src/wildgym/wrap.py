"""Around what one has: envs of any MCP server, any OpenAPI application, any folder."""

from wildgym.perturbations.wrap import __dir__ as __dir__
from wildgym.perturbations.wrap import __getattr__ as __getattr__
