"""Tasks about what does not hold what it should: values against rules, files against sums."""

import json
from hashlib import sha256

from wildgym.envs.files.formats import Csv, Exact
from wildgym.envs.files.records import Order, Product
from wildgym.envs.files.solving import closed_by, python, shell
from wildgym.envs.files.task import Drawn, Goal, Scene, ask, task
from wildgym.envs.files.writing import csv_text, json_text
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools.editor import replace_text, view_file

_SETTINGS = ("timeout", "retries", "workers", "cache_size", "batch", "queue", "window", "burst")


@task
def impossible_orders(scene: Scene) -> Drawn:
    """Rows that break one of three rules go to a file of their own."""
    rng = scene.rng
    orders = scene.orders[:100]
    for n, at in enumerate(rng.sample(range(len(orders)), rng.integer(10, 18))):
        order = orders[at]
        spoilt = (
            {"sku": f"KB-{900 + n}"},
            {"quantity": -order.quantity},
            {"total": round(order.total + rng.integer(1, 900) / 100, 2)},
        )
        orders[at] = order._replace(**spoilt[n % 3])
    products = {p.sku: p for p in scene.products}
    good = [
        o.sku in products
        and o.quantity > 0
        and o.total == round(o.quantity * products[o.sku].price, 2)
        for o in orders
    ]
    path = scene.put("imports/orders.csv", csv_text(Order._fields, orders))
    listed = scene.put("imports/products.csv", csv_text(Product._fields, scene.products))
    rejected = f"imports/{rng.pick(('rejected', 'refused', 'faulty'))}.csv"
    return ask(
        "Some rows of {path} cannot be right: the product is not in {listed}, the quantity is not"
        " positive, or the total is not quantity times price.",
        "Move these rows, as they are and in their order, from {path} to a new file {rejected} with"
        " the same header.",
        path=path,
        listed=listed,
        rejected=rejected,
    ), Goal(
        {
            path: Csv(Order._fields, [o for o, g in zip(orders, good, strict=True) if g]),
            rejected: Csv(Order._fields, [o for o, g in zip(orders, good, strict=True) if not g]),
        }
    )


@impossible_orders.solution
def _(path: str, listed: str, rejected: str) -> Solution:
    yield view_file(path=path, last_line=3)
    yield view_file(path=listed, last_line=3)
    code = """
    import csv
    cents = {p["sku"]: round(100 * float(p["price"])) for p in csv.DictReader(open(listed))}
    header, *lines = open(path).read().splitlines()
    good, bad = [header], [header]
    for line in lines:
        row = dict(zip(header.split(","), line.split(",")))
        total, quantity = round(100 * float(row["total"])), int(row["quantity"])
        fine = quantity > 0 and row["sku"] in cents and total == quantity * cents[row["sku"]]
        (good if fine else bad).append(line)
    for name, kept in ((path, good), (rejected, bad)):
        with open(name, "w") as file:
            _ = file.write("\\n".join(kept) + "\\n")
    """
    yield from python(code, path=path, listed=listed, rejected=rejected)
    return None


@task
def out_of_range(scene: Scene) -> Drawn:
    """Values against limits that stand elsewhere; comments stay, and the folder may be closed."""
    rng = scene.rng
    names = rng.sample(_SETTINGS, 6)
    low = {name: rng.integer(10, 40) for name in names}
    high = {name: low[name] + rng.integer(20, 300) for name in names}
    usual = {name: rng.integer(low[name], high[name]) for name in names}
    wrong = rng.sample(names, 2)
    spoilt = {name: rng.pick((low[name] - 7, high[name] + 15)) for name in wrong}
    values = {name: rng.integer(low[name], high[name]) for name in names}
    schema = {n: {"minimum": low[n], "maximum": high[n], "default": usual[n]} for n in names}
    limits = scene.put("service/limits.json", json_text(schema))

    def written(values: dict[str, int]) -> str:
        lines = [f"  {name}: {values[name]}  # see limits.json\n" for name in names]
        return "".join(["# Tuned by hand. Keep the comments.\nservice:\n", *lines])

    path = scene.put("service/tuning.yaml", written({**values, **spoilt}))
    request = ask(
        "Some values in {path} are outside of what {limits} allows.",
        "Set each of these to its default, and leave everything else in the file as it is, comments"
        " too.",
        path=path,
        limits=limits,
    )
    if rng.chance(0.3):
        return request, Goal(answer=scene.close("service"), refused=True)
    return request, Goal(
        {path: Exact(written({**values, **{n: usual[n] for n in wrong}}).encode())}
    )


@out_of_range.solution
def _(path: str, limits: str) -> Solution:
    name = yield from closed_by(path.rpartition("/")[0])
    if name:
        return Refusal(name)
    allowed = json.loads((yield view_file(path=limits))["text"])
    shown = yield view_file(path=path)
    for line in shown["text"].splitlines():
        setting, _, rest = line.strip().partition(": ")
        if setting in allowed:
            rule, value = allowed[setting], rest.split()[0]
            if not rule["minimum"] <= int(value) <= rule["maximum"]:
                mended = f"{setting}: {rule['default']} "
                yield replace_text(path=path, old=f"{setting}: {value} ", new=mended)
    return None


@task
def damaged_files(scene: Scene) -> Drawn:
    """Files against a list of what they were."""
    rng, folder = scene.rng, scene.rng.pick(("delivery", "transfer", "handover"))
    paths = [f"part-{n:02}.csv" for n in range(1, 15)]
    sums = []
    for n, name in enumerate(paths):
        data = csv_text(Order._fields, scene.orders[8 * n : 8 * n + 12])
        scene.put(f"{folder}/{name}", data)
        sums.append(sha256(data.encode()).hexdigest())
    damaged = sorted(rng.sample(paths, rng.integer(2, 4)))
    for name in damaged:
        text = scene.tree[f"{folder}/{name}"].data.decode()
        at = rng.integer(60, len(text) - 2)
        scene.put(f"{folder}/{name}", text[:at] + text[at + 1 :])
    listed = "".join(f"{digest}  {name}\n" for digest, name in zip(sums, paths, strict=True))
    scene.put(f"{folder}/SHA256SUMS", listed)
    return ask(
        "Which files in the folder {folder} are not what {listed} in it says they should be?",
        "Report their names.",
        folder=folder,
        listed="SHA256SUMS",
    ), Goal(answer=damaged)


@damaged_files.solution
def _(folder: str, listed: str) -> Solution:
    commands = '(cd "$folder" && sha256sum --check --quiet "$listed" 2> /dev/null)'
    lines = yield from shell(commands, folder=folder, listed=listed)
    return [line.partition(":")[0] for line in lines]
