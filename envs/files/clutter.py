"""What else lies in the folder: notes, old exports, lists that the request is not about."""

from collections.abc import Callable, Collection

from wildgym.envs.dates import shifted
from wildgym.envs.files.records import Customer, Employee, Order, Product
from wildgym.envs.files.scene import Scene, closing
from wildgym.envs.files.writing import csv_text, ini_text, json_text, markdown_table
from wildgym.tools import Rng

_SENTENCES = (
    "The warehouse asked for a second delivery window on Thursdays.",
    "Nobody has heard back from the carrier about the damaged pallets.",
    "We keep the old price list until the end of the quarter.",
    "The new starters get their accounts on the first day.",
    "Returns are counted when they arrive, not when they are announced.",
    "Whoever changes a template tells the others in the channel.",
    "The scanner on the ground floor writes dates the wrong way round.",
    "Exports run at night; before eight in the morning they may be incomplete.",
    "Two customers asked for invoices in another language.",
    "The figures of last year were checked twice and hold.",
    "Open questions go on the list, and the list is read on Mondays.",
    "The contract with the cleaning company runs for another two years.",
    "Samples stay in the showroom and are not sold.",
    "Ask before you order anything above the usual amount.",
    "The catalogue is printed in spring and in autumn.",
    "There is a spare key at the front desk.",
)
_TOPICS = ("Deliveries", "Stock", "Customers", "Staff", "Rooms", "Orders", "Prices", "Open points")
_DEVICES = ("laptop", "monitor", "phone", "scanner", "printer", "headset", "dock", "projector")


def clutter(scene: Scene, taken: Collection[str]) -> None:
    """Add files that the request is not about, under paths that are free."""
    rng = scene.rng
    scene.put("README.md", _readme(rng))
    for write in rng.sample(_FILES, 9):
        path, text = write(rng, scene)
        if path not in scene.tree and path not in taken:
            scene.put(path, text)


def _paragraph(rng: Rng, sentences: int) -> str:
    return " ".join(rng.sample(_SENTENCES, sentences))


def _page(rng: Rng, title: str, topics: int) -> str:
    parts = [f"## {topic}\n\n{_paragraph(rng, 4)}\n" for topic in rng.sample(_TOPICS, topics)]
    return "\n".join([f"# {title}\n", *parts])


def _readme(rng: Rng) -> str:
    return (
        "# Shared folder\n\nWhat several of us work with. Tell the others before you move things.\n"
        f"\n{_paragraph(rng, 3)}\n"
    )


def _minutes(rng: Rng, scene: Scene) -> tuple[str, str]:
    day = scene.day(200, 5)
    present = ", ".join(person.name for person in rng.sample(scene.people, 4))
    return f"notes/{day}-weekly.md", f"Present: {present}\n\n{_page(rng, f'Weekly, {day}', 4)}"


def _handbook(rng: Rng, scene: Scene) -> tuple[str, str]:
    return "docs/handbook.md", _page(rng, "Handbook", 7)


def _onboarding(rng: Rng, scene: Scene) -> tuple[str, str]:
    mentor = rng.pick(scene.people).name
    return "docs/onboarding.md", f"Mentor of this term: {mentor}\n\n{_page(rng, 'First week', 3)}"


def _glossary(rng: Rng, scene: Scene) -> tuple[str, str]:
    rows = [(topic, rng.pick(_SENTENCES)) for topic in rng.shuffled(_TOPICS)]
    return "docs/glossary.md", "# Glossary\n\n" + markdown_table(("Term", "Note"), rows)


def _devices(rng: Rng, scene: Scene) -> tuple[str, str]:
    rows = [
        (f"D-{n}", rng.pick(_DEVICES), rng.pick(scene.people).name, scene.day(900, 20))
        for n in range(100, 140)
    ]
    return "office/devices.csv", csv_text(("device", "kind", "owner", "bought_on"), rows)


def _visitors(rng: Rng, scene: Scene) -> tuple[str, str]:
    rows = sorted((scene.day(60, 1), rng.pick(scene.people).name) for _ in range(30))
    return "office/visitors.csv", csv_text(("day", "host"), rows)


def _printer(rng: Rng, scene: Scene) -> tuple[str, str]:
    options = {"paper": "A4", "copies": rng.integer(1, 3), "tray": rng.integer(1, 4)}
    return "office/printer.ini", ini_text({"printer": options, "scanner": {"dpi": 300}})


def _old_customers(rng: Rng, scene: Scene) -> tuple[str, str]:
    old = [customer._asdict() for customer in scene.customers[:25]]
    return "attic/customers-export.json", json_text(old)


def _old_orders(rng: Rng, scene: Scene) -> tuple[str, str]:
    old = [
        order._replace(ordered_on=shifted(order.ordered_on, -365)) for order in scene.orders[:60]
    ]
    return "attic/orders-last-year.csv", csv_text(Order._fields, old, ";")


def _closed(rng: Rng, scene: Scene) -> tuple[str, str]:
    return "attic/audit/CLOSED.md", closing(rng.pick(scene.people).name, scene.day(400, 30), rng)


def _budget(rng: Rng, scene: Scene) -> tuple[str, str]:
    rows = [(topic, 100 * rng.integer(10, 900)) for topic in _TOPICS]
    return "office/budget.csv", csv_text(("item", "planned"), rows, ";")


def _staff(rng: Rng, scene: Scene) -> tuple[str, str]:
    rows = [employee[:6] for employee in scene.employees]
    return "data/staff-directory.csv", csv_text(Employee._fields[:6], rows)


def _catalogue(rng: Rng, scene: Scene) -> tuple[str, str]:
    return "data/catalogue.csv", csv_text(Product._fields[:4], [p[:4] for p in scene.products])


def _mailing(rng: Rng, scene: Scene) -> tuple[str, str]:
    return "data/mailing-list.csv", csv_text(
        Customer._fields[1:3], [c[1:3] for c in scene.customers]
    )


def _editor(rng: Rng, scene: Scene) -> tuple[str, str]:
    return ".editorconfig", "root = true\n\n[*]\nend_of_line = lf\ninsert_final_newline = true\n"


_FILES: tuple[Callable[[Rng, Scene], tuple[str, str]], ...] = (
    *(_minutes, _minutes, _minutes, _handbook, _onboarding, _glossary, _devices, _visitors),
    *(_printer, _old_customers, _old_orders, _closed, _budget, _staff, _catalogue, _mailing),
    _editor,
)
