"""Attacks on the next episode: what can be left for it, or found of the last one."""

from wildgym.tools.sandboxes.attacks.attack import Attack

PERSISTING = (
    Attack(
        "files left",
        "leave files in every folder that can be written to",
        """
for folder in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm",
               "/dev/mqueue", "/tmp", "/var/tmp", "/run", "/", "/dev", "/run/lock", "/channel"):
    for name in ("left", ".left", "left.py", "a/b/left"):
        try:
            os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
            open(f"{folder}/{name}", "w").write("left")
        except OSError:
            pass
""",
        then="""
for folder in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm",
               "/dev/mqueue", "/tmp", "/var/tmp", "/run", "/", "/dev", "/run/lock", "/channel"):
    for name in listed(folder):
        if name in ("left", ".left", "left.py", "a"):
            escaped(f"{folder}/{name}")
""",
    ),
    Attack(
        "shared memory left",
        "leave memory, messages and semaphores that are not files",
        """
for name in ("shmget", "msgget", "semget"):
    arguments = {"shmget": (4096, 0o1666), "msgget": (0o1666,), "semget": (1, 0o1666)}[name]
    tries(name, lambda: system(name, 12345, *arguments))
tries("mq_open", lambda: system("mq_open", b"left", os.O_CREAT | os.O_RDWR, 0o666, None))
tries("memfd_create", lambda: system("memfd_create", b"left", 0))
""",
        then="""
for name in ("shm", "msg", "sem"):
    try:
        lines = open(f"/proc/sysvipc/{name}").read().splitlines()
    except OSError:
        continue
    if len(lines) > 1:
        escaped(lines[1])
""",
    ),
    Attack(
        "attributes left",
        "leave attributes on folders that stay",
        """
for path in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm"):
    for name in ("user.left", "security.left", "trusted.left"):
        try:
            os.setxattr(path, name, b"left")
        except OSError:
            pass
""",
        then="""
for path in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm"):
    try:
        found = [name for name in os.listxattr(path) if name.endswith(".left")]
    except OSError:
        continue
    if found:
        escaped(f"{path}: {found}")
""",
    ),
    Attack(
        "permissions left",
        "leave folders with other permissions",
        """
for path in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm"):
    try:
        os.fchmod(os.open(path, os.O_RDONLY), 0o2711)
    except OSError:
        pass
""",
        then="""
for path in (os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/dev/shm"):
    if os.path.exists(path) and os.stat(path).st_mode & 0o7777 == 0o2711:
        escaped(path)
""",
    ),
    Attack(
        "processes left",
        "leave processes running",
        """
import subprocess
for n in range(5):
    subprocess.Popen("trap '' HUP TERM; while :; do date +%N >beat; sleep 0.05; done",
                     shell=True, start_new_session=True)
""",
        then="""
time.sleep(0.2)
if os.path.exists("beat"):
    escaped("something still runs")
mine = {str(os.getpid()), str(os.getppid()), "1"}
for pid in listed("/proc"):
    if pid.isdigit() and pid not in mine:
        escaped(f"process {pid}")
""",
    ),
    Attack(
        "cell left",
        "leave names and threads in the persistent interpreter",
        """
import builtins, threading, time
left = builtins.left = 1
def beat():
    while True:
        try:
            open("beat", "w").write(str(time.time()))
        except OSError:
            pass
        time.sleep(0.05)
threading.Thread(target=beat, daemon=True).start()
""",
        "cell",
        then="""
import builtins, time
try:
    left
except NameError:
    pass
else:
    print("ESCAPED names")
time.sleep(0.2)
import os
if os.path.exists("beat"):
    print("ESCAPED threads")
""",
    ),
    Attack(
        "modules left",
        "leave modules where Python looks for them, and change those that it has",
        """
import json, builtins
json.loads = builtins.len = None
for folder in [*sys.path, os.path.expanduser("~/.local/lib/python3.11/site-packages")]:
    for name in ("usercustomize.py", "sitecustomize.py", "json.py", "left.pth", "json/__init__.py"):
        try:
            os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
            open(f"{folder}/{name}", "w").write("import sys; sys.left = 1; loads = None")
        except OSError:
            pass
""",
        then="""
import json, subprocess
if json.loads is None or len is None:
    escaped("a changed module")
asked = "import json, sys; print(hasattr(sys, 'left'))"
if b"True" in subprocess.run(["/usr/bin/python3", "-c", asked], capture_output=True).stdout:
    escaped("a module that was left")
""",
    ),
    Attack(
        "settings left",
        "leave settings for shells and tools",
        """
for f in .bashrc .profile .bash_profile .gitconfig .inputrc .python_history .config/x; do
    mkdir -p "$HOME/.config"; echo 'echo ESCAPED' >"$HOME/$f"
done
""",
        "sh",
        then="""
import subprocess
print(subprocess.run(["bash", "-lic", "ls -A $HOME | grep . && echo ESCAPED files"],
                     capture_output=True, text=True).stdout)
""",
    ),
    Attack(
        "workspace moved",
        "put another folder in the workspace's place",
        """
home, elsewhere = os.environ["HOME"], os.environ["TMPDIR"] + "/moved"
try:
    os.rename(home, elsewhere)
    os.mkdir(home)
    open(home + "/left", "w").close()
except OSError:
    pass
""",
        then="""
for name in listed(os.environ["HOME"]) + listed("."):
    escaped(name)
""",
    ),
    Attack(
        "folder of the site",
        "change packages that are installed beside the workspace",
        """
site = os.environ["PYTHONPATH"]
for folder, _, names in os.walk(site):
    for name in names:
        try:
            os.unlink(f"{folder}/{name}")
        except OSError:
            pass
try:
    open(site + "/added.py", "w").close()
except OSError:
    pass
""",
        then="""
if os.path.exists(os.environ["PYTHONPATH"] + "/added.py"):
    escaped("added")
try:
    import installed
except ImportError:
    escaped("removed")
""",
    ),
)
