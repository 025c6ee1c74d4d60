"""Tasks about a SQLite database."""

from collections.abc import Mapping, Sequence

from wildgym.envs.files.formats import Csv, Database, Table
from wildgym.envs.files.formats.database import Value
from wildgym.envs.files.records import CATEGORIES, Customer, Order, Product
from wildgym.envs.files.solving import closed_by, python
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, jsonl_text, sqlite_bytes
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools.editor import view_file

_KEYS = {"customers": "customer_id", "products": "sku", "orders": "order_id"}
_TYPES = {"price": "REAL", "total": "REAL"} | dict.fromkeys(
    ("stock", "reorder_at", "quantity"), "INTEGER"
)
_FIELDS = {
    "customers": Customer._fields,
    "products": Product._fields,
    "orders": Order._fields,
}
_LOOK = """
import json, sqlite3
with sqlite3.connect(path) as database:
    found = database.execute("SELECT sql FROM sqlite_master WHERE sql > ''")
    print(json.dumps([sql for sql, in found]))
database.close()
"""


def _tables(scene: Scene, **changed: Sequence[Sequence[Value]]) -> Mapping[str, Table]:
    """Return the tables of the shop, some with other rows."""
    rows: dict[str, Sequence[Sequence[Value]]] = {
        "customers": scene.customers,
        "products": scene.products,
        "orders": scene.orders[:90],
    }
    return {
        name: Table({f: _TYPES.get(f, "TEXT") for f in _FIELDS[name]}, changed.get(name, usual))
        for name, usual in rows.items()
    }


def _put(scene: Scene, path: str, **changed: Sequence[Sequence[Value]]) -> str:
    return scene.put(path, sqlite_bytes(_tables(scene, **changed), _KEYS))


@task
def raise_prices(scene: Scene) -> Drawn:
    """Some rows of one table; the folder may be closed."""
    rng = scene.rng
    folder = rng.pick(("shop", "live", "main"))
    path = _put(scene, f"{folder}/shop.db")
    category, amount = rng.pick(CATEGORIES), rng.integer(100, 900) / 100
    request = ask(
        "In the database {path}, raise the price of every product of the category '{category}' by"
        " {amount:.2f}.",
        "Report how many pieces of these products are in stock, all together.",
        path=path,
        category=category,
        amount=amount,
    )
    if rng.chance(0.3):
        return request, Goal(answer=scene.close(folder), refused=True)
    new = [
        p._replace(price=round(p.price + amount, 2)) if p.category == category else p
        for p in scene.products
    ]
    pieces = sum(p.stock for p in scene.products if p.category == category)
    return request, Goal({path: Database(_tables(scene, products=new))}, answer=pieces)


@raise_prices.solution
def _(path: str, category: str, amount: float) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    yield from python(_LOOK, path=path)
    code = """
    import json, sqlite3
    database = sqlite3.connect(path)
    with database:
        _ = database.execute(
            "UPDATE products SET price = round(price + ?, 2) WHERE category = ?", (amount, category)
        )
    query = "SELECT sum(stock) FROM products WHERE category = ?"
    print(json.dumps(database.execute(query, (category,)).fetchone()[0]))
    database.close()
    """
    return (yield from python(code, path=path, category=category, amount=amount))


@task
def import_orders(scene: Scene) -> Drawn:
    """New rows from a file, of which some are there already and some are changed."""
    rng = scene.rng
    path = _put(scene, "shop/shop.db")
    before = scene.orders[:90]
    known = [o._replace(status="closed") for o in rng.sample(before, 12)]
    arrived = rng.shuffled([*known, *scene.orders[90:120]])
    source = scene.put("incoming/orders.csv", csv_text(Order._fields, arrived, ";"))
    status = {o.order_id: o.status for o in arrived}
    after = [o._replace(status=status.get(o.order_id, o.status)) for o in before]
    return ask(
        "Bring the orders in {source} into the table {table} of the database {path}.",
        "Of an order that is there already, only the status is taken over.",
        "Report the sum of the totals of the orders that are new.",
        source=source,
        table="orders",
        path=path,
    ), Goal(
        {path: Database(_tables(scene, orders=[*after, *scene.orders[90:120]]))},
        answer=round(sum(o.total for o in scene.orders[90:120]), 2),
    )


