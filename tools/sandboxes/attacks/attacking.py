"""Running attacks: in a sandbox, where none may get through, and on the host, where some must."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from wildgym.tools.sandboxes.attacks.attack import MARK, Attack, Done, contained, finding
from wildgym.tools.sandboxes.attacks.place import Place
from wildgym.tools.sandboxes.attacks.prelude import prelude
from wildgym.tools.sandboxes.client import Sandbox
from wildgym.tools.sandboxes.core import Backend, Limits, Ran, SandboxLost
from wildgym.tools.sandboxes.launch import PYTHON
from wildgym.tools.sandboxes.spare import spare_user
from wildgym.tools.sandboxes.tree import File

_LIMITS = Limits(files=5_000)  # so that less has to be cleared away
_SITE = {"installed.py": File(b"")}


class Target:
    """A sandbox that is attacked again and again, and another one should it be lost.

    Args:
        backend: How it is isolated.
        place: What there is on the host.
    """

    def __init__(self, backend: Backend, place: Place) -> None:
        self.lost = 0
        self._backend, self._place = backend, place
        self._sandbox: Sandbox | None = None

    def attack(self, attack: Attack) -> str:
        """Return how an attack got through, or what it broke; an empty string if neither."""
        sandbox = self._ready()
        self._place.reached.clear()
        try:
            found = self._first(sandbox, attack)
            sandbox.restore({})
            if not found and attack.then:
                found = contained(self._done(sandbox, attack, attack.then))
                sandbox.restore({})
            if not found and sandbox.run("echo ok").stdout != b"ok\n":
                found = "nothing can be run any more"
        except SandboxLost as lost:
            self.lost += 1
            return f"the sandbox was lost: {lost}"
        return found

    def close(self) -> None:
        """End the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()

    def _ready(self) -> Sandbox:
        if self._sandbox is None or self._sandbox.lost:
            self._sandbox = Sandbox(self._backend, _LIMITS)
            self._sandbox.install(_SITE)
        return self._sandbox

    def _first(self, sandbox: Sandbox, attack: Attack) -> str:
        return finding(self._done(sandbox, attack, attack.code), attack.judge, attack.timeout)

    def _done(self, sandbox: Sandbox, attack: Attack, code: str) -> Done:
        begin = time.monotonic()
        ran = _run(sandbox, attack, code, self._place.facts)
        return Done(ran, time.monotonic() - begin, self._place, sandbox)


def fires(attack: Attack, place: Place) -> bool:
    """Say whether an attack is seen to get through where nothing stops it: on the host.

    It is never root that tries, whoever asks.
    """
    if not attack.control:
        raise ValueError(f"{attack.name} could do harm")
    code = attack.code if attack.language == "sh" else prelude() + attack.code
    program = ["/bin/sh", "-c"] if attack.language == "sh" else [PYTHON, "-c"]
    identity = spare_user()
    with tempfile.TemporaryDirectory(prefix="attacking-") as folder:
        if "user" in identity:
            os.chown(folder, identity["user"], identity["group"])
        place.reached.clear()
        done = subprocess.run(
            [*program, code],
            cwd=folder,
            env={**os.environ, **place.facts, "HOME": folder, "TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
            **identity,
        )
    said = done.stdout + done.stderr
    written = list(place.open_folder.iterdir())
    for path in written:
        path.unlink()
    return MARK in said or place.secret.encode() in said or bool(place.reached or written)


def _run(sandbox: Sandbox, attack: Attack, code: str, facts: Mapping[str, str]) -> Ran:
    if attack.language == "cell":
        return sandbox.cell(code, timeout=attack.timeout)
    answering = b"\0".join if attack.calling and code is attack.code else None
    given: dict[str, Any] = {"env": facts, "timeout": attack.timeout, "answering": answering}
    if attack.language == "sh" and code is attack.code:
        return sandbox.run(code, shell="/bin/bash", **given)
    return sandbox.python(prelude() + code, **given)
