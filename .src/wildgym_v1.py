"""The taskset `wildgym-v1`: verifiers imports plugins by the name of a module at the top."""

from wildgym.envs.integrations.verifiers import Episodes, Player

__all__ = ["Episodes", "Player"]
