"""Tasks about what is there more than once."""

from wildgym.envs.dates import shifted
from wildgym.envs.files.formats import Csv, JsonLines
from wildgym.envs.files.records import Customer, Order
from wildgym.envs.files.solving import closed_by, python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, jsonl_text
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Rng
from wildgym.tools.editor import view_file

_EVENTS = ("opened", "clicked", "ordered", "left", "returned")


@task
def repeated_rows(scene: Scene) -> Drawn:
    """Rows that are equal to one before them; the folder may be closed."""
    folder = f"imports/{scene.rng.pick(('web', 'shop', 'partner'))}"
    rows = _with_repeats(scene.rng, scene.orders[:90], scene.rng.integer(11, 29))
    path = scene.put(f"{folder}/orders.csv", csv_text(Order._fields, rows))
    request = ask(
        "An import ran twice: some rows in {path} are there more than once.",
        "Keep the first of each and remove the others.",
        "Report how many rows you removed.",
        path=path,
    )
    if scene.rng.chance(0.3):
        return request, Goal(answer=scene.close(folder), refused=True)
    scene.close("imports/archive")
    kept = list(dict.fromkeys(rows))
    return request, Goal({path: Csv(Order._fields, kept)}, answer=len(rows) - len(kept))


@repeated_rows.solution
def _(path: str) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    commands = """
    awk '!seen[$0]++' "$path" > "$TMPDIR/kept"
    expr $(wc -l < "$path") - $(wc -l < "$TMPDIR/kept")
    cat "$TMPDIR/kept" > "$path"
    rm "$TMPDIR/kept"
    """
    (removed,) = yield from shell(commands, path=path)
    return int(removed)


@task
def same_address(scene: Scene) -> Drawn:
    """Rows that are about the same person, of which the latest counts."""
    rng = scene.rng
    header = ("contact", "name", "email", "updated_on")
    rows: list[tuple[str, str, str, str]] = []
    for n, customer in enumerate(scene.customers):
        day = scene.day(700, 400)
        for copy in range(rng.pick((1, 1, 1, 2, 3)) if n else 2):
            email = customer.email if rng.chance(0.5) else customer.email.title()
            day = shifted(day, rng.integer(1, 90))
            rows.append((f"K-{100 + 7 * n + copy}", customer.name, email, day))
    rows = rng.shuffled(rows)
    latest: dict[str, str] = {}
    for _, _, email, day in rows:
        latest[email.lower()] = max(day, latest.get(email.lower(), ""))
    path = scene.put("crm/contacts.csv", csv_text(header, rows))
    return ask(
        "In {path}, some people are there several times.",
        "Rows with the same email address, in upper or lower case, are about the same person.",
        "Keep of each person only the row that was updated last, as it is, and leave the rows in"
        " their order.",
        path=path,
    ), Goal({path: Csv(header, [row for row in rows if row[3] == latest[row[2].lower()]])})


@same_address.solution
def _(path: str) -> Solution:
    yield view_file(path=path, last_line=5)
    code = """
    header, *lines = open(path).read().splitlines()
    rows = [line.split(",") for line in lines]
    latest = {}
    for row in rows:
        email = row[2].lower()
        latest[email] = max(row[3], latest.get(email, ""))
    kept = [",".join(row) for row in rows if row[3] == latest[row[2].lower()]]
    with open(path, "w") as file:
        _ = file.write("\\n".join([header, *kept]) + "\\n")
    """
    yield from python(code, path=path)
    return None


@task
def repeated_events(scene: Scene) -> Drawn:
    """Lines that were delivered again, with another time of receipt."""
    rng = scene.rng
    events = [
        {
            "event_id": f"ev-{rng.integer(10**7, 10**8 - 1):x}",
            "received_at": f"{scene.today}T{9 + n // 40:02}:{n % 40 + 10}:{rng.integer(10, 59)}Z",
            "customer": rng.pick(scene.customers).customer_id,
            "kind": rng.pick(_EVENTS),
        }
        for n in range(120)
    ]
    sources = rng.sample(range(70), 15)
    for at in sources:
        again = rng.integer(at + 1, 110)
        events[again] = {**events[again], "event_id": events[at]["event_id"]}
    firsts = {event["event_id"]: event for event in reversed(events)}
    kept = [event for event in events if firsts[event["event_id"]] is event]
    source = scene.put("events/received.jsonl", jsonl_text(events))
    path = f"events/{rng.pick(('unique', 'clean', 'once'))}.jsonl"
    return ask(
        "Events in {source} were delivered more than once, with the same event_id.",
        "Write a file {path} with the first delivery of each, in the same form and order.",
        "Leave {source} as it is.",
        source=source,
        path=path,
    ), Goal({path: JsonLines(kept)})


@repeated_events.solution
def _(source: str, path: str) -> Solution:
    yield view_file(path=source, last_line=3)
    awk = """
    awk -F'"' '!seen[$4]++' "$source" > "$path"
    """
    yield from shell(awk, source=source, path=path)
    return None


@task
def merged_contacts(scene: Scene) -> Drawn:
    """Two lists into one, where the second knows better."""
    header = Customer._fields[1:4]
    rng, known = scene.rng, [c[1:4] for c in scene.customers]
    first, second = known[:28], [(n, e, rng.pick(known)[2]) for n, e, _ in known[18:]]
    one = scene.put("crm/contacts.csv", csv_text(header, rng.shuffled(first)))
    other = scene.put("crm/fair.csv", csv_text(header, rng.shuffled(second), ";"))
    path = f"crm/{rng.pick(('merged', 'all-contacts', 'combined'))}.csv"
    merged = {row[1]: row for row in [*first, *second]}
    return ask(
        "Merge {one} and {other} into a new CSV file {path}, with the columns of {one} and a comma"
        " as delimiter.",
        "An email address appears once; where it is in both files, the row in {other} counts.",
        "Sort the rows by email address.",
        "Leave the two files as they are.",
        one=one,
        other=other,
        path=path,
    ), Goal({path: Csv(header, [merged[email] for email in sorted(merged)])})


@merged_contacts.solution
def _(one: str, other: str, path: str) -> Solution:
    yield view_file(path=one, last_line=3)
    yield view_file(path=other, last_line=3)
    code = """
    import csv
    merged = {row["email"]: row for row in csv.DictReader(open(one))}
    for row in csv.DictReader(open(other), delimiter=";"):
        merged[row["email"]] = row
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ["name", "email", "city"], lineterminator="\\n")
        _ = writer.writeheader()
        for email in sorted(merged):
            _ = writer.writerow(merged[email])
    """
    yield from python(code, one=one, other=other, path=path)
    return None


def _with_repeats(rng: Rng, rows: list[Order], count: int) -> list[Order]:
    """Return rows of which some come again, later."""
    repeated = list(rows)
    for row in rng.sample(rows[: len(rows) // 2], count):
        repeated.insert(rng.integer(len(rows) // 2, len(repeated)), row)
    return repeated
