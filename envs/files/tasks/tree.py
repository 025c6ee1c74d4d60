"""Tasks about where files are and what they are called."""

import re

from wildgym.envs.dates import shifted
from wildgym.envs.files.formats import Exact, Tar
from wildgym.envs.files.records import Order
from wildgym.envs.files.solving import closed_by, python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, zip_bytes
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools.find import find_files

_NOUNS = ("Offer", "Contract", "Delivery Note", "Price List", "Meeting Notes", "Floor Plan")


@task
def by_month(scene: Scene) -> Drawn:
    """Files move into folders that their names tell."""
    rng, folder = scene.rng, scene.rng.pick(("scans", "receipts", "inbox"))
    goal, gone = {}, set()
    for n in range(rng.integer(9, 14)):
        day = scene.day(200)
        name = f"{rng.pick(('invoice', 'receipt', 'letter'))}_{day}_{n}.txt"
        text = f"From {rng.pick(scene.customers).name}, {day}\n{rng.integer(100, 9999)}.00 EUR\n"
        gone.add(scene.put(f"{folder}/{name}", text))
        goal[f"{folder}/{day[:4]}/{day[5:7]}/{name}"] = Exact(text.encode())
    scene.put(f"{folder}/INDEX.md", "# Index\n\nWhat arrives is put here first.\n")
    return ask(
        "Move each file in {folder} whose name has a date in it to a subfolder by year and month of"
        " that date: a file of 5 March 2030 goes to {folder}/2030/03.",
        "Other files stay where they are.",
        folder=folder,
    ), Goal(goal, gone=frozenset(gone))


