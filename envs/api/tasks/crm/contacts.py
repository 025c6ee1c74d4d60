"""Tasks that add, change or delete a contact."""

from wildgym.envs.api.services.crm import (
    add_contact,
    create_deal,
    crm,
    delete_contact,
    find_companies,
    find_contacts,
    update_contact,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution
from wildgym.tools import ToolError


@task(crm)
def new_phone(scene: Scene) -> Request:
    """Find a person by name, and change one thing."""
    return ask(
        "{contact} can now be reached at {phone}.",
        "Note that.",
        contact=scene.pick("contacts")["name"],
        phone=f"556-{scene.rng.integer(1000, 9999)}",
    )


@new_phone.solution
def _(contact: str, phone: str) -> Solution:
    found = yield find_contacts(name=contact)
    person = next(c for c in found if c["name"] == contact)
    yield update_contact(contact_id=person["id"], phone=phone)
    return None


@task(crm)
def add_me(scene: Scene) -> Request:
    """Make two things, the second of which refers to the first."""
    return ask(
        "From today I work for {company} as well.",
        "Add me to their contacts, under my name and email address, with the phone number {phone}"
        " and the role '{role}'.",
        "Then create a deal titled '{title}' with me as its contact, worth {value} EUR and expected"
        " to be closed on {day}.",
        company=scene.pick("companies")["name"],
        phone=f"556-{scene.rng.integer(1000, 9999)}",
        role=scene.rng.pick(("adviser", "project manager", "head of purchasing")),
        title=scene.rng.pick(("Pilot project", "Framework contract", "Trial year")),
        value=scene.rng.integer(20, 400) * 100,
        day=shifted(scene.world.today, scene.rng.integer(10, 90)),
    )


@add_me.solution
def _(
    user_name: str,
    user_email: str,
    company: str,
    phone: str,
    role: str,
    title: str,
    value: int,
    day: str,
) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    me = yield add_contact(
        company_id=partner["id"], name=user_name, email=user_email, phone=phone, role=role
    )
    yield create_deal(contact_id=me["id"], title=title, value=value, expected_on=day)
    return None


@task(crm)
def forget_contact(scene: Scene) -> Request:
    """Try one thing, and do another if it is not possible."""
    contact = scene.pick("contacts")
    if scene.rng.chance(0.5):
        colleague = scene.pick(
            "contacts",
            lambda c: c["company_id"] == contact["company_id"] and c["id"] != contact["id"],
        )
        for deal in scene.world.rows("deals", contact_id=contact["id"]):
            scene.world.put("deals", {**deal, "contact_id": colleague["id"]})
    return ask(
        "{contact} has asked us to be forgotten.",
        "Delete them from the contacts.",
        "If that is not possible because there are deals with them, change their role to '{role}'"
        " instead, and nothing else.",
        contact=contact["name"],
        role=scene.rng.pick(("do not contact", "former contact", "inactive")),
    )


@forget_contact.solution
def _(contact: str, role: str) -> Solution:
    found = yield find_contacts(name=contact)
    person = next(c for c in found if c["name"] == contact)
    try:
        yield delete_contact(contact_id=person["id"])
    except ToolError:
        yield update_contact(contact_id=person["id"], role=role)
    return None
