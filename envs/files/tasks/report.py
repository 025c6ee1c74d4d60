"""Tasks about writing a report."""

from wildgym.envs.files.formats import Csv, JsonDocument, MarkdownTable, Text
from wildgym.envs.files.records import Employee, Order, Product
from wildgym.envs.files.solving import python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text
from wildgym.envs.scenario import Solution
from wildgym.tools.editor import create_file, view_file
from wildgym.tools.find import find_files


@task
def revenue_by_month(scene: Scene) -> Drawn:
    """Add up each of several files."""
    months: dict[str, list[Order]] = {}
    for order in scene.orders:
        months.setdefault(order.ordered_on[:7], []).append(order)
    folder, left_out = "sales", scene.rng.pick(("cancelled", "returned"))
    for month, orders in months.items():
        scene.put(f"{folder}/{month}.csv", csv_text(Order._fields, orders))
    kept = {m: [o.total for o in orders if o.status != left_out] for m, orders in months.items()}
    path = f"reports/{scene.rng.pick(('revenue', 'monthly', 'sales-by-month'))}.csv"
    return ask(
        "Write a CSV file {path} with the columns month, orders and revenue, from the files in"
        " {folder}, one row for each, in order of time.",
        "A month is written as in the names of the files.",
        "Orders with the status '{left_out}' are left out, of the number of orders too.",
        path=path,
        folder=folder,
        left_out=left_out,
    ), Goal(
        {
            path: Csv(
                ("month", "orders", "revenue"),
                [(month, len(kept[month]), round(sum(kept[month]), 2)) for month in sorted(kept)],
            )
        }
    )


@revenue_by_month.solution
def _(path: str, folder: str, left_out: str) -> Solution:
    found = yield find_files(pattern=f"{folder}/*.csv")
    yield view_file(path=found[0]["path"], last_line=3)
    code = """
    import csv, os, pathlib
    lines = ["month,orders,revenue"]
    for file in sorted(pathlib.Path(folder).glob("*.csv")):
        rows = [r for r in csv.DictReader(file.open()) if r["status"] != left_out]
        lines.append(f"{file.stem},{len(rows)},{sum(float(r['total']) for r in rows):.2f}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    _ = pathlib.Path(path).write_text("\\n".join(lines) + "\\n")
    """
    yield from python(code, path=path, folder=folder, left_out=left_out)
    return None


@task
def staff_by_team(scene: Scene) -> Drawn:
    """Groups, as a JSON document of a given form."""
    source = scene.put("data/employees.csv", csv_text(Employee._fields, scene.employees, ";"))
    path = f"reports/{scene.rng.pick(('teams', 'headcount', 'staff'))}.json"
    teams: dict[str, list[Employee]] = {}
    for employee in scene.employees:
        teams.setdefault(employee.team, []).append(employee)
    value = {
        team: {
            "people": len(members),
            "average_salary": round(sum(m.salary for m in members) / len(members), 2),
            "longest": min(members, key=lambda m: m.started_on).name,
        }
        for team, members in teams.items()
    }
    return ask(
        "Write a JSON file {path} about the teams in {source}: an object with the name of each team"
        " as key.",
        "Its value is an object with the keys people (how many there are), average_salary (rounded"
        " to two decimals) and longest (the name of who started first).",
        path=path,
        source=source,
    ), Goal({path: JsonDocument(value)})


@staff_by_team.solution
def _(path: str, source: str) -> Solution:
    yield view_file(path=source, last_line=4)
    code = """
    import csv, json, os
    teams = {}
    for row in csv.DictReader(open(source), delimiter=";"):
        teams.setdefault(row["team"], []).append(row)
    report = {
        team: {
            "people": len(rows),
            "average_salary": round(sum(int(r["salary"]) for r in rows) / len(rows), 2),
            "longest": min(rows, key=lambda r: r["started_on"])["name"],
        }
        for team, rows in teams.items()
    }
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(report, file, indent=2)
    """
    yield from python(code, path=path, source=source)
    return None


@task
def what_to_reorder(scene: Scene) -> Drawn:
    """A list by two columns, small enough to be written by hand."""
    first, *others = scene.products
    products = [first._replace(stock=first.reorder_at - 1), *others]
    scarce = [p for p in products if p.stock < p.reorder_at]
    source = scene.put("warehouse/products.csv", csv_text(Product._fields, products))
    path = f"warehouse/{scene.rng.pick(('reorder', 'to-order', 'short'))}.txt"
    return ask(
        "Of which products in {source} is there less in stock than the level at which they are"
        " reordered?",
        "Write their SKUs into a file {path}, one on each line, in the order of {source}.",
        source=source,
        path=path,
    ), Goal({path: Text(tuple(p.sku for p in scarce))})


@what_to_reorder.solution
def _(source: str, path: str) -> Solution:
    shown = yield view_file(path=source)
    rows = [line.split(",") for line in shown["text"].splitlines()[1:]]
    scarce = [row[0] for row in rows if int(row[4]) < int(row[5])]
    yield create_file(path=path, text="".join(f"{sku}\n" for sku in scarce))
    return None


@task
def orders_by_status(scene: Scene) -> Drawn:
    """Groups, as a Markdown table."""
    source = scene.put("data/orders.csv", csv_text(Order._fields, scene.orders))
    since = scene.day(130, 60)
    path = f"reports/{scene.rng.pick(('status', 'overview', 'orders-by-status'))}.md"
    counted: dict[str, list[float]] = {}
    for order in scene.orders:
        if order.ordered_on >= since:
            counted.setdefault(order.status, []).append(order.total)
    rows = [(s, len(counted[s]), round(sum(counted[s]), 2)) for s in sorted(counted)]
    return ask(
        "Write a Markdown file {path} with a table of the orders in {source} since {since}, that"
        " day included.",
        "The columns are Status, Orders (how many) and Total (of the amounts); there is a row for"
        " each status that occurs, in alphabetical order.",
        path=path,
        source=source,
        since=since,
    ), Goal({path: MarkdownTable(("Status", "Orders", "Total"), rows)})


@orders_by_status.solution
def _(path: str, source: str, since: str) -> Solution:
    yield view_file(path=source, last_line=3)
    awk = """
    mkdir -p "$(dirname "$path")"
    {
        printf '| Status | Orders | Total |\\n| --- | --- | --- |\\n'
        awk -F, -v since="$since" 'NR > 1 && $2 >= since {n[$7] += 1; total[$7] += $6}
            END {for (s in n) printf "| %s | %d | %.2f |\\n", s, n[s], total[s]}' "$source" | sort
    } > "$path"
    """
    yield from shell(awk, path=path, source=source, since=since)
    return None
