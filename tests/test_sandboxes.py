"""The contract of sandboxes, for every backend: what runs, what is kept, what is put back."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wildgym.tools.sandboxes import (
    BACKENDS,
    BARE,
    File,
    Limits,
    Outfit,
    Pool,
    Sandbox,
    SandboxLost,
    backend,
    digest,
    why_not,
)
from wildgym.tools.sandboxes.tree import EXECUTABLE, READ_ONLY, REGULAR

MISSING = {name: why_not(name) for name in BACKENDS}


@pytest.fixture(scope="module", params=BACKENDS)
def opened(request):
    if MISSING[request.param] and not os.environ.get("CI"):
        pytest.skip(MISSING[request.param])
    made = []
    yield request.param, made
    for one in made:
        one.close()


@pytest.fixture
def sandbox(opened):
    name, made = opened
    if not made or made[-1].lost:
        made.append(Sandbox(backend(name), Limits(seconds=20, output=20_000)))
    made[-1].restore({})
    return made[-1]


# Commands.


def test_a_command_gives_both_streams_and_its_code(sandbox):
    ran = sandbox.run("echo out; echo err >&2; exit 3")
    assert (ran.exit_code, ran.stdout, ran.stderr) == (3, b"out\n", b"err\n")
    ran = sandbox.run("echo 1; echo 2 >&2; echo 3", merge=True)
    assert (ran.stdout, ran.stderr) == (b"1\n2\n3\n", b"")
    assert sandbox.run("kill -9 $$").exit_code == 137
    assert sandbox.run(["printf", "%s", "a b;$c"]).stdout == b"a b;$c"
    assert sandbox.run("no-such-program").exit_code == 127
    assert sandbox.run("echo past >&3").report == b"past\n"


def test_what_goes_in_comes_in_whole(sandbox):
    data = bytes(range(256)) * 4000
    assert sandbox.run("sha256sum", stdin=data).stdout == _sha256(data)
    long = "x" * 60_000
    assert sandbox.run(["printf", "%s", long]).cut > 0
    assert sandbox.run(f"printf %s {long} | wc -c").stdout.strip() == b"60000"
    assert sandbox.run("echo $A", env={"A": "b c"}).stdout == b"b c\n"
    sandbox.write("sub/x", b"1")
    assert sandbox.run("ls", cwd="sub").stdout == b"x\n"
    missing = sandbox.run("ls", cwd="nowhere")
    assert missing.exit_code == 126
    assert b"nowhere" in missing.stdout


def _sha256(data):
    import hashlib

    return f"{hashlib.sha256(data).hexdigest()}  -\n".encode()


def test_only_what_is_declared_is_in_the_environment(sandbox, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "do not leak")
    seen = sandbox.run("env").stdout.decode()
    assert "SECRET" not in seen
    assert "PYTHONHASHSEED=0" in seen


def test_a_command_over_its_time_is_ended_with_all_it_started(sandbox):
    began = time.monotonic()
    script = "echo begun; (setsid sleep 300 &) ; sleep 301 & sleep 302"
    ran = sandbox.run(script, timeout=0.3)
    assert time.monotonic() - began < 10
    assert (ran.exit_code, ran.killed, ran.stdout) == (124, "time", b"begun\n")
    assert _sleepers(sandbox) == 0


def test_what_a_command_leaves_running_ends_with_it(sandbox):
    ran = sandbox.run("setsid sleep 300 > /dev/null 2>&1 & nohup sleep 301 & echo done")
    assert b"done" in ran.stdout
    assert _sleepers(sandbox) == 0


def _sleepers(sandbox):
    """Count the processes named sleep, from the host where the sandbox hides them."""
    count = "import os\nfor p in os.listdir('/proc'): print(p)"
    listed = sandbox.python(count)
    if listed.exit_code != 0:
        return sum(b"sleep\x0030" in _command_line(p) for p in Path("/proc").iterdir())
    return int(sandbox.run("ps -e 2>/dev/null | grep -c '[s]leep'").stdout.strip() or 0)


def _command_line(folder):
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_flood_is_cut_and_said_to_be(sandbox):
    ran = sandbox.run("echo first; yes | head -c 300000; echo last")
    assert ran.stdout.startswith(b"first\ny\n")
    assert ran.stdout.endswith(b"y\nlast\n")
    assert b"bytes left out" in ran.stdout
    assert ran.cut == 300_011 - 20_000
    assert sandbox.run("yes", timeout=60).killed == "output"


def test_a_nul_or_a_lone_surrogate_breaks_nothing(sandbox):
    with pytest.raises(OSError, match="NUL"):
        sandbox.run("echo \0")
    with pytest.raises(OSError, match="NUL"):
        sandbox.read("a\0b")
    assert sandbox.run("printf %s '\udcff'").stdout == b"\xff"
    assert b"surrogates not allowed" in sandbox.python("print('\udcff')").stderr


# Python.


def test_fresh_python_is_a_new_program_each_time(sandbox):
    assert sandbox.python("x = 1; print(__name__, x)").stdout == b"__main__ 1\n"
    ran = sandbox.python("print(x)")
    assert ran.exit_code == 1
    assert ran.stderr.endswith(b"NameError: name 'x' is not defined\n")
    assert b"runner" not in ran.stderr
    assert sandbox.python("import sys; sys.exit('bye')").stderr == b"bye\n"
    assert sandbox.python("print(len(DATA))", data=b"abc").stdout == b"3\n"
    late = "import atexit; atexit.register(print, 'end'); print('begin')"
    assert sandbox.python(late).stdout == b"begin\nend\n"
    assert sandbox.python("import os; os._exit(9)").exit_code == 9
    assert sandbox.python("import wildgym").exit_code == 1
    assert sandbox.python("while True: pass", timeout=0.3).killed == "time"


def test_sets_have_the_same_order_in_every_sandbox(sandbox):
    program = "print({'a', 'b', 'c', 'd', 'e'}, hash('x'))"
    orders = {sandbox.python(program).stdout, sandbox.cell(program).stdout}
    orders.add(sandbox.run(["python3", "-c", program]).stdout)
    other = Sandbox(backend(sandbox.backend))
    orders.add(other.python(program).stdout)
    other.close()
    assert len(orders) == 1


def test_the_persistent_interpreter_keeps_its_names_until_it_is_lost(sandbox):
    assert sandbox.cell("x = 1\nx + 1").stdout == b"2\n"
    assert sandbox.run("echo between").stdout == b"between\n"
    failed = sandbox.cell("y")
    assert failed.exit_code == 1
    assert b"NameError" in failed.stdout
    assert sandbox.cell("x").stdout == b"1\n"
    slow = sandbox.cell("import time\nprint('a', flush=True)\ntime.sleep(60)", timeout=0.3)
    assert (slow.killed, slow.stdout, slow.restarted) == ("time", b"a\n", True)
    assert sandbox.cell("x").exit_code == 1
    sandbox.cell("z = 5")
    assert sandbox.run("sleep 60", timeout=0.3).killed == "time"
    assert sandbox.cell("z").stdout == b"5\n"
    gone = sandbox.cell("import os; os._exit(3)")
    assert (gone.exit_code, gone.restarted) == (3, True)


KILLING = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
tgkill = 234 if platform.machine() == "x86_64" else 131
runner = os.getppid()
for thread in range(max(1, runner - 20), runner + 200):
    if thread not in (os.getpid(), os.getpgrp()):
        libc.kill(thread, 9)
        for leader in (runner, thread):
            libc.syscall(tgkill, leader, thread, 9)
"""


