"""Tasks about bank cards."""

from wildgym.envs.api.services.bank import bank, block_bank_card, list_bank_cards, set_card_limit
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Solution


@task(bank)
def block_all(scene: Scene) -> Request:
    """Do something to all that it was not done to yet."""
    for card in scene.sample("bank_cards", 2):
        scene.world.put("bank_cards", {**card, "blocked": False})
    return ask(
        "I have lost my purse.",
        "Block every bank card of mine that is not blocked yet.",
        "Report the ids of the cards that you blocked.",
    )


@block_all.solution
def _() -> Solution:
    cards = yield list_bank_cards()
    lost = [card["id"] for card in cards if not card["blocked"]]
    for id in lost:
        yield block_bank_card(card_id=id)
    return lost


@task(bank)
def lower_limits(scene: Scene) -> Request:
    """Two conditions on each of several cards."""
    most = 50 * scene.rng.integer(6, 16)
    for card in scene.sample("bank_cards", 2):
        limit = most + 50 * scene.rng.integer(1, 8)
        scene.world.put("bank_cards", {**card, "blocked": False, "daily_limit": limit})
    return ask(
        "No bank card of mine that is not blocked should have a daily limit above {most} EUR.",
        "Set those that have a higher one to {most} EUR, and leave the others.",
        most=most,
    )


@lower_limits.solution
def _(most: int) -> Solution:
    for card in (yield list_bank_cards()):
        if not card["blocked"] and card["daily_limit"] > most:
            yield set_card_limit(card_id=card["id"], daily_limit=most)
    return None
