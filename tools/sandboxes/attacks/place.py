"""What there is to attack: a secret, servers and a process on the host, made for the purpose."""

import os
import secrets
import selectors
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from wildgym.tools.sandboxes.launch import PYTHON

_VARIABLE = "WILDGYM_ATTACKED"


@dataclass(frozen=True)
class Place:
    """The host, as far as attacks are told of it.

    Attributes:
        secret: What nothing inside may ever read.
        folder: Where that lies, in a file that everyone on the host may read.
        open_folder: A folder that everyone on the host may write to.
        victim: A process of the host.
        facts: What attacks find in their environment.
        reached: Which servers heard something.
    """

    secret: str
    folder: Path
    open_folder: Path
    victim: subprocess.Popen[bytes]
    facts: Mapping[str, str]
    reached: set[str] = field(default_factory=set)


@contextmanager
def place() -> Iterator[Place]:
    """Prepare the host for attacks."""
    secret = secrets.token_hex(16)
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="attacked-")))
        folder.chmod(0o755)
        (folder / "secret").write_text(secret)
        open_folder = folder / "open"
        open_folder.mkdir()
        open_folder.chmod(0o777)
        os.environ[_VARIABLE] = secret
        held.callback(os.environ.pop, _VARIABLE, None)
        idle = [PYTHON, "-c", "import time; time.sleep(100000)", secret]
        victim = subprocess.Popen(idle, stdin=subprocess.DEVNULL, close_fds=True)
        held.callback(victim.wait)
        held.callback(victim.kill)
        reached: set[str] = set()
        servers = _servers(folder, f"wildgym-{secret[:8]}")
        held.enter_context(_listening(servers, reached))
        facts = {
            "SECRET_FILE": str(folder / "secret"),
            "OPEN_FOLDER": str(open_folder),
            "VICTIM": str(victim.pid),
            "TCP": str(servers["tcp"].getsockname()[1]),
            "UDP": str(servers["udp"].getsockname()[1]),
            "SOCKET": str(folder / "socket"),
            "ABSTRACT": f"wildgym-{secret[:8]}",
        }
        if "tcp6" in servers:
            facts["TCP6"] = str(servers["tcp6"].getsockname()[1])
        yield Place(secret, folder, open_folder, victim, facts, reached)


def _servers(folder: Path, name: str) -> dict[str, socket.socket]:
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    path.bind(str(folder / "socket"))
    (folder / "socket").chmod(0o777)
    path.listen()
    servers = {"tcp": tcp, "udp": udp, "path": path, "abstract": abstract}
    abstract.bind(f"\0{name}")
    abstract.listen()
    with suppress(OSError):
        servers["tcp6"] = socket.create_server(("::1", 0), family=socket.AF_INET6)
    return servers


@contextmanager
def _listening(servers: Mapping[str, socket.socket], reached: set[str]) -> Iterator[None]:
    """Note who is reached, until the block ends."""
    stop, stopped = socket.socketpair()
    with selectors.DefaultSelector() as selector:
        for name, server in servers.items():
            selector.register(server, selectors.EVENT_READ, name)
        selector.register(stopped, selectors.EVENT_READ, "")
        thread = threading.Thread(target=_listen, args=(selector, reached))
        thread.start()
        try:
            yield
        finally:
            stop.close()
            thread.join()
            for opened in (stopped, *servers.values()):
                opened.close()


def _listen(selector: selectors.BaseSelector, reached: set[str]) -> None:
    while True:
        for key, _ in selector.select():
            if not key.data:
                return
            reached.add(key.data)
            server = key.fileobj
            assert isinstance(server, socket.socket)
            if key.data == "udp":
                server.recv(1024)
            else:
                server.accept()[0].close()
