"""Tasks about companies, contacts and deals."""

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.crm import (
    add_contact,
    close_deal,
    create_deal,
    crm,
    delete_contact,
    find_companies,
    find_contacts,
    get_company,
    get_contact,
    get_deal,
    list_activities,
    list_companies,
    list_deals,
    log_activity,
    move_deal,
    reschedule_deal,
    set_discount,
    update_contact,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Json, Row, ToolError


def _run(scene: Scene, deal: Row, **changes: Json) -> None:
    """Make a deal a running one, neither won nor lost, unless told otherwise."""
    running = {"stage": "proposal", "closed_on": None, **changes}
    scene.world.put("deals", {**deal, **running})


def _give(scene: Scene, company: Row, count: int, **changes: Json) -> list[Row]:
    """Make some deals running ones with a company, and return how they were before."""
    contact = scene.pick("contacts", lambda c: c["company_id"] == company["id"])
    deals = scene.sample("deals", count)
    for deal in deals:
        _run(scene, deal, company_id=company["id"], contact_id=contact["id"], **changes)
    return deals


@task(crm)
def deal_value(scene: Scene) -> Request:
    """Look up one number."""
    return ask(
        "What is deal {deal_id} worth before its discount, in EUR?",
        deal_id=scene.pick("deals")["id"],
    )


@deal_value.solution
def _(deal_id: str) -> Solution:
    deal = yield get_deal(deal_id=deal_id)
    return deal["value"]


@task(crm)
def whom_to_call(scene: Scene) -> Request:
    """From a deal to its contact."""
    return ask(
        "I have to call our contact for deal {deal_id}.",
        "Give me the phone number.",
        deal_id=scene.pick("deals")["id"],
    )


@whom_to_call.solution
def _(deal_id: str) -> Solution:
    deal = yield get_deal(deal_id=deal_id)
    contact = yield get_contact(contact_id=deal["contact_id"])
    return contact["phone"]


@task(crm)
def size_of_employer(scene: Scene) -> Request:
    """From a name over a person to a company."""
    return ask(
        "How many employees does the company have for which {contact} works?",
        contact=scene.pick("contacts")["name"],
    )


@size_of_employer.solution
def _(contact: str) -> Solution:
    found = yield find_contacts(name=contact)
    person = next(c for c in found if c["name"] == contact)
    company = yield get_company(company_id=person["company_id"])
    return company["employees"]


@task(crm)
def discounted(scene: Scene) -> Request:
    """Compute one number from two."""
    deal = scene.pick("deals")
    scene.world.put("deals", {**deal, "discount": scene.rng.integer(1, 5)})
    return ask(
        "What is deal {deal_id} worth after its discount, in EUR, to the cent?",
        deal_id=deal["id"],
    )


@discounted.solution
def _(deal_id: str) -> Solution:
    deal = yield get_deal(deal_id=deal_id)
    return deal["value"] * (100 - deal["discount"]) / 100


@task(crm)
def pipeline_of_company(scene: Scene) -> Request:
    """Add up what is listed."""
    company = scene.pick("companies")
    stage = scene.rng.pick(("lead", "qualified", "proposal"))
    _give(scene, company, scene.rng.integer(2, 4), stage=stage)
    return ask(
        "What is the total value of our deals with {company} at the stage {stage}, in EUR and"
        " before discounts?",
        company=company["name"],
        stage=stage,
    )


@pipeline_of_company.solution
def _(company: str, stage: str) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"], stage=stage)
    return sum(deal["value"] for deal in deals)


@task(crm)
def won_in_industry(scene: Scene) -> Request:
    """Add up over several companies."""
    company = scene.pick("companies")
    closed_on = shifted(scene.world.today, -scene.rng.integer(1, 60))
    _give(scene, company, 2, stage="won", closed_on=closed_on)
    return ask(
        "What is the total value, in EUR and before discounts, of all deals that we have won with"
        " companies of the {industry} industry?",
        industry=company["industry"],
    )


@won_in_industry.solution
def _(industry: str) -> Solution:
    companies = yield list_companies(industry=industry)
    total = 0
    for company in companies:
        deals = yield list_deals(company_id=company["id"], stage="won")
        total += sum(deal["value"] for deal in deals)
    return total


@task(crm)
def greatest_deal(scene: Scene) -> Request:
    """Find the greatest of what is listed, and where it belongs."""
    stage = scene.rng.pick(("lead", "qualified", "proposal"))
    for deal in scene.sample("deals", 3):
        _run(scene, deal, stage=stage)
    return ask(
        "Which of the deals at the stage {stage} has the greatest value?",
        "Report the phone number of its contact.",
        stage=stage,
    )


@greatest_deal.solution
def _(stage: str) -> Solution:
    deals = yield list_deals(stage=stage)
    greatest = max(deals, key=lambda d: d["value"])
    contact = yield get_contact(contact_id=greatest["contact_id"])
    return contact["phone"]


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
def log_call(scene: Scene) -> Request:
    """Find a deal by what it is called, and write a number into free text."""
    deal = scene.pick("deals")
    return ask(
        "{company} has just called about the deal '{title}'.",
        "Log that call, with a note that mentions their order number {number}.",
        company=scene.world.row("companies", deal["company_id"])["name"],
        title=deal["title"],
        number=scene.rng.integer(100_000, 999_999),
    )


@log_call.solution
def _(company: str, title: str, number: int) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"])
    deal = next(d for d in deals if d["title"] == title)
    yield log_activity(deal_id=deal["id"], kind="call", note=f"Their order number is {number}.")
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


@task(crm)
def discount(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    deal = scene.pick("deals")
    _run(scene, deal)
    return ask(
        "{company} wants a discount of {percent} percent on the deal '{title}'.",
        "Set it.",
        company=scene.world.row("companies", deal["company_id"])["name"],
        percent=scene.rng.integer(6, 2 * scene.policy["most_discount"] - 5),
        title=deal["title"],
    )


@discount.solution
def _(company: str, percent: int, title: str, most_discount: int) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"])
    deal = next(d for d in deals if d["title"] == title)
    if percent > most_discount:
        return Refusal(deal["value"])
    yield set_discount(deal_id=deal["id"], percent=percent)
    return None


@task(crm)
def win(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    deal = scene.pick("deals")
    limit = scene.policy["large_deal"]
    _run(scene, deal, value=scene.rng.integer(limit // 2, limit * 3 // 2))
    return ask(
        "{company} has signed '{title}'.",
        "Mark that deal as won.",
        company=scene.world.row("companies", deal["company_id"])["name"],
        title=deal["title"],
    )


@win.solution
def _(company: str, title: str, large_deal: int) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"])
    deal = next(d for d in deals if d["title"] == title)
    if deal["value"] > large_deal:
        contact = yield get_contact(contact_id=deal["contact_id"])
        return Refusal(contact["phone"])
    yield close_deal(deal_id=deal["id"], outcome="won")
    return None


@task(crm)
def give_up(scene: Scene) -> Request:
    """What happened last decides whether it may be done."""
    busy = {activity["deal_id"] for activity in scene.world.rows("activities")}
    deal = scene.pick("deals", lambda d: d["id"] not in busy)
    _run(scene, deal)
    age = scene.rng.integer(2, 2 * scene.policy["silent_days"])
    for activity in scene.sample("activities", 2):
        happened = shifted(scene.world.today, -age)
        scene.world.put("activities", {**activity, "deal_id": deal["id"], "happened_on": happened})
        age += scene.rng.integer(1, 20)
    return ask(
        "I think that deal {deal_id} is dead.",
        "Mark it as lost.",
        deal_id=deal["id"],
    )


@give_up.solution
def _(deal_id: str, silent_days: int, today: str) -> Solution:
    activities = yield list_activities(deal_id=deal_id)
    last = max(activity["happened_on"] for activity in activities)
    if days_between(last, today) <= silent_days:
        return Refusal(last)
    yield close_deal(deal_id=deal_id, outcome="lost")
    return None


@task(crm)
def postpone(scene: Scene) -> Request:
    """As many calls as there are deals, each with a date of its own."""
    company = scene.pick("companies")
    _give(scene, company, scene.rng.integer(3, 5))
    return ask(
        "{company} is being restructured.",
        "Every deal with them that is neither won nor lost is now expected to be closed {days} days"
        " later than before; put that down.",
        company=company["name"],
        days=scene.rng.integer(7, 45),
    )


@postpone.solution
def _(company: str, days: int) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"])
    for deal in deals:
        if deal["stage"] not in ("won", "lost"):
            later = shifted(deal["expected_on"], days)
            yield reschedule_deal(deal_id=deal["id"], expected_on=later)
    return None


@task(crm)
def step_back(scene: Scene) -> Request:
    """Look into each of several, and change some of them."""
    company = scene.pick("companies")
    deals = _give(scene, company, 5, stage="proposal")
    since = shifted(scene.world.today, -scene.rng.integer(12, 40))
    for activity in scene.world.rows("activities"):
        # Nothing recent for the first two.
        n = scene.rng.integer(0, 4)
        days = scene.rng.integer(0, 10) if n > 1 else -scene.rng.integer(1, 20)
        moved = {"deal_id": deals[n]["id"], "happened_on": shifted(since, days)}
        scene.world.put("activities", {**activity, **moved})
    return ask(
        "Go through the deals with {company} at the stage proposal.",
        "Move those that have no activity on or after {since} to the stage qualified.",
        "Report the ids of the deals that you moved.",
        company=company["name"],
        since=since,
    )


@step_back.solution
def _(company: str, since: str) -> Solution:
    found = yield find_companies(name=company)
    partner = next(c for c in found if c["name"] == company)
    deals = yield list_deals(company_id=partner["id"], stage="proposal")
    moved = []
    for deal in deals:
        activities = yield list_activities(deal_id=deal["id"])
        if all(activity["happened_on"] < since for activity in activities):
            yield move_deal(deal_id=deal["id"], stage="qualified")
            moved.append(deal["id"])
    return moved


@task(crm, mail)
def offer(scene: Scene) -> Request:
    """Change something if a rule lets it, and tell somebody."""
    deal = scene.pick("deals")
    _run(scene, deal)
    return ask(
        "Set the discount on deal {deal_id} to {percent} percent.",
        "Then send its contact one mail with the deal's id and what it is worth after that"
        " discount, in EUR to the cent and without thousands separators.",
        deal_id=deal["id"],
        percent=scene.rng.integer(6, 2 * scene.policy["most_discount"] - 5),
    )


@offer.solution
def _(deal_id: str, percent: int, most_discount: int) -> Solution:
    deal = yield get_deal(deal_id=deal_id)
    if percent > most_discount:
        return Refusal(deal["value"])
    yield set_discount(deal_id=deal_id, percent=percent)
    contact = yield get_contact(contact_id=deal["contact_id"])
    yield send_mail(
        to=contact["email"],
        subject=f"Your discount on {deal_id}",
        body=f"It is now worth {deal['value'] * (100 - percent) / 100:.2f} EUR.",
    )
    return None


@task(crm, mail)
def remind_contacts(scene: Scene) -> Request:
    """Write to several people, once for each deal."""
    until = shifted(scene.world.today, scene.rng.integer(8, 25))
    stage = scene.rng.pick(("lead", "qualified"))
    for deal in scene.sample("deals", scene.rng.integer(4, 5)):
        _run(scene, deal, stage=stage, expected_on=shifted(until, -scene.rng.integer(0, 7)))
    return ask(
        "For each deal at the stage {stage} that is expected to be closed on {until} or before,"
        " send a mail of its own to the deal's contact, with the deal's id and the date on which"
        " it is expected to be closed, as YYYY-MM-DD.",
        stage=stage,
        until=until,
    )


@remind_contacts.solution
def _(stage: str, until: str) -> Solution:
    deals = yield list_deals(stage=stage)
    for deal in deals:
        if deal["expected_on"] <= until:
            contact = yield get_contact(contact_id=deal["contact_id"])
            yield send_mail(
                to=contact["email"],
                subject=f"Deal {deal['id']}",
                body=f"We expect to close it on {deal['expected_on']}.",
            )
    return None
