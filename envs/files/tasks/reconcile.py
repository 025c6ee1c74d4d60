"""Tasks about two sources that should agree."""

from wildgym.envs.dates import shifted
from wildgym.envs.files.formats import Csv, JsonDocument, Node
from wildgym.envs.files.records import Order, Product
from wildgym.envs.files.solving import closed_by, python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, json_text, xml_text
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files

_FOLDERS = ("texts", "tables", "forms")


@task
def bank_and_ledger(scene: Scene) -> Drawn:
    """What a bank knows, and what the books say: missing, or with another amount."""
    rng = scene.rng
    bookings = [
        (f"RF{51_000 + 7 * n}", scene.orders[n].ordered_on, scene.orders[n].total)
        for n in range(80)
    ]
    missing = set(rng.sample(range(80), rng.integer(4, 7)))
    wrong = set(rng.sample([n for n in range(80) if n not in missing], rng.integer(3, 6)))
    ledger = [
        (
            ref,
            shifted(day, rng.integer(0, 3)),
            round(amount + rng.integer(1, 99), 2) if n in wrong else amount,
        )
        for n, (ref, day, amount) in enumerate(bookings)
        if n not in missing
    ]
    statement = scene.put(
        "accounts/statement.csv", csv_text(("reference", "booked_on", "amount"), bookings, ";")
    )
    books = scene.put(
        "accounts/ledger.csv", csv_text(("reference", "entered_on", "amount"), rng.shuffled(ledger))
    )
    path = f"accounts/{rng.pick(('differences', 'open-items', 'to-check'))}.csv"
    booked = {ref: amount for ref, _, amount in ledger}
    rows = [
        (ref, amount, booked.get(ref, ""))
        for ref, _, amount in bookings
        if booked.get(ref) != amount
    ]
    return ask(
        "Compare {statement}, from the bank, with {books}, by the reference; the dates need not"
        " agree.",
        "Write a CSV file {path} with the columns reference, bank and ledger, delimited by commas:"
        " a row for each reference in {statement} that is missing in {books} or has another amount"
        " there, in the order of {statement}.",
        "The two amounts are in the columns bank and ledger; what is missing is left empty.",
        statement=statement,
        books=books,
        path=path,
    ), Goal({path: Csv(("reference", "bank", "ledger"), rows)})


@bank_and_ledger.solution
def _(statement: str, books: str, path: str) -> Solution:
    yield view_file(path=statement, last_line=3)
    yield view_file(path=books, last_line=3)
    code = """
    import csv
    booked = {r["reference"]: r["amount"] for r in csv.DictReader(open(books))}
    with open(path, "w") as file:
        print("reference,bank,ledger", file=file)
        for row in csv.DictReader(open(statement), delimiter=";"):
            reference, amount = row["reference"], row["amount"]
            if booked.get(reference) != amount:
                print(f"{reference},{amount},{booked.get(reference, '')}", file=file)
    """
    yield from python(code, statement=statement, books=books, path=path)
    return None


@task
def stock_take(scene: Scene) -> Drawn:
    """What was counted corrects what was believed."""
    rng = scene.rng
    counted = [
        (p.sku, p.stock if rng.chance(0.6) else max(0, p.stock + rng.integer(-9, 9)))
        for p in rng.shuffled(scene.products)[:18]
    ]
    counted[0] = (counted[0][0], counted[0][1] + 50)
    counts = dict(counted)
    stock = [{"sku": p.sku, "name": p.name, "stock": p.stock} for p in scene.products]
    right = [{**entry, "stock": counts.get(str(entry["sku"]), entry["stock"])} for entry in stock]
    path = scene.put(
        "warehouse/stock.json", json_text({"as_of": scene.day(90, 30), "items": stock})
    )
    source = scene.put("warehouse/count.csv", csv_text(("sku", "counted"), counted))
    return ask(
        "The warehouse was counted: see {source}.",
        "Correct the stock of these products in {path}, and set its {key} to today's date.",
        "Products that were not counted stay as they are.",
        "Report the SKUs of those whose stock was wrong.",
        source=source,
        path=path,
        key="as_of",
    ), Goal(
        {path: JsonDocument({"as_of": scene.today, "items": right})},
        answer=[a["sku"] for a, b in zip(right, stock, strict=True) if a != b],
    )


@stock_take.solution
def _(source: str, path: str, key: str, today: str) -> Solution:
    yield view_file(path=source, last_line=3)
    yield view_file(path=path, last_line=9)
    code = """
    import csv, json
    counts = {row["sku"]: int(row["counted"]) for row in csv.DictReader(open(source))}
    value = json.load(open(path))
    value[key] = today
    wrong = []
    for item in value["items"]:
        count = counts.get(item["sku"], item["stock"])
        if count != item["stock"]:
            wrong.append(item["sku"])
            item["stock"] = count
    with open(path, "w") as file:
        json.dump(value, file, indent=2)
    print(json.dumps(wrong))
    """
    return (yield from python(code, source=source, path=path, key=key, today=today))


