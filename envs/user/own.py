"""A user of one's own, in place of our program: a callable, or a model behind an endpoint."""

import inspect
from collections.abc import Mapping

from wildgym.envs.user.model import UserModel
from wildgym.envs.user.speaking import Speaker
from wildgym.tools import Json

OwnUser = Speaker | Mapping[str, Json]


def speaker_of(user: OwnUser | None) -> Speaker | None:
    """Return what speaks for a user of one's own; None for our program.

    Args:
        user: A callable from `Asked` to text, or the fields of a `UserModel`.

    Raises:
        ValueError: It is neither.
        ImportError: A model is to be asked, and `openai` is not installed.
    """
    if user is None:
        return None
    if isinstance(user, Mapping):
        return UserModel.from_json(user)
    if not callable(user):
        raise ValueError(
            f"user must be a callable from what was asked to text, or a mapping such as"
            f" {{'model': …, 'base_url': …}}, not {user!r}"
        )
    try:
        inspect.signature(user).bind(None)
    except TypeError:
        raise ValueError(
            f"user must take one argument, what was asked; {user!r} takes others"
        ) from None
    except ValueError:
        pass  # Some built-in callables do not say what they take.
    return user
