"""How fast a web is searched and read: `python -m wildgym.benchmarks.webs`.

All times are CPU time of this process, each over queries and pages that it has not seen before.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from rich.console import Console
from rich.table import Table

from wildgym.envs.web.forms import FORMS
from wildgym.envs.web.graph import Graph
from wildgym.envs.web.webs import web
from wildgym.tools import Rng
from wildgym.tools.web import Web
from wildgym.tools.web.search import LONGEST_QUERY, results

_COUNT = 400
_LONG = 15


@dataclass(frozen=True, slots=True)
class Times:
    """What one kind of work takes, in milliseconds.

    Attributes:
        what: Which work.
        count: How often it was done.
        median: The median.
        slow: What all but 5 % stay below.
        target: What these should stay below.
    """

    what: str
    count: int
    median: float
    slow: float
    target: float


def timed(what: str, target: float, work: Sequence[Callable[[], object]]) -> Times:
    """Do pieces of work, each once."""
    spent = []
    for piece in work:
        began = time.thread_time_ns()
        piece()
        spent.append((time.thread_time_ns() - began) / 1e6)
    slow = statistics.quantiles(spent, n=20)[-1]
    return Times(what, len(spent), statistics.median(spent), slow, target)


def names(graph: Graph, rng: Rng) -> list[str]:
    """Return names of drawn entities."""
    return [entity.name for entity in rng.sample(list(graph.entities.values()), 3 * _COUNT)]


def questions(graph: Graph, rng: Rng) -> list[str]:
    """Return long questions of all forms, as somebody searches who pastes them."""
    drawn = [(form, form.draw(graph, rng)) for _ in range(_COUNT) for form in FORMS.values()]
    texts = [" ".join(form.parts).format(**facts) for form, facts in drawn if facts is not None]
    long = dict.fromkeys(text[:LONGEST_QUERY] for text in texts if len(text.split()) >= _LONG)
    return rng.sample(list(long), min(_COUNT, len(long)))


def measured() -> list[Times]:
    """Measure one web."""
    web("test", 0)
    opened = timed("open a web", 50, [partial(web.__wrapped__, "test", 0)] * 20)
    store, graph = web.__wrapped__("test", 0)
    rng = Rng(0, "webs")
    found = names(graph, rng)
    queries = {
        "search: a name": found[:_COUNT],
        "search: a phrase": [f'"{name}"' for name in found[_COUNT : 2 * _COUNT]],
        "search: a title on a site": [f'intitle:"{n}" site:news' for n in found[2 * _COUNT :]],
        "search: a long question": questions(graph, rng),
    }
    rows = [
        timed(what, 1, [partial(results, store, text, 1) for text in texts])
        for what, texts in queries.items()
    ]
    hits = [hit for name in found for hit in results(store, name, 1)[0]]
    urls = list(dict.fromkeys(hit.url for hit in hits))
    fresh = Web(store.place)
    reads = [partial(_read, fresh, url) for url in rng.sample(urls, 5 * _COUNT)]
    return [opened, *rows, timed("read a page", 0.2, reads)]


def _read(store: Web, url: str) -> object:
    page = store.page(url)
    return page and page.parts


def main() -> None:
    """Measure, and print a table; with --json, JSON."""
    rows = measured()
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows]))
        return
    table = Table("", "times", "median ms", "95 % below", "target", box=None)
    for row in rows:
        told = (f"{row.median:.3f}", f"{row.slow:.3f}", f"{row.target:g}")
        table.add_row(row.what, str(row.count), *told)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
