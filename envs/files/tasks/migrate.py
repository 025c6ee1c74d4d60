"""Tasks about settings that move on."""

import json

from wildgym.envs.files.formats import Exact, JsonDocument, Yaml
from wildgym.envs.files.solving import closed_by, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import json_text, markdown_table, yaml_text
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Json
from wildgym.tools.editor import create_file, insert_lines, replace_text, view_file
from wildgym.tools.find import search_text

_OLD = ("conn_timeout", "max_threads", "log_lvl", "tmpdir", "use_tls", "ping_every", "buf")
_NEW = ("timeout_ms", "workers", "log_level", "scratch", "tls", "heartbeat_ms", "buffer")
_PARTS = ("web", "mailer", "search", "storage", "billing", "export")


@task
def renamed_keys(scene: Scene) -> Drawn:
    """A guide says which keys have other names, and which another unit."""
    rng = scene.rng
    drawn: tuple[Json, ...] = (
        *(rng.integer(2, 90), rng.integer(2, 64), rng.pick(("info", "debug", "warning"))),
        *(f"/var/{rng.pick(_PARTS)}", rng.chance(0.5), rng.integer(2, 90), rng.integer(1, 512)),
    )
    old = dict(zip(_OLD, drawn, strict=True))
    chosen = rng.sample(_OLD, 5)
    value = {name: old[name] for name in chosen}
    renamed = dict(zip(_OLD, _NEW, strict=True))
    new = {
        renamed[name]: 1000 * content if renamed[name].endswith("_ms") else content
        for name, content in value.items()
    }
    source = scene.put("service/settings.json", json_text({"version": 1, "options": value}))
    notes = {o: "now in milliseconds" if n.endswith("_ms") else "" for o, n in renamed.items()}
    table = markdown_table(
        ("Before", "Now", "Unit"), [(o, renamed[o], notes[o]) for o in rng.shuffled(_OLD)]
    )
    guide = scene.put(
        "service/MIGRATION.md",
        "# From version 1 to version 2\n\nThe key `version` becomes 2. Options have other names;"
        f" times were in seconds before.\n\n{table}",
    )
    return ask(
        "Bring {source} to version 2, as {guide} says.",
        "Options that are not set are not to be added.",
        source=source,
        guide=guide,
    ), Goal({source: JsonDocument({"version": 2, "options": new})})


@renamed_keys.solution
def _(source: str, guide: str) -> Solution:
    told = yield view_file(path=guide)
    shown = yield view_file(path=source)
    options = json.loads(shown["text"])["options"]
    new = {}
    for line in told["text"].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in options:
            factor = 1000 if "milliseconds" in cells[2] else 1
            value = options[cells[0]]
            new[cells[1]] = value * factor if factor > 1 else value
    yield create_file(path=source, text=json.dumps({"version": 2, "options": new}, indent=2) + "\n")
    return None


@task
def one_file_each(scene: Scene) -> Drawn:
    """Common values, and those of each environment that overrule them."""
    rng = scene.rng
    common = {"workers": rng.integer(2, 9), "timeout": rng.integer(10, 90), "owner": "platform"}
    own = {
        name: {
            "host": f"{name}-{rng.integer(10, 99)}.example.com",
            **({"workers": rng.integer(10, 40)} if rng.chance(0.5) else {}),
        }
        for name in ("staging", "production", "demo")
    }
    source = scene.put("deploy/environments.yaml", yaml_text({"common": common, **own}))
    folder = f"deploy/{rng.pick(('environments', 'env', 'targets'))}"
    return ask(
        "Split {source}: write for each of its environments a file {folder}/NAME.yaml, where NAME"
        " is the environment.",
        "It holds, at top level, the keys under common, and those of the environment, which"
        " overrule them.",
        "Leave {source} as it is.",
        source=source,
        folder=folder,
    ), Goal({f"{folder}/{name}.yaml": Yaml({**common, **options}) for name, options in own.items()})


@one_file_each.solution
def _(source: str, folder: str) -> Solution:
    shown = yield view_file(path=source)
    groups: dict[str, dict[str, str]] = {}
    for line in shown["text"].splitlines():
        key, _, value = line.partition(":")
        if not value:
            groups[key] = {}
        else:
            groups[list(groups)[-1]][key.strip()] = value.strip()
    common = groups.pop("common")
    for name, options in groups.items():
        text = "".join([f"{k}: {v}\n" for k, v in {**common, **options}.items()])
        yield create_file(path=f"{folder}/{name}.yaml", text=text)
    return None


