"""Tasks about bringing together what stands in several files."""

from wildgym.envs.dates import shifted
from wildgym.envs.files.formats import Csv, JsonDocument, Node
from wildgym.envs.files.records import TEAMS, Customer, Employee, Order
from wildgym.envs.files.solving import python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, json_text, jsonl_text, xml_text
from wildgym.envs.scenario import Solution
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files


@task
def orders_with_customers(scene: Scene) -> Drawn:
    """Columns of one file beside those of another."""
    status = scene.rng.pick(scene.orders).status
    orders = scene.put("data/orders.csv", csv_text(Order._fields, scene.orders))
    customers = scene.put("data/customers.csv", csv_text(Customer._fields, scene.customers, ";"))
    path = f"exports/{status}-{scene.rng.pick(('orders', 'list', 'export'))}.csv"
    known = {c.customer_id: c for c in scene.customers}
    rows = [
        (o.order_id, known[o.customer_id].name, known[o.customer_id].city, o.total)
        for o in scene.orders
        if o.status == status
    ]
    return ask(
        "Write a CSV file {path} with the columns order_id, name, city and total.",
        "It holds the orders in {orders} with the status '{status}', in the same order, each with"
        " name and city of its customer, who is in {customers}.",
        "The delimiter is a comma.",
        path=path,
        orders=orders,
        status=status,
        customers=customers,
    ), Goal({path: Csv(("order_id", "name", "city", "total"), rows)})


@orders_with_customers.solution
def _(path: str, orders: str, status: str, customers: str) -> Solution:
    yield view_file(path=orders, last_line=3)
    yield view_file(path=customers, last_line=3)
    code = """
    import csv, os
    known = {c["customer_id"]: c for c in csv.DictReader(open(customers), delimiter=";")}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\\n")
        _ = writer.writerow(["order_id", "name", "city", "total"])
        for order in csv.DictReader(open(orders)):
            if order["status"] == status:
                buyer = known[order["customer_id"]]
                _ = writer.writerow(
                    [order["order_id"], buyer["name"], buyer["city"], order["total"]]
                )
    """
    yield from python(code, path=path, orders=orders, status=status, customers=customers)
    return None


@task
def price_list(scene: Scene) -> Drawn:
    """A feed in XML and a table, into JSON."""
    catalogue = Node(
        "catalogue",
        {"generated": scene.today},
        children=[
            Node("product", {"sku": p.sku}, children=[Node("name", {}, p.name)])
            for p in scene.products
        ],
    )
    feed = scene.put("feeds/catalogue.xml", xml_text(catalogue))
    listed = [(p.sku, p.price) for p in scene.rng.sample(scene.products, 15)]
    prices = scene.put("feeds/prices.csv", csv_text(("article", "net"), listed, ";"))
    path = f"exports/{scene.rng.pick(('price-list', 'prices', 'net-prices'))}.json"
    names = {p.sku: p.name for p in scene.products}
    value = [{"sku": s, "name": names[s], "price": price} for s, price in sorted(listed)]
    return ask(
        "Write a JSON file {path}: a list of objects with the keys sku, name and price, the last a"
        " number, in order of the SKU.",
        "The names are in {feed}, the prices in {prices}; products without a price there are left"
        " out.",
        path=path,
        feed=feed,
        prices=prices,
    ), Goal({path: JsonDocument(value)})


@price_list.solution
def _(path: str, feed: str, prices: str) -> Solution:
    yield view_file(path=feed, last_line=6)
    yield view_file(path=prices, last_line=3)
    code = """
    import csv, json, os
    from xml.etree import ElementTree
    names = {p.get("sku"): p.findtext("name") for p in ElementTree.parse(feed).getroot()}
    rows = sorted(csv.DictReader(open(prices), delimiter=";"), key=lambda r: r["article"])
    listed = [
        {"sku": r["article"], "name": names[r["article"]], "price": float(r["net"])} for r in rows
    ]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(listed, file, indent=2)
    """
    yield from python(code, path=path, feed=feed, prices=prices)
    return None


