"""Attacks over the network, to the host and beyond."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done


def _unheard(done: Done) -> str:
    heard = sorted(done.place.reached)
    done.place.reached.clear()
    return f"servers of the host were reached: {heard}" if heard else ""


_HEAD = "import socket\n"

NETWORK = (
    Attack(
        "loopback",
        "reach a server of the host",
        _HEAD
        + """
for address in ("127.0.0.1", "localhost", "127.0.0.2", "0.0.0.0"):
    tries(address, lambda: socket.create_connection((address, int(os.environ["TCP"])), 2))
""",
        judge=_unheard,
        control=True,
    ),
    Attack(
        "loopback, version 6",
        "reach a server of the host over IPv6",
        _HEAD
        + """
tries("::1", lambda: socket.create_connection(("::1", int(os.environ["TCP6"])), 2))
""",
        judge=_unheard,
    ),
    Attack(
        "datagram",
        "send a datagram to the host",
        _HEAD
        + """
try:
    sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sending.sendto(b"x", ("127.0.0.1", int(os.environ["UDP"])))
    time.sleep(0.2)
except OSError:
    pass
""",
        judge=_unheard,
        control=True,
    ),
    Attack(
        "unix socket",
        "reach a server of the host by a path",
        _HEAD
        + """
tries("path", lambda: socket.socket(socket.AF_UNIX).connect(os.environ["SOCKET"]))
""",
        judge=_unheard,
        control=True,
    ),
    Attack(
        "abstract socket",
        "reach a server of the host by a name without a path",
        _HEAD
        + """
tries("name", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + os.environ["ABSTRACT"]))
""",
        judge=_unheard,
        control=True,
    ),
    Attack(
        "hypervisor",
        "reach the machine that this one runs on",
        _HEAD
        + """
for address in (0, 1, 2, 3):
    def reach():
        with socket.socket(40, socket.SOCK_STREAM) as reaching:
            reaching.settimeout(1)
            try:
                reaching.connect((address, 1024))
            except (ConnectionError, TimeoutError):
                pass
    tries(f"vsock {address}", reach)
""",
        control=True,
    ),
    Attack(
        "outside",
        "reach other machines, by name or number",
        _HEAD
        + """
for address in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "172.17.0.1", "192.168.0.1"):
    for port in (53, 80, 2375):
        def reach():
            with socket.socket() as reaching:
                reaching.settimeout(0.5)
                try:
                    reaching.connect((address, port))
                except (ConnectionError, TimeoutError):
                    pass
        tries(f"{address}:{port}", reach)
tries("a name", lambda: socket.getaddrinfo("example.com", 80))
""",
    ),
    Attack(
        "interfaces",
        "see or make network interfaces",
        _HEAD
        + """
try:
    names = [name for _, name in socket.if_nameindex()]
except OSError:
    names = []
for name in listed("/sys/class/net"):
    names.append(name)
for name in names:
    if name not in ("lo", "sit0", "tunl0", "gre0", "gretap0", "erspan0", "ip6tnl0", "ip6gre0",
                    "ip_vti0", "ip6_vti0"):
        escaped(name)
tries("tap", lambda: open("/dev/net/tun", "r+b", buffering=0))
""",
    ),
    Attack(
        "raw sockets",
        "read or forge what is on the wire",
        _HEAD
        + """
for family, kind, number in ((17, 3, 0x300), (17, 2, 0x300), (2, 3, 1), (10, 3, 58), 
                             (38, 5, 0), (31, 3, 1), (29, 3, 1), (44, 3, 0), (21, 5, 0)):
    tries(f"family {family}", lambda: socket.socket(family, kind, number))
""",
    ),
    Attack(
        "other namespaces",
        "enter the host's network by its file",
        """
import glob
for path in glob.glob("/proc/[0-9]*/ns/*"):
    tries(path, lambda: system("setns", os.open(path, os.O_RDONLY), 0))
""",
    ),
)
