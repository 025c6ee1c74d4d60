"""Tasks about the same content in another format."""

from wildgym.envs.files.formats import (
    Csv,
    Database,
    JsonDocument,
    JsonLines,
    Node,
    Table,
)
from wildgym.envs.files.records import Product
from wildgym.envs.files.solving import python
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import (
    csv_text,
    json_text,
    markdown_table,
    xml_text,
)
from wildgym.envs.scenario import Solution
from wildgym.tools import Json
from wildgym.tools.editor import create_file, view_file

_OPTIONS = ("timeout", "retries", "workers", "batch", "queue", "burst")
_PARTS = ("server", "mailer", "search", "storage", "billing")


@task
def csv_to_json(scene: Scene) -> Drawn:
    """Text becomes numbers, and nothing becomes null."""
    rng = scene.rng
    rows = [
        (p.sku, p.name, p.price, p.stock, rng.pick(("", "A1", "B7", "C3"))) for p in scene.products
    ]
    header = ("sku", "name", "price", "stock", "shelf")
    source = scene.put("data/products.csv", csv_text(header, rows, ";"))
    path = f"data/{rng.pick(('products', 'articles', 'catalogue'))}.json"
    value = [{**dict(zip(header, row, strict=True)), "shelf": row[4] or None} for row in rows]
    return ask(
        "Convert {source} to a JSON file {path}: a list of objects, one for each row, in the same"
        " order, with the columns as keys.",
        "The values of {price} and {stock} are numbers there, and an empty cell is null.",
        source=source,
        path=path,
        price="price",
        stock="stock",
    ), Goal({path: JsonDocument(value)})


@csv_to_json.solution
def _(source: str, path: str, price: str, stock: str) -> Solution:
    yield view_file(path=source, last_line=4)
    code = """
    import csv, json
    rows = []
    for row in csv.DictReader(open(source), delimiter=";"):
        row = {key: value or None for key, value in row.items()}
        rows.append({**row, price: float(row[price]), stock: int(row[stock])})
    with open(path, "w") as file:
        json.dump(rows, file, indent=2)
    """
    yield from python(code, source=source, path=path, price=price, stock=stock)
    return None


@task
def json_to_csv(scene: Scene) -> Drawn:
    """What is nested becomes columns."""
    rng = scene.rng
    chosen = rng.sample(scene.customers, 30)
    value: list[dict[str, Json]] = [
        {
            "id": c.customer_id,
            "name": c.name,
            "address": {"city": c.city, "zip": f"{rng.integer(100, 99999):05}"},
            "tags": rng.sample(("vip", "net30", "export", "newsletter"), rng.integer(0, 3)),
        }
        for c in chosen
    ]
    source = scene.put("crm/customers.json", json_text(value))
    path = f"crm/{rng.pick(('flat', 'customers', 'addresses'))}.csv"
    rows = sorted(
        (v["id"], v["name"], v["address"]["city"], v["address"]["zip"], "|".join(v["tags"]))
        for v in value
    )
    return ask(
        "Convert {source} to a CSV file {path} with the columns id, name, city, zip and tags,"
        " delimited by commas and sorted by id.",
        "A customer's tags are in one cell, in their order, with a | between them.",
        source=source,
        path=path,
    ), Goal({path: Csv(("id", "name", "city", "zip", "tags"), rows)})


@json_to_csv.solution
def _(source: str, path: str) -> Solution:
    yield view_file(path=source, last_line=20)
    code = """
    import csv, json
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\\n")
        _ = writer.writerow(["id", "name", "city", "zip", "tags"])
        for c in sorted(json.load(open(source)), key=lambda c: c["id"]):
            at = c["address"]
            _ = writer.writerow([c["id"], c["name"], at["city"], at["zip"], "|".join(c["tags"])])
    """
    yield from python(code, source=source, path=path)
    return None


