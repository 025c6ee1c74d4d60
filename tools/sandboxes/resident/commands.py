"""Commands: programs are spawned by vfork, Python is forked off."""

from __future__ import annotations

import os
import signal
import struct
import traceback
from itertools import chain
from typing import Any

from wildgym.tools.sandboxes.resident.cells import CELLS
from wildgym.tools.sandboxes.resident.channel import Channel
from wildgym.tools.sandboxes.resident.config import CONFIG, IGNORED, NICE
from wildgym.tools.sandboxes.resident.confinement import COMMANDS
from wildgym.tools.sandboxes.resident.interpreter import become_a_command, run_fresh
from wildgym.tools.sandboxes.resident.nursery import NURSERY
from wildgym.tools.sandboxes.resident.processes import kill_all
from wildgym.tools.sandboxes.resident.relay import Relay
from wildgym.tools.sandboxes.resident.streams import Stream
from wildgym.tools.sandboxes.resident.watch import Watch

Reply = tuple[dict[str, Any], bytes]

REPORT = 3
"""Where a command may write beside its output. Its ways to the host come after that."""

_NOT_STARTED = 126


def run(channel: Channel, header: dict[str, Any], payload: bytes) -> Reply:
    """Run one command to its end, and end what it left running."""
    pairs = [os.pipe2(os.O_CLOEXEC) for _ in range(4)]
    (out, out_end), (err, err_end), (report, report_end), (source, feed) = pairs
    start, data = (_spawn, payload) if header["kind"] == "spawn" else (_fork, b"")
    relay = Relay(channel) if header["answering"] else None
    given = () if relay is None else relay.given
    try:
        os.chdir(os.path.join(CONFIG["workspace"], header["cwd"]))
        files = (source, out_end, out_end if header["merge"] else err_end, report_end, *given)
        pid = start(header, payload, files)
    except OSError as error:
        for descriptor in (*chain(*pairs), *given):
            os.close(descriptor)
        if relay is not None:
            relay.close()
        text = f"sandbox: {error.filename or 'command'}: {error.strerror}\n".encode()
        return _reply("", _NOT_STARTED, (text, 0), (b"", 0), (b"", 0))
    finally:
        os.chdir("/")
    for descriptor in (out_end, err_end, report_end, source, *given):
        os.close(descriptor)
    watch = Watch(pid, [Stream(out), Stream(err), Stream(report)], feed, data, relay=relay)
    watch.wait(channel, header["timeout"])
    kill_all(spare=CELLS.pid)
    if relay is not None:
        watch.killed = watch.killed or relay.finish()
        relay.close()
    return _finished(watch, close=True)


def run_cell(channel: Channel, header: dict[str, Any], payload: bytes) -> Reply:
    """Run a piece of code in the persistent interpreter; where that ends, the next is a new one."""
    lost = CELLS.pid is not None and not CELLS.alive
    if lost:
        CELLS.end()
    if CELLS.pid is None:
        CELLS.start({**CONFIG["env"], **header["env"]})
    assert CELLS.pid is not None
    asked = struct.pack(">I", len(payload)) + payload
    watch = Watch(CELLS.pid, [Stream(CELLS.output)], os.dup(CELLS.ask), asked, CELLS.done)
    watch.wait(channel, header["timeout"])
    os.set_blocking(CELLS.done, False)
    try:
        code = os.read(CELLS.done, 1)
    except BlockingIOError:
        code = b""
    os.set_blocking(CELLS.done, True)
    reply, output = _finished(watch, close=False)
    if code and not watch.killed:
        return {**reply, "exit_code": code[0], "restarted": lost}, output
    CELLS.end()
    kill_all()
    return {**reply, "restarted": True}, output


def _spawn(header: dict[str, Any], payload: bytes, files: tuple[int, ...]) -> int:
    command, limit = header["command"], f"ulimit -t {CONFIG['cpu_seconds']};"
    if isinstance(command, str):
        argv = [header["shell"], "-c", limit + command]
    else:
        argv = ["/bin/sh", "-c", limit + 'exec "$@"', "sh", *command]
    encoded, environment = [os.fsencode(part) for part in argv], {**CONFIG["env"], **header["env"]}
    spawn = NURSERY.spawn if COMMANDS >= 0 else os.posix_spawn
    pid = spawn(
        argv[0],
        encoded,
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, given, n) for n, given in enumerate(files)],
        setsid=True,
        setsigdef=IGNORED,
    )
    os.setpriority(os.PRIO_PROCESS, pid, NICE)
    return pid


def _fork(header: dict[str, Any], payload: bytes, files: tuple[int, ...]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for number, descriptor in enumerate(files):
            os.dup2(descriptor, number)
        become_a_command({**CONFIG["env"], **header["env"]}, range(REPORT, len(files)))
        source, data = payload[: header["source"]], payload[header["source"] :]
        code = run_fresh(source.decode("utf-8", "surrogateescape"), data)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _finished(watch: Watch, close: bool) -> Reply:
    streams = list(watch.streams.values())
    for stream in streams:
        stream.drain(4 * CONFIG["output"])
        if close:
            os.close(stream.descriptor)
    status = -signal.SIGKILL if watch.killed else watch.status or 0
    code = 128 - status if status < 0 else status
    kept = [stream.kept() for stream in streams]
    return _reply(watch.killed, 124 if watch.killed == "time" else code, *kept)


def _reply(killed: str, code: int, *kept: tuple[bytes, int]) -> Reply:
    sizes, cut = [len(data) for data, _ in kept], sum(lost for _, lost in kept)
    header = {"exit_code": code, "killed": killed, "cut": cut, "sizes": sizes}
    return header, b"".join(data for data, _ in kept)
