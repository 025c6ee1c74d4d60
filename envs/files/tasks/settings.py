"""Tasks about settings in another format, or together."""

import json

from wildgym.envs.files.formats import (
    Ini,
    JsonDocument,
    Toml,
    Yaml,
)
from wildgym.envs.files.solving import python
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import (
    ini_text,
    toml_text,
    yaml_text,
)
from wildgym.envs.scenario import Solution
from wildgym.tools import Json
from wildgym.tools.editor import create_file, view_file
from wildgym.tools.find import find_files

_OPTIONS = ("timeout", "retries", "workers", "batch", "queue", "burst")
_PARTS = ("server", "mailer", "search", "storage", "billing")


def _settings(scene: Scene) -> dict[str, dict[str, Json]]:
    rng = scene.rng
    return {
        part: {
            "enabled": rng.chance(0.5),
            "owner": rng.pick(scene.people).name,
            **{name: rng.integer(1, 900) for name in rng.sample(_OPTIONS, 3)},
        }
        for part in rng.sample(_PARTS, 4)
    }


@task
def ini_to_toml(scene: Scene) -> Drawn:
    """Text becomes what it means."""
    settings = _settings(scene)
    shown = {
        part: {k: str(v).lower() if isinstance(v, bool) else v for k, v in options.items()}
        for part, options in settings.items()
    }
    source = scene.put("config/app.ini", ini_text(shown))
    path = f"config/{scene.rng.pick(('app', 'settings', 'service'))}.toml"
    return ask(
        "Convert {source} to a TOML file {path}, with a table for each section.",
        "Numbers become integers, true and false become booleans, and all else becomes strings.",
        source=source,
        path=path,
    ), Goal({path: Toml(settings)})


@ini_to_toml.solution
def _(source: str, path: str) -> Solution:
    shown = yield view_file(path=source)
    lines = []
    for line in shown["text"].splitlines():
        key, equals, value = line.partition(" = ")
        plain = value.isdigit() or value in ("true", "false")
        lines.append(line if plain or not equals else f'{key} = "{value}"')
    yield create_file(path=path, text="\n".join(lines) + "\n")
    return None


@task
def yaml_to_json(scene: Scene) -> Drawn:
    """A small file, for which there is no library at hand."""
    settings = _settings(scene)
    source = scene.put("config/app.yaml", yaml_text(settings))
    path = f"config/{scene.rng.pick(('app', 'settings', 'service'))}.json"
    return ask(
        "Convert {source} to a JSON file {path} with the same structure, values of the same types.",
        source=source,
        path=path,
    ), Goal({path: JsonDocument(settings)})


@yaml_to_json.solution
def _(source: str, path: str) -> Solution:
    yield view_file(path=source)
    code = """
    import json
    value = {}
    for line in open(source).read().splitlines():
        key, _, text = line.strip().partition(":")
        if not line.startswith(" "):
            part = value[key] = {}
        else:
            text = text.strip()
            plain = text.isdigit() or text in ("true", "false")
            part[key] = json.loads(text) if plain else text
    with open(path, "w") as file:
        json.dump(value, file, indent=2)
    """
    yield from python(code, source=source, path=path)
    return None


@task
def toml_to_yaml(scene: Scene) -> Drawn:
    """Only some of the tables, written by hand."""
    settings = _settings(scene)
    source = scene.put("config/app.toml", toml_text(settings))
    kept = {part: options for part, options in settings.items() if options["enabled"]}
    if not kept:
        part = scene.rng.pick(list(settings))
        settings[part]["enabled"], kept = True, {part: settings[part]}
        scene.put(source, toml_text(settings))
    path = f"config/{scene.rng.pick(('enabled', 'active', 'running'))}.yaml"
    return ask(
        "Write a YAML file {path} with those tables of {source} in which {key} is true.",
        "It has the same keys and values, of the same types.",
        path=path,
        source=source,
        key="enabled",
    ), Goal({path: Yaml(kept)})


@toml_to_yaml.solution
def _(path: str, source: str, key: str) -> Solution:
    shown = yield view_file(path=source)
    text = ""
    for block in shown["text"].split("\n\n"):
        if f"{key} = true" in block:
            head, *lines = block.splitlines()
            text += head.strip("[]") + ":\n"
            text += "".join([f"  {line.replace(' = ', ': ', 1)}\n" for line in lines])
    yield create_file(path=path, text=text)
    return None


@task
def variables_to_tables(scene: Scene) -> Drawn:
    """Flat names become tables, and text becomes what it means."""
    rng = scene.rng
    value: dict[str, dict[str, Json]] = {
        part: {
            "host": f"{part}.example.com",
            "port": rng.integer(1024, 9999),
            "tls": rng.chance(0.5),
        }
        for part in rng.sample(_PARTS, 3)
    }
    lines = [
        f"{part}_{key}={str(v).lower() if isinstance(v, bool) else v}".replace(
            f"{part}_{key}", f"{part}_{key}".upper()
        )
        for part, options in value.items()
        for key, v in options.items()
    ]
    source = scene.put("deploy/.env", "\n".join(["# For all parts.", *rng.shuffled(lines)]) + "\n")
    path = f"deploy/{rng.pick(('settings', 'parts', 'config'))}.toml"
    return ask(
        "Write the variables in {source} to a TOML file {path}.",
        "What stands before the underscore in a name is the table, what stands after it is the key,"
        " both in lower case.",
        "Numbers become integers, true and false become booleans, and all else becomes strings.",
        source=source,
        path=path,
    ), Goal({path: Toml(value)})


@variables_to_tables.solution
def _(source: str, path: str) -> Solution:
    shown = yield view_file(path=source)
    tables: dict[str, list[str]] = {}
    for line in shown["text"].splitlines():
        name, equals, value = line.partition("=")
        if equals:
            table, _, key = name.lower().partition("_")
            plain = value.isdigit() or value in ("true", "false")
            tables.setdefault(table, []).append(f"{key} = {value if plain else json.dumps(value)}")
    text = "\n".join(["\n".join([f"[{table}]", *lines, ""]) for table, lines in tables.items()])
    yield create_file(path=path, text=text)
    return None


@task
def merged_settings(scene: Scene) -> Drawn:
    """Two files into the first, which wins; the second goes."""
    rng, parts = scene.rng, scene.rng.sample(_PARTS, 5)

    def drawn(names: list[str]) -> dict[str, dict[str, int]]:
        return {
            n: {k: rng.integer(1, 99) for k in rng.sample(("size", "age", "rate", "lag"), 3)}
            for n in names
        }

    ours, theirs = drawn(parts[:3]), drawn(parts[1:])
    path = scene.put("config/local.ini", ini_text(ours))
    other = scene.put("config/inherited.ini", ini_text(theirs))
    merged = {n: {**theirs.get(n, {}), **ours.get(n, {})} for n in [*ours, *theirs]}
    return ask(
        "Merge {other} into {path}: sections and options that {path} lacks are taken from {other},"
        " what it has stays.",
        "Then delete {other}.",
        other=other,
        path=path,
    ), Goal({path: Ini(merged)}, gone=frozenset({other}))


@merged_settings.solution
def _(other: str, path: str) -> Solution:
    yield find_files(pattern="config/*")
    yield view_file(path=path)
    code = """
    import configparser, os
    merged = configparser.ConfigParser(interpolation=None)
    _ = merged.read([other, path])
    with open(path, "w") as file:
        merged.write(file)
    os.remove(other)
    """
    yield from python(code, other=other, path=path)
    return None
