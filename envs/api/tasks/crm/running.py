"""Deals that the tasks make running ones, neither won nor lost."""

from wildgym.envs.api.task import Scene
from wildgym.tools import Json, Row


def run_deal(scene: Scene, deal: Row, **changes: Json) -> None:
    """Make a deal a running one, neither won nor lost, unless told otherwise."""
    running = {"stage": "proposal", "closed_on": None, **changes}
    scene.world.put("deals", {**deal, **running})


def give_deals(scene: Scene, company: Row, count: int, **changes: Json) -> list[Row]:
    """Make some deals running ones with a company, and return how they were before."""
    contact = scene.pick("contacts", lambda c: c["company_id"] == company["id"])
    deals = scene.sample("deals", count)
    for deal in deals:
        run_deal(scene, deal, company_id=company["id"], contact_id=contact["id"], **changes)
    return deals
