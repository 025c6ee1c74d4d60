"""Tasks that ask about companies, contacts and deals."""

from wildgym.envs.api.services.crm import (
    crm,
    find_companies,
    find_contacts,
    get_company,
    get_contact,
    get_deal,
    list_companies,
    list_deals,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.crm.running import give_deals, run_deal
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution


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
    give_deals(scene, company, scene.rng.integer(2, 4), stage=stage)
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
    give_deals(scene, company, 2, stage="won", closed_on=closed_on)
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
        run_deal(scene, deal, stage=stage)
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
