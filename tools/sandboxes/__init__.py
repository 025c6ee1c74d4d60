"""Sandboxes: where agents' commands run. One contract, one file a backend."""

from wildgym.tools.sandboxes.choose import BACKENDS as BACKENDS
from wildgym.tools.sandboxes.choose import backend as backend
from wildgym.tools.sandboxes.choose import why_not as why_not
from wildgym.tools.sandboxes.client import Sandbox as Sandbox
from wildgym.tools.sandboxes.core import Limits as Limits
from wildgym.tools.sandboxes.core import Ran as Ran
from wildgym.tools.sandboxes.core import SandboxLost as SandboxLost
from wildgym.tools.sandboxes.core import Unavailable as Unavailable
from wildgym.tools.sandboxes.link import Answering as Answering
from wildgym.tools.sandboxes.outfit import BARE as BARE
from wildgym.tools.sandboxes.outfit import Outfit as Outfit
from wildgym.tools.sandboxes.pool import Pool as Pool
from wildgym.tools.sandboxes.pool import pool as pool
from wildgym.tools.sandboxes.tree import File as File
from wildgym.tools.sandboxes.tree import Tree as Tree
from wildgym.tools.sandboxes.tree import digest as digest
from wildgym.tools.sandboxes.tree import files_of as files_of
