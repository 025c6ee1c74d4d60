"""Tasks about looking something up in files."""

from wildgym.envs.files.records import Customer, Order
from wildgym.envs.files.solving import python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, json_text, jsonl_text, toml_text
from wildgym.envs.scenario import Solution
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files, search_text

_ZONES = ("checkout", "search", "billing", "catalogue", "mailer")


@task
def email_of_order(scene: Scene) -> Drawn:
    """From an order to its customer, over two files."""
    orders = scene.put("data/orders.csv", csv_text(Order._fields, scene.orders))
    customers = scene.put("data/customers.csv", csv_text(Customer._fields, scene.customers))
    order = scene.rng.pick(scene.orders)
    emails = {c.customer_id: c.email for c in scene.customers}
    return ask(
        "I have to write to whoever placed order {order}.",
        "The orders are in {orders}, the customers in {customers}.",
        "Give me the email address.",
        order=order.order_id,
        orders=orders,
        customers=customers,
    ), Goal(answer=emails[order.customer_id])


@email_of_order.solution
def _(order: str, orders: str, customers: str) -> Solution:
    (found,) = yield search_text(text=order, pattern=orders)
    customer = found["text"].split(",")[2]
    (entry,) = yield search_text(text=customer + ",", pattern=customers)
    return entry["text"].split(",")[2]


@task
def customers_of_segment(scene: Scene) -> Drawn:
    """All rows that meet two conditions."""
    segment = scene.rng.pick(scene.customers).segment
    of_segment = sorted(c.since for c in scene.customers if c.segment == segment)
    since = of_segment[len(of_segment) // 3]
    kept = [c.customer_id for c in scene.customers if c.segment == segment and c.since >= since]
    path = scene.put("data/customers.csv", csv_text(Customer._fields, scene.customers, ";"))
    return ask(
        "Which customers in {path} are of the segment '{segment}', and customers since {since} or"
        " later?",
        "Report their ids.",
        path=path,
        segment=segment,
        since=since,
    ), Goal(answer=kept)


@customers_of_segment.solution
def _(path: str, segment: str, since: str) -> Solution:
    yield view_file(path=path, last_line=3)
    awk = """
    awk -F';' -v segment="$segment" -v since="$since" \
        'NR > 1 && $5 == segment && $6 >= since {print $1}' "$path"
    """
    return (yield from shell(awk, path=path, segment=segment, since=since))


@task
def best_customer(scene: Scene) -> Drawn:
    """Add up over one file, and look the best up in another."""
    month = scene.rng.pick(sorted({o.ordered_on[:7] for o in scene.orders})[1:-1])
    totals: dict[str, float] = {}
    for order in scene.orders:
        if order.ordered_on.startswith(month) and order.status not in ("cancelled", "returned"):
            totals[order.customer_id] = totals.get(order.customer_id, 0) + order.total
    best = max(totals, key=lambda customer: totals[customer])
    orders = scene.put("data/orders.jsonl", jsonl_text(o._asdict() for o in scene.orders))
    customers = scene.put("data/customers.json", json_text([c._asdict() for c in scene.customers]))
    return ask(
        "Whose orders of the month {month} come to the largest total?",
        "Orders that are cancelled or returned do not count.",
        "The orders are in {orders}, the customers in {customers}.",
        "Report the name and that total, in this form: name, total.",
        month=month,
        orders=orders,
        customers=customers,
    ), Goal(
        answer=[
            next(c.name for c in scene.customers if c.customer_id == best),
            round(totals[best], 2),
        ]
    )


@best_customer.solution
def _(month: str, orders: str, customers: str) -> Solution:
    yield view_file(path=orders, last_line=2)
    code = """
    import json
    totals = {}
    for line in open(orders):
        order = json.loads(line)
        if order["ordered_on"][:7] == month and order["status"] not in ("cancelled", "returned"):
            customer = order["customer_id"]
            totals[customer] = totals.get(customer, 0) + order["total"]
    best = max(totals, key=totals.get)
    name = next(c["name"] for c in json.load(open(customers)) if c["customer_id"] == best)
    print(json.dumps([name, round(totals[best], 2)]))
    """
    return (yield from python(code, month=month, orders=orders, customers=customers))


@task
def effective_setting(scene: Scene) -> Drawn:
    """Files that overrule each other, in an order that a text says."""
    rng, zones = scene.rng, scene.rng.sample(_ZONES, 4)
    layers = [
        {zone: {"timeout": rng.integer(11, 97), "workers": rng.integer(12, 60)} for zone in zones}
        for _ in range(3)
    ]
    asked = rng.pick(zones)
    winner = rng.integer(0, 2)
    for layer in layers[winner + 1 :]:
        del layer[asked]["timeout"]
    names = ("base", "production", "local")
    for name, layer in zip(names, layers, strict=True):
        scene.put(f"service/config/{name}.toml", toml_text(layer))
    scene.put(
        "service/README.md",
        "# Settings\n\nThe service reads `config/base.toml` first. What stands in"
        " `config/production.toml` overrules it, and what stands in `config/local.toml` overrules"
        " both.\n",
    )
    return ask(
        "What is the {setting} of the section {zone} that the service in {folder} runs with?",
        "Its README says which of its files overrules which.",
        setting="timeout",
        zone=asked,
        folder="service",
    ), Goal(answer=layers[winner][asked]["timeout"])


@effective_setting.solution
def _(setting: str, zone: str, folder: str) -> Solution:
    yield find_files(pattern=f"{folder}/**")
    yield view_file(path=f"{folder}/README.md")
    value = 0
    for name in ("base", "production", "local"):
        shown = yield view_file(path=f"{folder}/config/{name}.toml")
        section = shown["text"].partition(f"[{zone}]\n")[2].partition("\n[")[0]
        for line in section.splitlines():
            if line.startswith(f"{setting} = "):
                value = int(line.removeprefix(f"{setting} = "))
    return value


@task
def days_without_orders(scene: Scene) -> Drawn:
    """What is missing from a list, rather than in it."""
    month = scene.rng.pick(sorted({o.ordered_on[:7] for o in scene.orders})[1:-1])
    had = {o.ordered_on for o in scene.orders if o.ordered_on.startswith(month)}
    days = [f"{month}-{day:02}" for day in range(1, 29)]
    path = scene.put("data/orders.csv", csv_text(Order._fields, scene.orders))
    return ask(
        "On which of the days from {first} to {last} was nothing ordered, by {path}?",
        "Report the dates as they are written there.",
        first=days[0],
        last=days[-1],
        path=path,
    ), Goal(answer=[day for day in days if day not in had])


@days_without_orders.solution
def _(first: str, last: str, path: str) -> Solution:
    yield view_file(path=path, last_line=2)
    code = """
    import csv, datetime, json
    had = {row["ordered_on"] for row in csv.DictReader(open(path))}
    day, end = map(datetime.date.fromisoformat, (first, last))
    free = []
    while day <= end:
        if day.isoformat() not in had:
            free.append(day.isoformat())
        day += datetime.timedelta(1)
    print(json.dumps(free))
    """
    return (yield from python(code, first=first, last=last, path=path))