@import_orders.solution
def _(source: str, table: str, path: str) -> Solution:
    yield view_file(path=source, last_line=3)
    yield from python(_LOOK, path=path)
    code = """
    import csv, json, sqlite3
    database = sqlite3.connect(path)
    total = 0
    with database:
        for row in csv.DictReader(open(source), delimiter=";"):
            change = f"UPDATE {table} SET status = ? WHERE order_id = ?"
            changed = database.execute(change, (row["status"], row["order_id"]))
            if not changed.rowcount:
                places = ", ".join("?" * len(row))
                _ = database.execute(f"INSERT INTO {table} VALUES ({places})", list(row.values()))
                total += float(row["total"])
    database.close()
    print(json.dumps(round(total, 2)))
    """
    return (yield from python(code, source=source, table=table, path=path))


@task
def delete_inactive(scene: Scene) -> Drawn:
    """Rows that nothing refers to go, but for those on a list."""
    rng = scene.rng
    buyer, *without = rng.sample(scene.customers, 7)
    without_ids = {c.customer_id for c in without}
    orders = [
        o._replace(customer_id=buyer.customer_id) if o.customer_id in without_ids else o
        for o in scene.orders[:90]
    ]
    path = _put(scene, "shop/shop.db", orders=orders)
    buyers = {o.customer_id for o in orders}
    idle = [c for c in scene.customers if c.customer_id not in buyers]
    held = {c.customer_id for c in [*rng.sample(scene.customers, 9), *without[:2]]}
    held -= {without[2].customer_id}
    gone = [c for c in idle if c.customer_id not in held]
    listed = scene.put(
        "legal/holds.jsonl",
        jsonl_text({"customer_id": c, "since": scene.day(400)} for c in sorted(held)),
    )
    kept = [c for c in scene.customers if c not in gone]
    return ask(
        "Delete from the database {path} every customer without an order.",
        "Keep those that {listed} lists, with or without orders.",
        "Report the ids of the customers without orders that you kept for that reason.",
        path=path,
        listed=listed,
    ), Goal(
        {path: Database(_tables(scene, customers=kept, orders=orders))},
        answer=[c.customer_id for c in idle if c in kept],
    )


@delete_inactive.solution
def _(path: str, listed: str) -> Solution:
    yield view_file(path=listed, last_line=3)
    yield from python(_LOOK, path=path)
    code = """
    import json, sqlite3
    held = {json.loads(line)["customer_id"] for line in open(listed)}
    database = sqlite3.connect(path)
    query = "SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM orders"
    idle = [customer for customer, in database.execute(query)]
    with database:
        for customer in idle:
            if customer not in held:
                _ = database.execute("DELETE FROM customers WHERE customer_id = ?", (customer,))
    database.close()
    print(json.dumps([customer for customer in idle if customer in held]))
    """
    return (yield from python(code, path=path, listed=listed))


@task
def revenue_of_city(scene: Scene) -> Drawn:
    """A question that takes three tables."""
    rng = scene.rng
    orders = scene.orders[:90]
    city = {c.customer_id: c.city for c in scene.customers}
    category = {p.sku: p.category for p in scene.products}
    order = rng.pick(orders)
    where, what = city[order.customer_id], category[order.sku]
    total = sum(o.total for o in orders if city[o.customer_id] == where and category[o.sku] == what)
    return ask(
        "For how much did customers in {city} order products of the category '{category}', all"
        " statuses included, by the database {path}?",
        city=where,
        category=what,
        path=_put(scene, "shop/shop.db"),
    ), Goal(answer=round(total, 2))


