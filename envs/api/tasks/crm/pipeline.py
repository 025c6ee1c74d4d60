"""Tasks that go through several running deals."""

from wildgym.envs.api.services.crm import (
    crm,
    find_companies,
    get_contact,
    list_activities,
    list_deals,
    move_deal,
    reschedule_deal,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.crm.running import give_deals, run_deal
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution


@task(crm)
def postpone(scene: Scene) -> Request:
    """As many calls as there are deals, each with a date of its own."""
    company = scene.pick("companies")
    give_deals(scene, company, scene.rng.integer(3, 5))
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
    deals = give_deals(scene, company, 5, stage="proposal")
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
def remind_contacts(scene: Scene) -> Request:
    """Write to several people, once for each deal."""
    until = shifted(scene.world.today, scene.rng.integer(8, 25))
    stage = scene.rng.pick(("lead", "qualified"))
    for deal in scene.sample("deals", scene.rng.integer(4, 5)):
        run_deal(scene, deal, stage=stage, expected_on=shifted(until, -scene.rng.integer(0, 7)))
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
