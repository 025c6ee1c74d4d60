"""The world that a web is about, drawn from a seed."""

from functools import lru_cache

from wildgym.envs.web.graph import Graph, Sketch
from wildgym.envs.web.kinds import KINDS
from wildgym.envs.web.names import Namer
from wildgym.tools import Rng


@lru_cache(maxsize=4)
def graph(seed: int, split: str) -> Graph:
    """Draw a graph: the same for equal arguments, on every platform."""
    rng = Rng(seed, split, "web")
    sketch = Sketch(rng, Namer(rng))
    for draw in KINDS.values():
        draw(sketch)
    return sketch.done()
