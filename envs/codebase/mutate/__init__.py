"""Mutations: how a package is broken, by program, and how that is undone."""

from wildgym.envs.codebase.mutate import bodies as bodies
from wildgym.envs.codebase.mutate import branches as branches
from wildgym.envs.codebase.mutate import calls as calls
from wildgym.envs.codebase.mutate import constants as constants
from wildgym.envs.codebase.mutate import expressions as expressions
from wildgym.envs.codebase.mutate import loops as loops
from wildgym.envs.codebase.mutate import variables as variables
from wildgym.envs.codebase.mutate.apply import Mutation as Mutation
from wildgym.envs.codebase.mutate.apply import apply as apply
from wildgym.envs.codebase.mutate.apply import renamed as renamed
from wildgym.envs.codebase.mutate.apply import solved as solved
from wildgym.envs.codebase.mutate.core import OPERATORS as OPERATORS
from wildgym.envs.codebase.mutate.core import Module as Module
from wildgym.envs.codebase.mutate.sites import Site as Site
from wildgym.envs.codebase.mutate.sites import sites as sites
