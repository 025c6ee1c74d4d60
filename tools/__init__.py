"""What an agent can call, and the state that it acts on. Imports nothing else of wildgym."""

from wildgym.tools.episode import EPISODE_TOOLS as EPISODE_TOOLS
from wildgym.tools.episode import finish as finish
from wildgym.tools.episode import wait as wait
from wildgym.tools.rng import Rng as Rng
from wildgym.tools.rng import key as key
from wildgym.tools.rng import uniform as uniform
from wildgym.tools.tool import Json as Json
from wildgym.tools.tool import Tool as Tool
from wildgym.tools.tool import ToolCall as ToolCall
from wildgym.tools.tool import ToolError as ToolError
from wildgym.tools.tool import ToolResult as ToolResult
from wildgym.tools.tool import ToolSpec as ToolSpec
from wildgym.tools.tool import reads as reads
from wildgym.tools.tool import writes as writes
from wildgym.tools.toolset import Calls as Calls
from wildgym.tools.toolset import Facts as Facts
from wildgym.tools.toolset import Layer as Layer
from wildgym.tools.toolset import Obstacle as Obstacle
from wildgym.tools.toolset import Specs as Specs
from wildgym.tools.toolset import Tools as Tools
from wildgym.tools.toolset import Toolset as Toolset
from wildgym.tools.toolset import check as check
from wildgym.tools.toolset import unknown_tool as unknown_tool
from wildgym.tools.world import Row as Row
from wildgym.tools.world import TableType as TableType
from wildgym.tools.world import World as World
