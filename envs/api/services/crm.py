"""A sales database: companies, contacts, deals, activities."""

from collections.abc import Generator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import CITIES, Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

crm = Service(
    "crm",
    tables={
        "companies": TableType("CPY"),
        "contacts": TableType("CTC"),
        "deals": TableType("DEA"),
        "activities": TableType("ACT", prose=frozenset({"note"})),
    },
    rules=(
        "No deal may get a discount of more than {most_discount} percent; if one would, report the"
        " deal's value.",
        "Mark a deal as lost only if its last activity was more than {silent_days} days ago;"
        " otherwise report the date of that activity.",
        "Deals whose value is more than {large_deal} EUR are marked as won by the management, not"
        " by you; for such a deal, report the phone number of its contact.",
    ),
    values={
        "most_discount": Value(15, (6, 8, 10, 20, 25)),
        "silent_days": Value(30, (14, 21, 40, 50)),
        "large_deal": Value(40_000, (25_000, 30_000, 50_000, 55_000)),
    },
)

_COMPANIES = (
    "Amberline", "Bluefin", "Cedarworks", "Dunmore", "Elmstead", "Fjordal", "Granite Peak",
    "Harbourside", "Ironbridge", "Juniper Lane", "Kestrel", "Lakeshore", "Meridian", "Northgate",
)  # fmt: skip
_INDUSTRIES = ("energy", "logistics", "retail", "health")
_ROLES = ("buyer", "head of sales", "accountant", "director", "engineer")
_TITLES = (
    "Fleet tracking", "Payroll rollout", "Data migration", "Staff training", "Office network",
    "Website relaunch", "Cold storage", "Solar roof", "Spare parts", "Security audit",
    "Shop terminals", "Call centre", "Annual support", "Warehouse robots", "Cloud backup",
    "Energy meters", "Lab equipment", "Delivery vans",
)  # fmt: skip
_STAGES = ("lead", "qualified", "proposal", "proposal", "won", "lost")
_NOTES = ("Went through the offer.", "They need more time.", "Asked for references.")


@crm.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw companies, their contacts, deals of the last months, and what was done about them."""
    companies: list[Row] = [
        {
            "id": f"CPY-{80 + 3 * n}",
            "name": name,
            "industry": rng.pick(_INDUSTRIES),
            "city": rng.pick(CITIES),
            "employees": rng.integer(40, 9000),
        }
        for n, name in enumerate(rng.sample(_COMPANIES, 6))
    ]
    contacts: list[Row] = [
        {
            "id": f"CTC-{400 + 11 * n}",
            "name": person.name,
            "email": person.email,
            "phone": f"555-{rng.integer(1000, 9999)}",
            "company_id": companies[n % 6]["id"],
            "role": rng.pick(_ROLES),
        }
        for n, person in enumerate(people[1:])
    ]
    titles = rng.sample(_TITLES, 16)
    deals = [_deal(n, rng, title, contacts, today) for n, title in enumerate(titles)]
    activities: list[Row] = [
        {
            "id": f"ACT-{6000 + 7 * n}",
            "deal_id": rng.pick(deals)["id"],
            "kind": rng.pick(("call", "meeting", "demo")),
            "note": rng.pick(_NOTES),
            "happened_on": shifted(today, -rng.integer(2, 60)),
        }
        for n in range(10)
    ]
    return {
        "companies": companies,
        "contacts": contacts,
        "deals": deals,
        "activities": activities,
    }


def _deal(n: int, rng: Rng, title: str, contacts: Sequence[Row], today: str) -> Row:
    contact, stage = rng.pick(contacts), rng.pick(_STAGES)
    return {
        "id": f"DEA-{1200 + 23 * n}",
        "title": title,
        "company_id": contact["company_id"],
        "contact_id": contact["id"],
        "stage": stage,
        # No two deals are worth the same: the greatest is always one.
        "value": 1000 * rng.integer(2, 90) + 37 * n,
        "discount": rng.integer(0, 5),
        "opened_on": shifted(today, -rng.integer(65, 200)),
        "expected_on": shifted(today, rng.integer(5, 120)),
        "closed_on": shifted(today, -rng.integer(1, 60)) if stage in ("won", "lost") else None,
    }


@crm.reads
def list_companies(
    world: World, industry: Literal["energy", "logistics", "retail", "health"] | None = None
) -> list[Row]:
    """List the companies that are customers or may become some.

    Args:
        industry: Only companies of this industry.
    """
    return [r for r in world.rows("companies") if industry in (None, r["industry"])]


@crm.reads
def find_companies(world: World, name: str) -> list[Row]:
    """Find the companies whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("companies") if name.casefold() in r["name"].casefold()]


@crm.reads
def get_company(world: World, company_id: str) -> Row:
    """Get one company.

    Args:
        company_id: The company's id.
    """
    return world.row("companies", company_id)


@crm.reads
def list_contacts(world: World, company_id: str | None = None) -> list[Row]:
    """List the contacts, who are people at the companies.

    Args:
        company_id: Only contacts at this company.
    """
    return [r for r in world.rows("contacts") if company_id in (None, r["company_id"])]