@task
def xml_to_jsonl(scene: Scene) -> Drawn:
    """Attributes and elements become keys."""
    orders = scene.orders[:60]
    nodes = [
        Node(
            "order",
            {"id": o.order_id, "status": o.status},
            "",
            [Node("customer", {}, o.customer_id), Node("total", {"currency": "EUR"}, o.total)],
        )
        for o in orders
    ]
    source = scene.put("feeds/orders.xml", xml_text(Node("orders", {}, "", nodes)))
    path = f"feeds/{scene.rng.pick(('orders', 'stream', 'converted'))}.jsonl"
    values = [
        {"id": o.order_id, "status": o.status, "customer": o.customer_id, "total": o.total}
        for o in orders
    ]
    return ask(
        "Convert {source} to a JSON Lines file {path}: an object for each order, in the same order,"
        " with the keys id, status, customer and total.",
        "The total is a number.",
        source=source,
        path=path,
    ), Goal({path: JsonLines(values)})


@xml_to_jsonl.solution
def _(source: str, path: str) -> Solution:
    yield view_file(path=source, last_line=8)
    code = """
    import json
    from xml.etree import ElementTree
    with open(path, "w") as file:
        for order in ElementTree.parse(source).getroot():
            entry = {"id": order.get("id"), "status": order.get("status")}
            entry["customer"] = order.findtext("customer")
            entry["total"] = float(order.findtext("total"))
            _ = file.write(json.dumps(entry) + "\\n")
    """
    yield from python(code, source=source, path=path)
    return None


@task
def csv_to_database(scene: Scene) -> Drawn:
    """A new database of one table, whose types are told."""
    source = scene.put("data/products.csv", csv_text(Product._fields, scene.products))
    path = f"data/{scene.rng.pick(('shop', 'products', 'warehouse'))}.db"
    table = scene.rng.pick(("products", "articles", "items"))
    columns = {"sku": "TEXT", "name": "TEXT", "price": "REAL", "stock": "INTEGER"}
    rows = [(p.sku, p.name, p.price, p.stock) for p in scene.products]
    return ask(
        "Make a SQLite database {path} of {source}.",
        "It has one table, {table}, with the columns sku and name of type TEXT, price of type REAL"
        " and stock of type INTEGER, in this order, and no index.",
        path=path,
        source=source,
        table=table,
    ), Goal({path: Database({table: Table(columns, rows)})})


@csv_to_database.solution
def _(path: str, source: str, table: str) -> Solution:
    yield view_file(path=source, last_line=3)
    code = """
    import csv, sqlite3
    rows = [(r["sku"], r["name"], r["price"], r["stock"]) for r in csv.DictReader(open(source))]
    database = sqlite3.connect(path)
    _ = database.execute(f"CREATE TABLE {table} (sku TEXT, name TEXT, price REAL, stock INTEGER)")
    _ = database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    """
    yield from python(code, path=path, source=source, table=table)
    return None


@task
def markdown_to_csv(scene: Scene) -> Drawn:
    """A table in a text, read and written by hand."""
    rng = scene.rng
    chosen = rng.sample(scene.products, 9)
    rows = [(p.sku, p.name, p.price, rng.integer(2, 30)) for p in chosen]
    intro = f"# Offer\n\nFor {rng.pick(scene.customers).name}, of {scene.day(20, 1)}.\n\n"
    table = markdown_table(("Article", "Name", "Price", "Pieces"), rows)
    source = scene.put("sales/offer.md", f"{intro}{table}\nValid for 30 days.\n")
    path = f"sales/{rng.pick(('offer', 'lines', 'positions'))}.csv"
    return ask(
        "Write the table in {source} to a CSV file {path}, with the columns sku, name, price and"
        " quantity, delimited by semicolons.",
        source=source,
        path=path,
    ), Goal({path: Csv(("sku", "name", "price", "quantity"), rows, delimiter=";")})


@markdown_to_csv.solution
def _(source: str, path: str) -> Solution:
    shown = yield view_file(path=source)
    table = [line for line in shown["text"].splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    lines = ["sku;name;price;quantity", *(";".join(row) for row in rows)]
    yield create_file(path=path, text="\n".join(lines) + "\n")
    return None
