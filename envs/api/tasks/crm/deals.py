"""Tasks about one deal: its calls, its discount, its end."""

from wildgym.envs.api.services.crm import (
    close_deal,
    crm,
    find_companies,
    get_contact,
    get_deal,
    list_activities,
    list_deals,
    log_activity,
    set_discount,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.crm.running import run_deal
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


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
def discount(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    deal = scene.pick("deals")
    run_deal(scene, deal)
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
    run_deal(scene, deal, value=scene.rng.integer(limit // 2, limit * 3 // 2))
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
    run_deal(scene, deal)
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


@task(crm, mail)
def offer(scene: Scene) -> Request:
    """Change something if a rule lets it, and tell somebody."""
    deal = scene.pick("deals")
    run_deal(scene, deal)
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
