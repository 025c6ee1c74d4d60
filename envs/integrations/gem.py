"""GEM: an env of GEM, for `gem.make` and `gem.make_vec`.

Needs `pip install 'wildgym[gem]'`, which that package allows on Python 3.11 alone.
Source: https://github.com/axon-rl/gem.
"""

from copy import deepcopy
from typing import Any

import gem
from gem.core import Env
from gem.envs.registration import ENV_REGISTRY

from wildgym.envs.integrations.row import made, row
from wildgym.tools import ToolCall, finish


class GemEnv(Env):  # type: ignore[misc]  # the package has no types
    """A wildgym env under GEM's contract, whose observations are text.

    Args:
        of: Such as `wildgym/Api-v0`.
        seed: Of the first reset that is given none; later ones draw on from there.
        arguments: For `gym.make`.
    """

    def __init__(self, of: str, seed: int = 0, **arguments: Any) -> None:
        super().__init__()
        self._begun = of, arguments
        self._env = made(row(of, seed, **arguments), interface="text")
        self._seed: int | None = seed

    def reset(self, seed: int | None = None) -> tuple[str, dict[str, Any]]:
        """Open an episode. GEM's global generators are left as they are."""
        first, self._seed = self._seed, None
        observation, info = self._env.reset(seed=first if seed is None else seed)
        return observation, info

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Play one action of the agent."""
        return self._env.step(action)

    def sample_random_action(self) -> str:
        """Return an action that can be read: a call of some tool, or the end of the work."""
        names = list(self._env.scenario.toolset.specs)
        name = names[int(self._env.np_random.integers(len(names)))]
        written: str = self._env.written(finish() if name == finish.name else ToolCall(name))
        return written

    def spawn(self, same_state: bool = False, **kwargs: Any) -> "GemEnv":
        """Return another env: in the same state, for tree search, or as this one was made."""
        of, arguments = self._begun
        if not same_state:
            return GemEnv(of, **{**arguments, **kwargs})
        if kwargs:
            raise ValueError(f"what is in the same state cannot differ in {', '.join(kwargs)}")
        twin = GemEnv.__new__(GemEnv)
        twin.__dict__.update(self.__dict__)
        twin._env = self._env.fork()
        twin._env.np_random = deepcopy(self._env.np_random)
        return twin


def register(env_id: str, **arguments: Any) -> str:
    """Make an env known to GEM, and return the id it goes by there.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        arguments: For `gym.make`.
    """
    name = env_id.replace("/", ":")
    if name not in ENV_REGISTRY:
        gem.register(name, f"{__name__}:{GemEnv.__name__}", of=env_id, **arguments)
    return name