@task
def changed_since_backup(scene: Scene) -> Drawn:
    """Two folders: what is new, what was changed, what is gone."""
    rng = scene.rng
    folder, backup = "documents", f"backup/{scene.day(60, 20)}"
    names = [f"{sub}/{n:02}.txt" for sub in _FOLDERS for n in range(1, 7)]
    texts = {
        name: "".join([f"{o.order_id} {o.total:.2f}\n" for o in rng.sample(scene.orders, 5)])
        for name in names
    }
    changed, new, lost = rng.sample(names, 3), rng.sample(names, 2), rng.sample(names, 2)
    for name in names:
        if name not in new:
            scene.put(f"{backup}/{name}", texts[name])
        if name not in lost:
            added = "Later: 0.00\n" if name in changed else ""
            scene.put(f"{folder}/{name}", texts[name] + added)
    both = [n for n in changed if n not in new and n not in lost]
    only = [n for n in names if (n in new) != (n in lost)]
    return ask(
        "Which files have changed between {backup} and {folder}, were added since, or are gone"
        " since?",
        "Report their paths as they are within {folder}, such as {example}.",
        backup=backup,
        folder=folder,
        example="texts/99.txt",
    ), Goal(answer=sorted([*both, *only]))


@changed_since_backup.solution
def _(backup: str, folder: str) -> Solution:
    yield find_files(pattern="backup/**")
    code = """
    import json, pathlib
    sides = [
        {str(f.relative_to(top)): f.read_bytes() for f in pathlib.Path(top).rglob("*.txt")}
        for top in (backup, folder)
    ]
    names = sorted({*sides[0], *sides[1]})
    print(json.dumps([name for name in names if sides[0].get(name) != sides[1].get(name)]))
    """
    return (yield from python(code, backup=backup, folder=folder))


@task
def supplier_prices(scene: Scene) -> Drawn:
    """New prices are taken over up to a limit; the folder may be closed."""
    rng, limit = scene.rng, scene.rng.integer(4, 12)
    offered = {}
    for product in rng.sample(scene.products, 14):
        percent = rng.pick((-3, 1, 2, limit - 2, limit + 2, limit + 6))
        offered[product.sku] = round(product.price * (100 + percent) / 100, 2)
    nodes = [
        Node("item", {"code": sku}, "", [Node("price", {}, price)])
        for sku, price in offered.items()
    ]
    feed = scene.put("feeds/supplier.xml", xml_text(Node("prices", {}, "", nodes)))
    path = scene.put("catalogue/products.csv", csv_text(Product._fields, scene.products))
    new, refused = [], []
    for product in scene.products:
        price = offered.get(product.sku, product.price)
        if 100 * price > (100 + limit) * product.price:
            refused.append(product.sku)
            price = product.price
        new.append(product._replace(price=price))
    request = ask(
        "Take the supplier's prices in {feed} over into {path}, where the codes are the SKUs.",
        "Where that would raise a price by more than {limit} percent, leave it as it is.",
        "Report the SKUs of the products whose price you left for that reason.",
        feed=feed,
        path=path,
        limit=limit,
    )
    if rng.chance(0.25):
        return request, Goal(answer=scene.close("catalogue"), refused=True)
    return request, Goal({path: Csv(Product._fields, new)}, answer=refused)


@supplier_prices.solution
def _(feed: str, path: str, limit: int) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    yield view_file(path=feed, last_line=8)
    code = """
    import json
    from xml.etree import ElementTree
    offered = {i.get("code"): i.findtext("price") for i in ElementTree.parse(feed).getroot()}
    header, *lines = open(path).read().splitlines()
    at, out, left = header.split(",").index("price"), [header], []
    for line in lines:
        cells = line.split(",")
        new = offered.get(cells[0], cells[at])
        if 100 * float(new) > (100 + limit) * float(cells[at]):
            left.append(cells[0])
        else:
            cells[at] = new
        out.append(",".join(cells))
    with open(path, "w") as file:
        _ = file.write("\\n".join(out) + "\\n")
    print(json.dumps(left))
    """
    return (yield from python(code, feed=feed, path=path, limit=limit))


@task
def orders_in_both(scene: Scene) -> Drawn:
    """Two lists of ids, for `comm`."""
    rng = scene.rng
    shipped = rng.sample(scene.orders, 70)
    billed = rng.sample(shipped, 60) + rng.sample(
        [o for o in scene.orders if o not in shipped], rng.integer(4, 8)
    )
    one = scene.put("warehouse/shipped.txt", "".join(f"{o.order_id}\n" for o in shipped))
    other = scene.put(
        "accounts/billed.csv",
        csv_text(Order._fields[:3], [o[:3] for o in rng.shuffled(billed)], ";"),
    )
    billed_ids = {o.order_id for o in billed}
    return ask(
        "Which orders were shipped, by {one}, but not billed, by {other}?",
        "Report their numbers.",
        one=one,
        other=other,
    ), Goal(answer=[o.order_id for o in shipped if o.order_id not in billed_ids])


@orders_in_both.solution
def _(one: str, other: str) -> Solution:
    yield view_file(path=one, last_line=3)
    yield view_file(path=other, last_line=3)
    commands = 'comm -23 <(sort "$one") <(cut -d";" -f1 "$other" | sort)'
    return (yield from shell(commands, one=one, other=other))