def test_no_thread_of_the_runner_can_be_signalled(sandbox):
    for _ in range(3):
        sandbox.run(["python3", "-c", KILLING])
        sandbox.python(KILLING)
    assert sandbox.run("echo alive").stdout == b"alive\n"


# Calls of the host.

# In shell and in Python: take the turn, ask, read the answer (its size and a line), pass the turn.
ASK = r"""
ask() {
  local LC_ALL=C size answer; read -r -N 1 -u 6 size || return
  printf '%s\0' "$#" "$@" >&4 && read -r -u 5 size && IFS= read -r -N "$size" -u 5 answer
  printf . >&7; printf '%s\n' "$answer"
}
"""
ASK_IN_PYTHON = """
import os, threading
def ask(*words):
    os.read(6, 1)
    os.write(4, b"".join([part.encode() + b"\\0" for part in (str(len(words)), *words)]))
    size = b""
    while not size.endswith(b"\\n"):
        size += os.read(5, 1)
    answer = b""
    while len(answer) < int(size):
        answer += os.read(5, int(size) - len(answer))
    os.write(7, b".")
    return answer.decode()
"""


class Host:
    """Answers by what it was asked, and keeps it."""

    def __init__(self):
        self.asked = []

    def __call__(self, words):
        self.asked.append([word.decode() for word in words])
        if words[0] == b"stop":
            return None
        if words[0] == b"slow":
            time.sleep(0.6)
        if words[0] == b"large":
            return b"300000\n" + b"x" * 300_000
        answer = b"-".join(words)
        return b"%d\n%s" % (len(answer), answer)


