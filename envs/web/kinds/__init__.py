"""What there is in a web's world. One file for each kind of thing, drawn in the order of KINDS."""

from collections.abc import Callable, Mapping

from wildgym.envs.web.graph import Sketch
from wildgym.envs.web.kinds.events import draw_events
from wildgym.envs.web.kinds.organisations import draw_organisations
from wildgym.envs.web.kinds.papers import draw_papers
from wildgym.envs.web.kinds.people import draw_lives, draw_people
from wildgym.envs.web.kinds.places import draw_mayors, draw_places
from wildgym.envs.web.kinds.products import draw_products
from wildgym.envs.web.kinds.works import draw_works

KINDS: Mapping[str, Callable[[Sketch], None]] = {
    "places": draw_places,
    "people": draw_people,
    "organisations": draw_organisations,
    "lives": draw_lives,
    "mayors": draw_mayors,
    "works": draw_works,
    "events": draw_events,
    "products": draw_products,
    "papers": draw_papers,
}