@by_month.solution
def _(folder: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    commands = """
    cd "$folder"
    for name in *_????-??-??_*; do
        day=${name#*_}
        target=${day%%-*}/$(echo "$day" | cut -c6-7)
        mkdir -p "$target"
        mv "$name" "$target/"
    done
    cd ..
    """
    yield from shell(commands, folder=folder)
    return None


@task
def tidy_names(scene: Scene) -> Drawn:
    """Files keep their folders and get other names."""
    rng, folder = scene.rng, scene.rng.pick(("shared", "handover", "customer-files"))
    goal, gone = {}, set()
    for n in range(rng.integer(9, 13)):
        sub = rng.pick(("", "2029/", "2030/", "drafts/"))
        name = (
            f"{rng.pick(_NOUNS)} {rng.pick(scene.customers).name} {n + 1}.{rng.pick(('TXT', 'Md'))}"
        )
        text = f"{name}\n\n{rng.integer(10**6, 10**7)}\n"
        gone.add(scene.put(f"{folder}/{sub}{name}", text))
        goal[f"{folder}/{sub}{name.lower().replace(' ', '-')}"] = Exact(text.encode())
    return ask(
        "Rename all files in {folder} and its subfolders: names in lower case, with a hyphen in"
        " place of each space.",
        "The subfolders keep their names.",
        folder=folder,
    ), Goal(goal, gone=frozenset(gone))


@tidy_names.solution
def _(folder: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    code = """
    import pathlib
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            _ = path.rename(path.with_name(path.name.lower().replace(" ", "-")))
    """
    yield from python(code, folder=folder)
    return None


@task
def delete_old(scene: Scene) -> Drawn:
    """Files go by the date in their names, unless their folder is closed."""
    rng, keep = scene.rng, scene.rng.integer(20, 90)
    folder = f"logs/{rng.pick(('web', 'mail', 'jobs'))}"
    old = set()
    for age in rng.sample(range(1, 2 * keep), 14):
        day = shifted(scene.today, -age)
        path = scene.put(f"{folder}/{day}.log", f"{day} started\n{day} stopped {age * 37}\n")
        if age > keep:
            old.add(path)
    day = shifted(scene.today, -keep - 3)
    old.add(scene.put(f"{folder}/{day}.log", f"{day} started\n{day} stopped\n"))
    scene.put("logs/README.md", "# Logs\n\nOne file a day.\n")
    request = ask(
        "Delete the logs in {folder} that are of a day more than {keep} days ago.",
        "Report how many days are left there, and the latest day of those you deleted, in this"
        " form: number, day.",
        folder=folder,
        keep=keep,
    )
    if rng.chance(0.35):
        closed = folder if rng.chance(0.5) else "logs"
        return request, Goal(answer=scene.close(closed), refused=True)
    scene.close("logs/audit")
    left = sum(path.startswith(f"{folder}/") for path in scene.tree) - len(old)
    return request, Goal(gone=frozenset(old), answer=[left, max(old)[-14:-4]])


@delete_old.solution
def _(folder: str, keep: int, today: str) -> Solution:
    name = yield from closed_by(folder)
    if name:
        return Refusal(name)
    found = yield find_files(pattern=f"{folder}/*.log")
    first = shifted(today, -keep)
    days = [entry["path"][-14:-4] for entry in found]
    old = [day for day in days if day < first]
    commands = 'cd "$folder"; for day in $days; do rm "$day.log"; done; cd ../..'
    yield from shell(commands, folder=folder, days=" ".join(old))
    return [len(days) - len(old), max(old)]


@task
def pack_away(scene: Scene) -> Drawn:
    """A folder becomes an archive."""
    rng = scene.rng
    project = f"{rng.pick(('fair', 'move', 'launch', 'audit'))}-{rng.integer(2024, 2030)}"
    folder = f"projects/{project}"
    names = ("plan.md", "costs.csv", "people/list.csv", "people/notes.txt", "old/plan.md")
    members = {}
    for n, name in enumerate(rng.sample(names, 4)):
        text = csv_text(Order._fields, scene.orders[9 * n : 9 * n + 9])
        scene.put(f"{folder}/{name}", text)
        members[f"{project}/{name}"] = text.encode()
    scene.put("projects/current/plan.md", "# Plan\n\nTo be written.\n")
    path = f"attic/{project}.tar.gz"
    return ask(
        "The project in {folder} is over.",
        "Pack the folder into {path}, a tar archive compressed by gzip, in which all paths begin"
        " with {project}/.",
        "Then delete the folder.",
        folder=folder,
        path=path,
        project=project,
    ), Goal({path: Tar(members)}, gone=frozenset(f"projects/{name}" for name in members))


@pack_away.solution
def _(folder: str, path: str, project: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    commands = """
    mkdir -p "$(dirname "$path")"
    tar -C "$(dirname "$folder")" -czf "$path" "$project" && rm -r "$folder"
    tar -tzf "$path"
    """
    yield from shell(commands, folder=folder, path=path, project=project)
    return None


@task
def unpack_update(scene: Scene) -> Drawn:
    """An archive's files go where they belong; some replace others, one is left out."""
    rng = scene.rng
    names = [f"{kind}/{n}.txt" for kind in ("texts", "labels") for n in ("de", "en", "fr", "it")]
    left_out = rng.pick(names[:4])

    def text(name: str) -> str:
        lines = [f"{p.sku} {p.name} {rng.integer(100, 999)}\n" for p in scene.products[:12]]
        return "".join([f"# {name}\n", *lines])

    for name in rng.sample(names, 5):
        scene.put(f"site/{name}", text(name))
    new = {name: text(name).encode() for name in rng.sample(names, 5)}
    new[left_out] = text(left_out).encode()
    path = scene.put("incoming/update.zip", zip_bytes({f"update/{n}": d for n, d in new.items()}))
    made = {f"site/{n}": Exact(d) for n, d in new.items() if n != left_out}
    return ask(
        "Put the files in {path} into the folder {folder}: what is update/x in the archive goes to"
        " {folder}/x, in place of what is there.",
        "Leave out {left_out}, which is not ready.",
        "Delete the archive afterwards.",
        path=path,
        folder="site",
        left_out=f"update/{left_out}",
    ), Goal(made, gone=frozenset({path}))


@unpack_update.solution
def _(path: str, folder: str, left_out: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    code = """
    import os, pathlib, zipfile
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name != left_out:
                target = pathlib.Path(folder, name.removeprefix("update/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                _ = target.write_bytes(archive.read(name))
    os.remove(path)
    """
    yield from python(code, path=path, folder=folder, left_out=left_out)
    return None


@task
def drop_copies(scene: Scene) -> Drawn:
    """Files with the same content, under different names."""
    rng, folder = scene.rng, scene.rng.pick(("downloads", "attachments", "uploads"))
    texts = [
        csv_text(Order._fields[:4], [o[:4] for o in rng.sample(scene.orders, 6)]) for _ in range(7)
    ]
    copies = [*texts, *(rng.pick(texts[:4]) for _ in range(rng.integer(4, 7)))]
    names = rng.sample(
        [f"{a}{b}.csv" for a in ("export", "data", "copy") for b in range(10, 30)], 20
    )
    by_text: dict[str, list[str]] = {}
    for name, text in zip(names, rng.shuffled(copies), strict=False):
        by_text.setdefault(text, []).append(scene.put(f"{folder}/{name}", text))
    gone = {path for paths in by_text.values() for path in sorted(paths)[1:]}
    return ask(
        "Some files in {folder} have the same content.",
        "Keep of these the one whose name comes first in the alphabet, and delete the others.",
        "Report the names of those you deleted.",
        folder=folder,
    ), Goal(gone=frozenset(gone), answer=sorted(re.sub(".*/", "", path) for path in gone))


@drop_copies.solution
def _(folder: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    commands = """
    cd "$folder"
    sha256sum *.csv | sort -k1,1 -k2,2 | awk 'seen[$1]++ {print $2}' | tee "$TMPDIR/copies"
    xargs rm < "$TMPDIR/copies"
    rm "$TMPDIR/copies"
    cd ..
    """
    return (yield from shell(commands, folder=folder))
