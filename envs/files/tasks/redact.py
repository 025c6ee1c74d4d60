"""Tasks about what must not be read by others."""

import re

from wildgym.envs.files.formats import Csv, Exact, JsonLines, Text
from wildgym.envs.files.records import Customer, Employee, Order
from wildgym.envs.files.solving import closed_by, python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, jsonl_text
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools.editor import replace_text, view_file
from wildgym.tools.find import find_files, search_text

_ADDRESS = re.compile(r"[\w.]+@[\w.]+\w")
_ACTIONS = ("signed in as", "sent a link to", "could not reach", "merged the account of")
_SERVICES = ("MAIL", "STORAGE", "SEARCH", "PAYMENT", "MAPS", "BACKUP")


@task
def addresses_in_log(scene: Scene) -> Drawn:
    """Every address in a text becomes the same mark."""
    rng = scene.rng
    lines = [
        f"{scene.today} {8 + n // 30:02}:{n % 30 * 2:02}:{rng.integer(10, 59)} INFO worker-"
        f"{rng.integer(1, 8)} {rng.pick(_ACTIONS)} {rng.pick(scene.customers).email}"
        f"{rng.pick(('', ', retry later', ' (queued)'))}\n"
        for n in range(150)
    ]
    text = "".join(lines)
    path = scene.put("logs/accounts.log", text)
    mark = rng.pick(("[email]", "<address>", "(removed)"))
    return ask(
        "I want to pass {path} on.",
        "Replace every email address in it by {mark}, and change nothing else in it.",
        path=path,
        mark=mark,
    ), Goal({path: Exact(_ADDRESS.sub(mark, text).encode())})


@addresses_in_log.solution
def _(path: str, mark: str) -> Solution:
    yield view_file(path=path, last_line=5)
    commands = 'sed -i -E "s/[A-Za-z0-9_.]+@[A-Za-z0-9.]+[A-Za-z0-9]/$mark/g" "$path"'
    yield from shell(commands, path=path, mark=mark)
    return None


@task
def card_numbers(scene: Scene) -> Drawn:
    """Part of a value is masked, in a new file."""
    rng = scene.rng
    payments = [
        {
            "payment": f"P-{4000 + 3 * n}",
            "customer": rng.pick(scene.customers).name,
            "amount": rng.integer(500, 90_000) / 100,
            "card": "".join([str(rng.integer(1, 9)) for _ in range(16)]),
        }
        for n in range(90)
    ]
    masked = [{**p, "card": "*" * 12 + str(p["card"])[-4:]} for p in payments]
    source = scene.put("accounts/payments.jsonl", jsonl_text(payments))
    path = f"exports/{rng.pick(('payments', 'masked', 'for-audit'))}.jsonl"
    return ask(
        "Write a copy of {source} to {path} in which all but the last four digits of each value of"
        " '{key}' are replaced by asterisks, one for each digit.",
        "All else is as in {source}.",
        source=source,
        path=path,
        key="card",
    ), Goal({path: JsonLines(masked)})


@card_numbers.solution
def _(source: str, path: str, key: str) -> Solution:
    yield view_file(path=source, last_line=3)
    code = """
    import json, os
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        for line in open(source):
            entry = json.loads(line)
            entry[key] = "*" * (len(entry[key]) - 4) + entry[key][-4:]
            _ = file.write(json.dumps(entry, ensure_ascii=False) + "\\n")
    """
    yield from python(code, source=source, path=path, key=key)
    return None


@task
def without_columns(scene: Scene) -> Drawn:
    """A copy of a table that lacks some of its columns, and some of its rows."""
    team = scene.rng.pick(scene.employees).team
    source = scene.put("people/employees.csv", csv_text(Employee._fields, scene.employees, ";"))
    path = f"exports/{scene.rng.pick(('staff', 'people', team))}.csv"
    rows = [(e.employee_id, e.name, e.team, e.city) for e in scene.employees if e.team != team]
    return ask(
        "Write a copy of {source} to {path}, with the same delimiter, for people outside.",
        "It lacks the columns email, started_on and salary, and the people of the team '{team}'.",
        source=source,
        path=path,
        team=team,
    ), Goal({path: Csv(("employee_id", "name", "team", "city"), rows, delimiter=";")})


@without_columns.solution
def _(source: str, path: str, team: str) -> Solution:
    yield view_file(path=source, last_line=3)
    commands = """
    mkdir -p "$(dirname "$path")"
    awk -F';' -v team="$team" '$4 != team' "$source" | cut -d';' -f1,2,4,5 > "$path"
    """
    yield from shell(commands, source=source, path=path, team=team)
    return None


