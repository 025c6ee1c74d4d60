"""Tasks about files that are broken, or hold what cannot be."""

import json

from wildgym.envs.files.formats import Csv, Exact, JsonDocument, Node, Xml
from wildgym.envs.files.solving import python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, json_text, xml_text
from wildgym.envs.scenario import Solution
from wildgym.tools import Json
from wildgym.tools.editor import replace_text, view_file

_SETTINGS = ("timeout", "retries", "workers", "cache_size", "batch", "queue", "window", "burst")


@task
def broken_json(scene: Scene) -> Drawn:
    """One slip of whoever edited it by hand."""
    rng = scene.rng
    value: dict[str, Json] = {
        "service": f"{rng.pick(_SETTINGS)}-{rng.integer(10, 99)}",
        "limits": {name: rng.integer(1, 900) for name in rng.sample(_SETTINGS, 5)},
        "owner": {"name": rng.pick(scene.people).name, "since": scene.day(900, 30)},
        "regions": rng.sample(("north", "south", "east", "west", "centre"), 3),
    }
    lines = json_text(value).splitlines()
    listed = [n for n, line in enumerate(lines[:-1]) if line.endswith(",") and line[-2] not in "]}"]
    last = [n for n, line in enumerate(lines[1:]) if line.strip() in ("}", "},", "]", "],")]
    quoted = [n for n in listed if lines[n].endswith('",')]
    slip = rng.pick(("comma missing", "comma too many", "quote missing"))
    if slip == "comma missing":
        at = rng.pick(listed)
        lines[at] = lines[at][:-1]
    elif slip == "comma too many":
        lines[rng.pick(last)] += ","
    else:
        at = rng.pick(quoted)
        lines[at] = lines[at][:-2] + ","
    path = scene.put("service/settings.json", "\n".join(lines) + "\n")
    return ask(
        "The service does not start, since {path} is no valid JSON: somebody has slipped while"
        " editing it.",
        "Mend it, without changing any key or value.",
        path=path,
    ), Goal({path: JsonDocument(value)})


@broken_json.solution
def _(path: str) -> Solution:
    shown = yield view_file(path=path)
    lines = shown["text"].splitlines()
    for n, line in enumerate(lines):
        for mended in (f"{line},", line.removesuffix(","), f'{line.removesuffix(",")}",'):
            text = "\n".join([*lines[:n], mended, *lines[n + 1 :]])
            if _parses(text):
                before = "\n".join(lines[max(n - 2, 0) : n + 2])
                after = "\n".join([*lines[max(n - 2, 0) : n], mended, *lines[n + 1 : n + 2]])
                yield replace_text(path=path, old=before, new=after)
                return None
    return None


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@task
def mixed_dates(scene: Scene) -> Drawn:
    """One column in two forms, and another that looks alike but is to stay."""
    rng = scene.rng
    header = ("order_id", "customer_id", "ordered_on", "note")
    rows = [
        (o.order_id, o.customer_id, o.ordered_on, f"call on {_german(scene.day(40))}")
        for o in scene.orders[:80]
    ]
    german = [rng.chance(0.4) for _ in rows]
    german[0] = True
    mixed = [
        (o, c, _german(day) if g else day, note)
        for (o, c, day, note), g in zip(rows, german, strict=True)
    ]
    path = scene.put("imports/orders.csv", csv_text(header, mixed, ";"))
    return ask(
        "In {path}, some dates in the column {column} are written as day.month.year.",
        "Write all of that column as year-month-day, as the others are.",
        "Leave the other columns alone.",
        path=path,
        column="ordered_on",
    ), Goal({path: Csv(header, rows, delimiter=";")})


@mixed_dates.solution
def _(path: str, column: str) -> Solution:
    yield view_file(path=path, last_line=6)
    code = r"""
    import re
    header, *lines = open(path).read().splitlines()
    at = header.split(";").index(column)
    out = [header]
    for line in lines:
        cells = line.split(";")
        cells[at] = re.sub(r"^(\d\d)\.(\d\d)\.(\d{4})$", r"\3-\2-\1", cells[at])
        out.append(";".join(cells))
    with open(path, "w") as file:
        _ = file.write("\n".join(out) + "\n")
    """
    yield from python(code, path=path, column=column)
    return None


def _german(day: str) -> str:
    year, month, date = day.split("-")
    return f"{date}.{month}.{year}"


@task
def wrong_totals(scene: Scene) -> Drawn:
    """Sums in XML that are not the sums of their parts."""
    rng = scene.rng
    wrong = set(rng.sample(range(25), rng.integer(5, 9)))
    right, given, numbers = [], [], []
    for n in range(25):
        lines = [
            Node("line", {"sku": p.sku}, round(p.price * rng.integer(1, 5), 2))
            for p in rng.sample(scene.products, rng.integer(2, 4))
        ]
        total = round(sum(float(line.text) for line in lines), 2)
        off = round(total + rng.integer(-800, 800) / 100 + 9, 2) if n in wrong else total
        number = f"INV-{5000 + 3 * n}"
        numbers += [number] if n in wrong else []
        right.append(Node("invoice", {"number": number}, "", [*lines, Node("total", {}, total)]))
        given.append(Node("invoice", {"number": number}, "", [*lines, Node("total", {}, off)]))
    path = scene.put("accounts/invoices.xml", xml_text(Node("invoices", children=given)))
    return ask(
        "In {path}, the total of some invoices is not the sum of their lines.",
        "Correct these totals.",
        "Report the numbers of the invoices that you corrected.",
        path=path,
    ), Goal({path: Xml(Node("invoices", children=right))}, answer=numbers)


@wrong_totals.solution
def _(path: str) -> Solution:
    yield view_file(path=path, last_line=8)
    code = """
    import json
    from xml.etree import ElementTree
    tree = ElementTree.parse(path)
    corrected = []
    for invoice in tree.getroot():
        total = f"{sum(float(line.text) for line in invoice.iter('line')):.2f}"
        if invoice.findtext("total") != total:
            invoice.find("total").text = total
            corrected.append(invoice.get("number"))
    tree.write(path, encoding="UTF-8", xml_declaration=True)
    print(json.dumps(corrected))
    """
    return (yield from python(code, path=path))


@task
def old_encoding(scene: Scene) -> Drawn:
    """Bytes that are no UTF-8, and line ends of another system."""
    rng = scene.rng
    places = ("Köln", "Malmö", "Orléans", "São Tomé", "Málaga", "Würzburg", "Besançon", "Århus")
    rows = [(c.customer_id, c.name, rng.pick(places), c.since) for c in scene.customers]
    text = csv_text(("customer_id", "name", "place", "since"), rows, ";")
    path = scene.put("imports/branches.csv", text.replace("\n", "\r\n").encode("latin-1"))
    return ask(
        "The file {path} is encoded as {encoding}, with carriage returns at the ends of its lines.",
        "Turn it into UTF-8, without a byte order mark, and with newlines only.",
        "Nothing else in it may change.",
        path=path,
        encoding="ISO-8859-1",
    ), Goal({path: Exact(text.encode())})


@old_encoding.solution
def _(path: str, encoding: str) -> Solution:
    commands = """
    iconv -f "$encoding" -t UTF-8 "$path" | tr -d '\\r' > "$TMPDIR/converted"
    cat "$TMPDIR/converted" > "$path"
    rm "$TMPDIR/converted"
    head -n 2 "$path"
    """
    yield from shell(commands, path=path, encoding=encoding)
    return None