@task
def unpaid_invoices(scene: Scene) -> Drawn:
    """What is there against what there should be, some of it in parts."""
    rng, billed = scene.rng, scene.orders[-75:]
    invoices = [
        (f"INV-{7000 + n}", o.customer_id, o.ordered_on, shifted(o.ordered_on, 30), o.total)
        for n, o in enumerate(billed)
    ]
    payments: list[tuple[str, str, float]] = []
    unpaid = []
    for number, _, billed_on, _, total in invoices:
        # The oldest is always unpaid, so that there is something to report.
        kind = rng.pick(("whole", "whole", "parts", "short", "none")) if payments else "short"
        cents = round(100 * total)
        first = cents if kind == "whole" else rng.integer(cents // 4, cents // 2)
        parts = [] if kind == "none" else [first]
        if kind == "parts":
            parts.append(cents - first)
        if kind in ("short", "none"):
            unpaid.append(number)
        payments += [(shifted(billed_on, rng.integer(1, 29)), number, p / 100) for p in parts]
    path = scene.put(
        "accounts/invoices.csv",
        csv_text(("invoice", "customer_id", "billed_on", "due_on", "total"), invoices),
    )
    paid = scene.put(
        "accounts/payments.jsonl",
        jsonl_text({"date": d, "reference": n, "amount": a} for d, n, a in sorted(payments)),
    )
    due = scene.day(25, 1)
    return ask(
        "Which invoices in {path} that were due before {due} are not paid in full?",
        "The payments are in {paid}; an invoice may be paid in parts.",
        "Report the invoices' numbers.",
        path=path,
        due=due,
        paid=paid,
    ), Goal(answer=[i[0] for i in invoices if i[0] in unpaid and i[3] < due])


@unpaid_invoices.solution
def _(path: str, due: str, paid: str) -> Solution:
    yield view_file(path=path, last_line=3)
    yield view_file(path=paid, last_line=3)
    code = """
    import csv, json
    cents = {}
    for line in open(paid):
        payment = json.loads(line)
        at = payment["reference"]
        cents[at] = cents.get(at, 0) + round(100 * payment["amount"])
    print(json.dumps([
        row["invoice"]
        for row in csv.DictReader(open(path))
        if row["due_on"] < due and cents.get(row["invoice"], 0) < round(100 * float(row["total"]))
    ]))
    """
    return (yield from python(code, path=path, due=due, paid=paid))


@task
def who_leads_whom(scene: Scene) -> Drawn:
    """From a name to an id to teams, and back to people."""
    member, *others = scene.rng.shuffled(scene.employees)
    leads = {team: scene.rng.pick(others) for team in TEAMS}
    staff = scene.put(
        "people/staff.csv",
        csv_text(Employee._fields[:4], [e[:4] for e in scene.rng.shuffled(scene.employees)]),
    )
    teams = scene.put(
        "people/teams.json",
        json_text([{"team": team, "lead": lead.employee_id} for team, lead in leads.items()]),
    )
    lead = leads[member.team]
    led = {team for team, other in leads.items() if other == lead}
    return ask(
        "Who is in a team that {lead} leads?",
        "The teams and the ids of who leads them are in {teams}, everybody's team is in {staff}.",
        "Report their ids; leave {lead} out, even if in such a team.",
        lead=lead.name,
        teams=teams,
        staff=staff,
    ), Goal(answer=[e.employee_id for e in scene.employees if e.team in led and e != lead])


@who_leads_whom.solution
def _(lead: str, teams: str, staff: str) -> Solution:
    yield find_files(pattern="people/*")
    yield view_file(path=teams)
    commands = """
    id=$(grep -F ",$lead," "$staff" | cut -d, -f1)
    grep -B1 -F "\\"$id\\"" "$teams" | sed -n 's/.*"team": "\\(.*\\)".*/\\1/p' |
    while read -r team; do
        awk -F, -v team="$team" -v id="$id" '$4 == team && $1 != id {print $1}' "$staff"
    done
    """
    return (yield from shell(commands, lead=lead, teams=teams, staff=staff))