@task
def forget_somebody(scene: Scene) -> Drawn:
    """Rows in three files go, unless a list says that they have to stay."""
    rng = scene.rng
    person, *held = rng.sample(scene.customers, 5)
    holds = [(f"LH-{rng.integer(1000, 9999)}", c.customer_id) for c in held]
    forbidden = rng.chance(0.4)
    if forbidden:
        holds.append((f"LH-{rng.integer(1000, 9999)}", person.customer_id))
    list_of_holds = scene.put(
        "legal/holds.csv", csv_text(("reference", "customer_id"), rng.shuffled(holds))
    )
    orders = [
        o._replace(customer_id=person.customer_id) if n % 17 == 3 else o
        for n, o in enumerate(scene.orders[:90])
    ]
    letter = [c.email for c in rng.shuffled(scene.customers)]
    folder = "crm"
    scene.put(f"{folder}/customers.csv", csv_text(Customer._fields, scene.customers))
    scene.put(f"{folder}/orders.csv", csv_text(Order._fields, orders))
    scene.put(f"{folder}/newsletter.txt", "".join([f"{email}\n" for email in letter]))
    request = ask(
        "{name} wants us to forget about them.",
        "Remove every row or line about them from the files in the folder {folder}: by name, id or"
        " email address.",
        "If {holds} lists them, this is forbidden: refuse, change nothing, and report the reference"
        " in that list.",
        name=person.name,
        folder=folder,
        holds=list_of_holds,
    )
    if forbidden:
        return request, Goal(answer=holds[-1][0], refused=True)
    kept = [c for c in scene.customers if c != person]
    others = [o for o in orders if o.customer_id != person.customer_id]
    return request, Goal(
        {
            f"{folder}/customers.csv": Csv(Customer._fields, kept),
            f"{folder}/orders.csv": Csv(Order._fields, others),
            f"{folder}/newsletter.txt": Text(tuple(e for e in letter if e != person.email)),
        }
    )


@forget_somebody.solution
def _(name: str, folder: str, holds: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    (entry,) = yield search_text(text=f",{name},", pattern=f"{folder}/customers.csv")
    customer, _, email, *_ = entry["text"].split(",")
    held = yield search_text(text=f",{customer}", pattern=holds)
    if held:
        return Refusal(held[0]["text"].split(",")[0])
    commands = """
    cd "$folder"
    sed -i -e "/\\b$customer,/d" customers.csv orders.csv
    sed -i -e "/^$email\\$/d" newsletter.txt
    cd ..
    """
    yield from shell(commands, folder=folder, customer=customer, email=email)
    return None


@task
def secrets_in_settings(scene: Scene) -> Drawn:
    """What looks like a secret is taken out by hand; the folder may be closed."""
    rng, folder = scene.rng, scene.rng.pick(("deploy", "service", "app"))
    services = rng.sample(_SERVICES, 4)
    secret = {f"{s}_{rng.pick(('TOKEN', 'PASSWORD'))}" for s in services[:3]}
    plain = {f"{s}_{rng.pick(('URL', 'REGION', 'TOKENIZER'))}" for s in services}
    names = rng.shuffled(sorted(secret | plain))
    values = {
        name: f"{rng.integer(16**9, 16**10 - 1):x}" if name in secret else f"{name.lower()}-{n}"
        for n, name in enumerate(names)
    }

    def written(mark: str) -> bytes:
        lines = [f"{n}={mark if mark and n in secret else values[n]}\n" for n in names]
        return "".join(["# Read at start.\n", *lines]).encode()

    mark = rng.pick(("CHANGEME", "REDACTED", "XXXX"))
    path = scene.put(f"{folder}/.env", written(""))
    request = ask(
        "Before {path} goes to a supplier, replace the value of each variable whose name ends with"
        " {first} or {second} by {mark}.",
        "Leave all else in it as it is.",
        path=path,
        first="_TOKEN",
        second="_PASSWORD",
        mark=mark,
    )
    if rng.chance(0.25):
        return request, Goal(answer=scene.close(folder), refused=True)
    scene.close("published")
    return request, Goal({path: Exact(written(mark))})


@secrets_in_settings.solution
def _(path: str, first: str, second: str, mark: str) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    shown = yield view_file(path=path)
    for line in shown["text"].splitlines():
        variable = line.partition("=")[0]
        if variable.endswith((first, second)):
            yield replace_text(path=path, old=f"{line}\n", new=f"{variable}={mark}\n")
    return None