def asking(sandbox, program, host, language="bash", **options):
    options = {"merge": True, "answering": host, **options}
    if language == "python":
        return sandbox.python(ASK_IN_PYTHON + program, **options)
    return sandbox.run(ASK + program, shell="/bin/bash", **options)


def test_a_command_calls_the_host_while_it_runs(sandbox):
    host = Host()
    program = (
        "ask a 'b c'; x=$(ask \"$(ask d)\"); echo \"$x\" | cat; (ask é) | tr -d '\\n'; ask '' x"
    )
    ran = asking(sandbox, program, host)
    assert ran.stdout.decode() == "a-b c\nd\né-x\n"
    assert host.asked == [["a", "b c"], ["d"], ["d"], ["é"], ["", "x"]]
    ran = asking(sandbox, "print(ask('a', 'b'), len(ask('large')), ask('c'))", host, "python")
    assert ran.stdout == b"a-b 300000 c\n"
    assert asking(sandbox, "ask large | wc -c", host).stdout.strip() == b"300001"
    assert sandbox.run("echo free").stdout == b"free\n"


def test_without_an_answer_there_is_no_way_to_call(sandbox):
    assert sandbox.run("printf x >&4", shell="/bin/bash").exit_code == 1
    assert b"Bad file" in sandbox.python("import os; os.write(4, b'x')").stderr


def test_calls_at_the_same_time_do_not_mix(sandbox):
    host = Host()
    jobs = (
        "for i in $(seq 30); do ask job $i > $i.txt & done; wait; cat $(seq 30 | sed 's/$/.txt/')"
    )
    ran = asking(sandbox, jobs, host)
    assert ran.stdout.decode().split() == [f"job-{i}" for i in range(1, 31)]
    threads = """
def work(n):
    good[n] = all(ask(str(n), str(i)) == f"{n}-{i}" for i in range(20))
good = {}
threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(good.values()))
"""
    assert asking(sandbox, threads, host, "python").stdout.split() == [
        b"[True,",
        *[b"True,"] * 4,
        b"True]",
    ]
    assert len(host.asked) == 150


def test_the_host_can_end_a_command(sandbox):
    for language, program in (
        ("bash", "echo a; ask stop; echo b"),
        ("python", "ask('stop'); 1 / 0"),
    ):
        host = Host()
        ran = asking(sandbox, program, host, language)
        assert (ran.killed, ran.exit_code, len(host.asked)) == ("stopped", 137, 1)
        assert b"b" not in ran.stdout


def test_the_time_of_the_host_is_not_the_commands(sandbox):
    host = Host()
    assert asking(sandbox, "ask slow; ask slow", host, timeout=0.9).killed == ""
    assert asking(sandbox, "ask slow; sleep 60", host, timeout=0.4).killed == "time"
    assert asking(sandbox, "read -r -N 1 -u 6 x; ask a", host, timeout=0.4).killed == "time"


