"""Users that no one is: root must not be root outside a sandbox, whatever it is inside."""

import itertools
import os
from typing import TypedDict

_FIRST, _COUNT = 61_000, 4_000
_numbers = itertools.count(os.getpid())


class Identity(TypedDict, total=False):
    """Arguments of `subprocess.Popen`."""

    user: int
    group: int
    extra_groups: tuple[int, ...]


def spare_user() -> Identity:
    """Return who a sandbox is to be run by: for root another user each time, else the present one.

    A user for each sandbox keeps them apart where user namespaces do not, and makes the limit on
    processes one for each.
    """
    if os.geteuid() != 0:
        return {}
    number = _FIRST + next(_numbers) % _COUNT
    return {"user": number, "group": number, "extra_groups": ()}
