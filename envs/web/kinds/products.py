"""Products: who makes and designed them, what they cost, what they came after."""

from wildgym.envs.web.graph import Draft, Sketch
from wildgym.envs.web.kinds.people import TODAY, alive

PRODUCTS = 420
CATEGORIES = ("camera", "microscope", "bicycle", "radio", "kettle", "lamp", "drone", "headphones")
_FIRST = 1975


def draw_products(sketch: Sketch) -> None:
    """Draw products; some come after one of the same maker and category."""
    rng = sketch.rng
    makers = [o for o in sketch.of("organisation") if o.facts["type"] == "company"]
    able = [p for p in sketch.of("person") if p.facts["occupation"] in ("designer", "engineer")]
    for _ in range(PRODUCTS):
        maker, category = rng.pick(makers), rng.pick(CATEGORIES)
        year = rng.integer(max(_FIRST, maker.year("founded")), TODAY - 1)
        facts: dict[str, str | int | float] = {
            "maker": maker.id,
            "category": category,
            "released": f"{year}-{rng.integer(1, 12):02}-{rng.integer(1, 28):02}",
            "price": rng.integer(15, 1_900) + rng.integer(0, 99) / 100,
            "weight_grams": rng.integer(90, 9_500),
        }
        designers = [person for person in able if alive(person, year)]
        if designers and rng.chance(0.7):
            facts["designer"] = rng.pick(designers).id
        older = _before(sketch, maker, category, str(facts["released"]))
        if older and rng.chance(0.6):
            facts["predecessor"] = older[-1].id
        sketch.add("product", sketch.names.model(maker.name), maker.culture, **facts)


def _before(sketch: Sketch, maker: Draft, category: str, released: str) -> list[Draft]:
    """Return older ones of a maker that none comes after yet, by date."""
    of_maker = [p for p in sketch.of("product") if p.facts["maker"] == maker.id]
    followed = {p.facts.get("predecessor") for p in of_maker}
    older = [
        p
        for p in of_maker
        if p.facts["category"] == category
        and str(p.facts["released"]) < released
        and p.id not in followed
    ]
    return sorted(older, key=lambda product: str(product.facts["released"]))