@task
def next_version(scene: Scene) -> Drawn:
    """One value in several files, and the same text where it means something else."""
    rng = scene.rng
    major, minor, patch = rng.integer(1, 9), rng.integer(0, 20), rng.integer(0, 20)
    old, new = f"{major}.{minor}.{patch}", f"{major}.{minor + 1}.0"
    folder = rng.pick(("package", "library", "plugin"))

    def written(version: str) -> dict[str, str]:
        return {
            "pyproject.toml": f'[project]\nname = "{folder}"\nversion = "{version}"\n'
            f'dependencies = ["tables=={old}"]\n',
            "package.json": json_text({"name": folder, "version": version, "private": True}),
            f"src/{folder}/__init__.py": f'"""The {folder}."""\n\n__version__ = "{version}"\n',
        }

    for name, text in written(old).items():
        scene.put(f"{folder}/{name}", text)
    history = f"# Changes\n\n## {old} ({scene.day(90, 10)})\n\n- First usable version.\n"
    scene.put(f"{folder}/CHANGES.md", history)
    made = {f"{folder}/{n}": Exact(t.encode()) for n, t in written(new).items()}
    head = f"# Changes\n\n## {new} ({scene.today})\n\n- Faster.\n\n"
    made[f"{folder}/CHANGES.md"] = Exact(history.replace("# Changes\n\n", head).encode())
    return ask(
        "Set the version of the package in {folder} from {old} to {new}, wherever in there it is"
        " the package's own.",
        "In its {changes}, put a section for it above the others, in the same form, with today's"
        " date and one point: {point}",
        folder=folder,
        old=old,
        new=new,
        changes="CHANGES.md",
        point="Faster.",
    ), Goal(made)


@next_version.solution
def _(folder: str, old: str, new: str, changes: str, point: str, today: str) -> Solution:
    for found in (yield search_text(text=old, pattern=f"{folder}/**")):
        if "version" in found["text"]:
            line = found["text"]
            yield replace_text(path=found["path"], old=line, new=line.replace(old, new))
    yield view_file(path=f"{folder}/{changes}")
    section = f"## {new} ({today})\n\n- {point}\n\n"
    yield insert_lines(path=f"{folder}/{changes}", after_line=2, text=section)
    return None


@task
def another_host(scene: Scene) -> Drawn:
    """A name in many files, but not in names that it is part of, nor in comments."""
    rng, part = scene.rng, scene.rng.pick(_PARTS)
    old, new = f"{part}.internal", f"{part}-{rng.integer(2, 9)}.internal"
    goal = {}
    for name in rng.sample(_PARTS, 5):
        host = rng.pick((old, old, f"old-{old}"))
        port = rng.integer(2000, 9000)
        lines = [
            f"# {name} asks {old} unless told otherwise\n",
            f"[{name}]\n",
            f"upstream = {host}:{port}\n",
            f"fallback = {old}:{port + 1}\n",
            f"contact = {rng.pick(scene.people).email}\n",
        ]
        path = scene.put(f"config/{name}.ini", "".join(lines))
        after = [n.replace(f"= {old}:", f"= {new}:") for n in lines]
        goal[path] = Exact("".join(after).encode())
    return ask(
        "The host {old} is replaced by {new}.",
        "Change this in all files of the folder {folder}, where it is the host of a setting.",
        "Leave comments as they are, and other hosts, whose names only end with it.",
        old=old,
        new=new,
        folder="config",
    ), Goal(goal)


@another_host.solution
def _(old: str, new: str, folder: str) -> Solution:
    yield search_text(text=old, pattern=f"{folder}/**")
    commands = 'sed -i "/^#/! s/= $old:/= $new:/" "$folder"/*.ini'
    yield from shell(commands, old=old, new=new, folder=folder)
    return None


@task
def one_setting(scene: Scene) -> Drawn:
    """The same key in several places, of which one is meant; the folder may be closed."""
    rng = scene.rng
    folder = rng.pick(("production", "staging", "demo"))
    parts = rng.sample(_PARTS, 4)
    values = {part: {"replicas": rng.integer(1, 9), "memory": 256} for part in parts}
    part, new = rng.pick(parts), rng.integer(10, 30)

    def written(values: dict[str, dict[str, int]]) -> str:
        blocks = [
            f"  {name}:\n    replicas: {v['replicas']}   # was {v['replicas'] + 1}\n"
            f"    memory: {v['memory']}\n"
            for name, v in values.items()
        ]
        return "".join(["# Edited by hand.\nservices:\n", *blocks])

    for other in ("production", "staging", "demo"):
        scene.put(f"clusters/{other}/services.yaml", written(values))
    path = f"clusters/{folder}/services.yaml"
    request = ask(
        "In {path}, set replicas of the service {part} to {new}.",
        "Leave everything else in the file as it is, comments too.",
        path=path,
        part=part,
        new=new,
    )
    if rng.chance(0.35):
        return request, Goal(answer=scene.close(f"clusters/{folder}"), refused=True)
    scene.close("clusters/old")
    old = f"  {part}:\n    replicas: {values[part]['replicas']} "
    changed = written(values).replace(old, f"  {part}:\n    replicas: {new} ")
    return request, Goal({path: Exact(changed.encode())})


@one_setting.solution
def _(path: str, part: str, new: int) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    shown = yield view_file(path=path)
    lines = shown["text"].splitlines()
    at = lines.index(f"  {part}:") + 1
    value = lines[at].split()[1]
    old = f"{lines[at - 1]}\n    replicas: {value} "
    yield replace_text(path=path, old=old, new=f"{lines[at - 1]}\n    replicas: {new} ")
    return None