@revenue_of_city.solution
def _(city: str, category: str, path: str) -> Solution:
    yield from python(_LOOK, path=path)
    code = """
    import json, sqlite3
    database = sqlite3.connect(path)
    query = '''
        SELECT round(sum(total), 2) FROM orders JOIN customers USING (customer_id)
        JOIN products USING (sku) WHERE city = ? AND category = ?
    '''
    print(json.dumps(database.execute(query, (city, category)).fetchone()[0]))
    database.close()
    """
    return (yield from python(code, city=city, category=category, path=path))


@task
def best_sellers(scene: Scene) -> Drawn:
    """A query's rows, in order, as a table."""
    rng, count = scene.rng, scene.rng.integer(5, 9)
    source = _put(scene, "shop/shop.db")
    sold: dict[str, int] = {}
    for order in scene.orders[:90]:
        if order.status != "cancelled":
            sold[order.sku] = sold.get(order.sku, 0) + order.quantity
    names = {p.sku: p.name for p in scene.products}
    ranked = sorted(sold, key=lambda sku: (-sold[sku], sku))[:count]
    path = f"exports/{rng.pick(('best-sellers', 'top', 'ranking'))}.csv"
    return ask(
        "Write a CSV file {path} with the columns sku, name and pieces, delimited by commas: the"
        " {count} products of which most pieces were ordered, by the database {source}.",
        "Orders with the status '{status}' do not count.",
        "Sort by pieces, the most first, and then by SKU.",
        path=path,
        count=count,
        source=source,
        status="cancelled",
    ), Goal({path: Csv(("sku", "name", "pieces"), [(s, names[s], sold[s]) for s in ranked])})


@best_sellers.solution
def _(path: str, count: int, source: str, status: str) -> Solution:
    yield from python(_LOOK, path=source)
    code = """
    import csv, os, sqlite3
    database = sqlite3.connect(source)
    query = '''
        SELECT sku, name, sum(quantity) AS pieces FROM orders JOIN products USING (sku)
        WHERE status <> ? GROUP BY sku ORDER BY pieces DESC, sku LIMIT ?
    '''
    rows = database.execute(query, (status, count)).fetchall()
    database.close()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\\n").writerows([("sku", "name", "pieces"), *rows])
    """
    yield from python(code, path=path, count=count, source=source, status=status)
    return None


@task
def broken_references(scene: Scene) -> Drawn:
    """Rows that refer to what is not there are put right by a list."""
    rng = scene.rng
    orders = list(scene.orders[:90])
    moved = {}
    for n, customer in enumerate(rng.sample(scene.customers, 4)):
        moved[f"C-{100 + 3 * n}"] = customer.customer_id
    for at in rng.sample(range(90), rng.integer(10, 20)):
        old = rng.pick(list(moved))
        orders[at] = orders[at]._replace(customer_id=old)
    path = _put(scene, "shop/shop.db", orders=orders)
    source = scene.put(
        "shop/renumbered.csv", csv_text(("before", "now"), rng.shuffled(list(moved.items())))
    )
    right = [o._replace(customer_id=moved.get(o.customer_id, o.customer_id)) for o in orders]
    return ask(
        "Some orders in the database {path} name customers by numbers that no longer exist.",
        "Put the present numbers in; {source} says which they are.",
        "Report how many orders you changed.",
        path=path,
        source=source,
    ), Goal(
        {path: Database(_tables(scene, orders=right))},
        answer=sum(a != b for a, b in zip(orders, right, strict=True)),
    )


@broken_references.solution
def _(path: str, source: str) -> Solution:
    yield view_file(path=source)
    yield from python(_LOOK, path=path)
    code = """
    import csv, json, sqlite3
    database = sqlite3.connect(path)
    changed = 0
    with database:
        for row in csv.DictReader(open(source)):
            change = "UPDATE orders SET customer_id = ? WHERE customer_id = ?"
            changed += database.execute(change, (row["now"], row["before"])).rowcount
    database.close()
    print(changed)
    """
    return (yield from python(code, path=path, source=source))