@pytest.mark.parametrize(
    ("program", "made"),
    [
        ("while :; do printf '1\\0a\\0' >&4; done", 1000),
        ("while :; do printf '1\\0a\\0' >&4; read -r -N 3 -u 5 x; done", 1000),
        ("printf 'x' >&4; sleep 60", 0),
        ("printf '%01000d' 0 >&4; sleep 60", 0),
        ("printf '3\\0' >&4; yes | tr '\\n' y >&4", 0),
        ("printf '10000\\0' >&4; sleep 60", 0),
        ("printf '9999\\0' >&4; yes '' | tr '\\n' '\\0' | head -c 1500000 >&4; sleep 60", 1),
    ],
)
def test_what_is_too_much_or_no_call_ends_a_command(sandbox, program, made):
    host = Host()
    assert asking(sandbox, program, host).killed == "calls"
    assert len(host.asked) == made
    assert sandbox.run("echo alive").stdout == b"alive\n"


def test_a_call_is_made_though_nobody_waits_for_its_answer(sandbox):
    for _ in range(20):
        host = Host()
        ran = asking(sandbox, r"printf '1\0a\0001\0b\0002\0c' >&4", host)
        assert (ran.killed, host.asked) == ("", [["a"], ["b"]])
    for closed in ("4>&-", "5<&-", "6<&-", "7>&-"):
        assert asking(sandbox, f"exec {closed}; ask a; ask b", Host(), timeout=0.5).exit_code != 126
    assert sandbox.run("echo alive").stdout == b"alive\n"


def test_a_fault_of_the_host_ends_the_sandbox(sandbox):
    made = Sandbox(backend(sandbox.backend))

    def failing(words):
        raise KeyError("a fault")

    with pytest.raises(KeyError, match="a fault"):
        asking(made, "ask a", failing)
    with pytest.raises(SandboxLost, match="a fault"):
        made.run("true")


# Files.


def test_files_of_any_bytes_go_in_and_come_out(sandbox):
    for data in (b"", b"\0\xff\r\n", b"x" * 3_000_000):
        sandbox.write("deep/er/file.bin", data)
        assert sandbox.read("deep/er/file.bin") == data
    sandbox.write("tool", b"#!/bin/sh\necho ran\n", 0o755)
    assert sandbox.run("./tool").stdout == b"ran\n"
    sandbox.write("tool", b"#!/bin/sh\necho again\n")
    assert sandbox.run("./tool").stdout == b"again\n"
    sandbox.remove("tool")
    with pytest.raises(FileNotFoundError):
        sandbox.read("tool")
    with pytest.raises(IsADirectoryError):
        sandbox.read("deep")


NAMES = st.sampled_from(["a", "b", "c/d", "c/e", "c/f/g", "h/i"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, st.binary(max_size=40)),
        st.tuples(st.just("shell"), st.just("rm -f"), NAMES),
        st.tuples(st.just("shell"), st.just("rm -rf c; mkdir -p c/new; touch"), NAMES),
        st.tuples(st.just("shell"), st.just("chmod 000"), NAMES),
        st.tuples(st.just("shell"), st.just("ln -sf /etc/passwd"), NAMES),
        st.tuples(st.just("shell"), st.just("mkfifo pipe; chmod 500 h; echo more >>"), NAMES),
    ),
    max_size=6,
)
MODES = st.sampled_from([REGULAR, EXECUTABLE, READ_ONLY])
TREES = st.dictionaries(NAMES, st.builds(File, st.binary(max_size=60), MODES), max_size=6)


@given(before=TREES, steps=STEPS, after=TREES)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_was_done_a_restore_leaves_the_tree_and_nothing_else(
    sandbox, before, steps, after
):
    sandbox.restore(before)
    assert sandbox.snapshot() == before
    for kind, first, second in steps:
        try:
            if kind == "write":
                sandbox.write(first, second)
            else:
                sandbox.run(f"{first} {second}")
        except OSError:
            continue
    left = sandbox.snapshot()
    assert sandbox.snapshot() == left
    sandbox.restore(before)
    assert sandbox.snapshot() == before
    sandbox.restore(left)
    assert digest(sandbox.snapshot()) == digest(left)
    sandbox.restore(after)
    assert sandbox.snapshot() == after
    listed = sandbox.run("find . -mindepth 1 ! -type d | sort").stdout.decode().split()
    assert listed == sorted(f"./{path}" for path in after)