@crm.reads
def find_contacts(world: World, name: str) -> list[Row]:
    """Find the contacts whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("contacts") if name.casefold() in r["name"].casefold()]


@crm.reads
def get_contact(world: World, contact_id: str) -> Row:
    """Get one contact.

    Args:
        contact_id: The contact's id.
    """
    return world.row("contacts", contact_id)


@crm.reads
def list_deals(
    world: World,
    company_id: str | None = None,
    stage: Literal["lead", "qualified", "proposal", "won", "lost"] | None = None,
) -> list[Row]:
    """List deals, oldest id first. Their values are in EUR, before the discount in percent.

    Args:
        company_id: Only deals with this company.
        stage: Only deals at this stage.
    """
    return [
        r
        for r in world.rows("deals")
        if company_id in (None, r["company_id"]) and stage in (None, r["stage"])
    ]


@crm.reads
def get_deal(world: World, deal_id: str) -> Row:
    """Get one deal. Its value is in EUR, before the discount in percent.

    Args:
        deal_id: The deal's id.
    """
    return world.row("deals", deal_id)


@crm.reads
def list_activities(world: World, deal_id: str) -> list[Row]:
    """List what was done about one deal, in no particular order.

    Args:
        deal_id: The deal's id.
    """
    return world.rows("activities", deal_id=world.row("deals", deal_id)["id"])


@crm.writes
def add_contact(world: World, company_id: str, name: str, email: str, phone: str, role: str) -> Row:
    """Add somebody at a company to the contacts.

    Args:
        company_id: Where they work.
        name: First and last name.
        email: Their email address; no other contact may have it.
        phone: Their phone number.
        role: What they do there.
    """
    if known := world.rows("contacts", email=email):
        raise ToolError("already_exists", f"{email} is the address of {known[0]['id']}.")
    return world.create(
        "contacts",
        name=name,
        email=email,
        phone=phone,
        company_id=world.row("companies", company_id)["id"],
        role=role,
    )


@crm.writes
def update_contact(
    world: World, contact_id: str, phone: str | None = None, role: str | None = None
) -> Row:
    """Change what is known of a contact; what is not given stays as it is.

    Args:
        contact_id: The contact's id.
        phone: The new phone number.
        role: The new role.
    """
    contact = world.row("contacts", contact_id)
    phone = contact["phone"] if phone is None else phone
    role = contact["role"] if role is None else role
    return world.update("contacts", contact_id, phone=phone, role=role)


@crm.writes
def delete_contact(world: World, contact_id: str) -> Row:
    """Delete a contact with whom there is no deal, not even a closed one.

    Args:
        contact_id: The contact's id.
    """
    if deals := world.rows("deals", contact_id=contact_id):
        raise ToolError("has_deals", f"{contact_id} is the contact of {deals[0]['id']}.")
    return world.delete("contacts", contact_id)


@crm.writes
def create_deal(
    world: World,
    contact_id: str,
    title: str,
    value: Annotated[int, Field(ge=1, le=10_000_000)],
    expected_on: date,
) -> Row:
    """Open a deal with a contact's company, at the stage "lead" and without a discount.

    Args:
        contact_id: Whom it is negotiated with.
        title: A short name.
        value: What it is worth, in whole EUR.
        expected_on: When it is expected to be closed, as YYYY-MM-DD; not before today.
    """
    contact = world.row("contacts", contact_id)
    return world.create(
        "deals",
        title=title,
        company_id=contact["company_id"],
        contact_id=contact_id,
        stage="lead",
        value=value,
        discount=0,
        opened_on=world.today,
        expected_on=_not_past(world, expected_on),
        closed_on=None,
    )


@crm.writes
def move_deal(world: World, deal_id: str, stage: Literal["lead", "qualified", "proposal"]) -> Row:
    """Move a deal that is neither won nor lost to another stage.

    Args:
        deal_id: The deal's id.
        stage: The new stage.
    """
    return world.update("deals", _running(world, deal_id)["id"], stage=stage)


@crm.writes
def reschedule_deal(world: World, deal_id: str, expected_on: date) -> Row:
    """Change the date on which a deal that is neither won nor lost is expected to be closed.

    Args:
        deal_id: The deal's id.
        expected_on: The new date, as YYYY-MM-DD; not before today.
    """
    deal = _running(world, deal_id)
    return world.update("deals", deal["id"], expected_on=_not_past(world, expected_on))


@crm.writes
def set_discount(world: World, deal_id: str, percent: Annotated[int, Field(ge=0, le=90)]) -> Row:
    """Set the discount on a deal that is neither won nor lost, in place of an earlier one.

    Args:
        deal_id: The deal's id.
        percent: The new discount.
    """
    return world.update("deals", _running(world, deal_id)["id"], discount=percent)


@crm.writes
def close_deal(world: World, deal_id: str, outcome: Literal["won", "lost"]) -> Row:
    """Mark a deal that is neither won nor lost as one of them, closed today.

    Args:
        deal_id: The deal's id.
        outcome: How it ended.
    """
    deal = _running(world, deal_id)
    return world.update("deals", deal["id"], stage=outcome, closed_on=world.today)


@crm.writes
def log_activity(
    world: World, deal_id: str, kind: Literal["call", "meeting", "demo"], note: str
) -> Row:
    """Log what was done about a deal today.

    Args:
        deal_id: The deal's id.
        kind: What it was.
        note: What came of it, in free text.
    """
    deal = world.row("deals", deal_id)
    return world.create(
        "activities", deal_id=deal["id"], kind=kind, note=note, happened_on=world.today
    )


def _running(world: World, deal_id: str) -> Row:
    deal = world.row("deals", deal_id)
    if deal["closed_on"]:
        raise ToolError("already_closed", f"{deal_id} was {deal['stage']} on {deal['closed_on']}.")
    return deal


def _not_past(world: World, day: date) -> str:
    if day.isoformat() < world.today:
        raise ToolError("past_date", f"{day} is before today, {world.today}.")
    return day.isoformat()


@crm.without(get_deal)
def _(deal_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_deals()), deal_id)


@crm.without(get_contact)
def _(contact_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_contacts()), contact_id)


@crm.without(find_companies)
def _(name: str) -> Generator[ToolCall, Any, list[Row]]:
    companies = yield list_companies()
    return [company for company in companies if name.casefold() in company["name"].casefold()]