def test_a_change_within_the_same_tick_of_the_clock_is_seen(sandbox):
    tree = {"f": File(b"0000")}
    for n in range(30):
        sandbox.restore(tree)
        sandbox.write("f", b"%04d" % (n + 1))
        assert sandbox.snapshot()["f"].data == b"%04d" % (n + 1)


def test_what_lies_beside_the_workspace_is_put_back_too(sandbox):
    sandbox.run("echo x > $TMPDIR/x; echo x > /dev/shm/x; touch /site/evil.py; true")
    sandbox.restore({})
    listing = sandbox.run("ls $TMPDIR; ls /dev/shm 2>/dev/null; ls $PYTHONPATH")
    assert listing.stdout == b""


def test_a_full_disk_is_the_commands_problem(sandbox):
    made = Sandbox(backend(sandbox.backend), Limits(disk=4 << 20, seconds=30))
    ran = made.run("head -c 9000000 /dev/zero > big; echo code $?")
    assert ran.killed == "disk" or b"code 0" not in ran.stdout
    made.restore({"a": File(b"1")})
    assert made.run("cat a; ls").stdout == b"1a\n"
    made.close()


# Being lost.


def test_a_lost_sandbox_says_so_and_does_nothing_more(sandbox):
    made = Sandbox(backend(sandbox.backend))
    made.run("true")
    made.close()
    for use in (lambda: made.run("true"), made.snapshot, lambda: made.read("x")):
        with pytest.raises(SandboxLost, match="closed"):
            use()


def test_a_pool_hands_out_clean_sandboxes_and_replaces_lost_ones(sandbox):
    pooled = Pool(sandbox.backend, BARE)
    try:
        first = pooled.lease({"a": File(b"1")})
        first.run("echo 2 > a; echo x > b; sleep 300 &")
        pooled.give_back(first)
        second = pooled.lease({"a": File(b"1")})
        assert second is first
        assert second.run("cat a; ls").stdout == b"1a\n"
        pooled.give_back(second)
        second.close()
        third = pooled.lease({"c": File(b"3")})
        assert third is not second
        assert third.run("ls").stdout == b"c\n"
    finally:
        pooled.close()


def test_a_fork_of_the_process_takes_no_sandbox_along(sandbox):
    pooled = Pool(sandbox.backend, BARE)
    kept = pooled.lease({"a": File(b"1")})
    child = os.fork()
    if child == 0:
        pooled.forget()
        os._exit(0 if kept.lost else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert kept.run("cat a").stdout == b"1"
    pooled.close()


KILLED = """
import os, sys, time
from wildgym.tools.sandboxes import BARE, backend, Sandbox
made = Sandbox(backend(sys.argv[1]))
print("ready", flush=True)
made.run("(setsid sleep 31415 &); sleep 31415")
"""


def test_nothing_is_left_when_the_host_process_is_killed(sandbox):
    program = [sys.executable, "-c", textwrap.dedent(KILLED), sandbox.backend]
    process = subprocess.Popen(program, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    _until(lambda: _alive("31415") >= 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    _until(lambda: _alive("31415") == 0)


def _alive(word):
    return sum(word.encode() in _command_line(p) for p in Path("/proc").iterdir())


def _until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_outfit_is_installed_and_preloaded(sandbox):
    site = {"helper_of_test.py": File(b"import time\nvalue = 42\n")}
    pooled = Pool(sandbox.backend, Outfit(site, ("helper_of_test",)))
    try:
        leased = pooled.lease({})
        assert leased.python("import sys; print('helper_of_test' in sys.modules)").stdout == (
            b"True\n"
        )
        assert leased.run("python3 -c 'import helper_of_test as h; print(h.value)'").stdout == (
            b"42\n"
        )
        leased.run("echo value = 1 > $PYTHONPATH/helper_of_test.py")
        pooled.give_back(leased)
        again = pooled.lease({})
        assert again.run("python3 -c 'import helper_of_test as h; print(h.value)'").stdout == (
            b"42\n"
        )
    finally:
        pooled.close()
