"""Papers: who wrote them, where, about what, and which they cite."""

from wildgym.envs.web.graph import Sketch, Value
from wildgym.envs.web.kinds.people import TODAY, alive

PAPERS = 460
SUBJECTS = (
    *("lichen growth", "river sediments", "glass fracture", "bee navigation", "salt lakes"),
    *("ferry networks", "bell acoustics", "moss genomes", "tidal locks", "copper alloys"),
    *("cloud seeding", "owl hearing", "peat fires", "silk proteins", "polar dust"),
)
_AUTHORS = ("physicist", "chemist", "biologist", "historian", "engineer", "mathematician")
_ANGLES = (
    *("On {}", "A Survey of {}", "Limits of {}", "{} Revisited", "A Model of {}"),
    *("Measuring {}", "Evidence from {}", "The Economics of {}", "{} at Scale"),
)


def draw_papers(sketch: Sketch) -> None:
    """Draw papers in the order of their years, so that each can cite earlier ones."""
    rng = sketch.rng
    places = [
        o for o in sketch.of("organisation") if o.facts["type"] in ("university", "institute")
    ]
    scholars = [p for p in sketch.of("person") if p.facts["occupation"] in _AUTHORS]
    for year in sorted(rng.integer(1935, TODAY - 1) for _ in range(PAPERS)):
        able = [p for p in scholars if alive(p, year, 24, 80)]
        subject = rng.pick(SUBJECTS)
        facts: dict[str, Value] = {
            "year": year,
            "authors": tuple(p.id for p in rng.sample(able, min(len(able), rng.integer(1, 3)))),
            "subject": subject,
            "sample_size": rng.integer(12, 4_800),
        }
        housing = [o for o in places if o.year("founded") <= year]
        facts["institution"] = rng.pick(housing).id
        earlier = [p for p in sketch.of("paper") if p.year("year") < year]
        if earlier:
            few = rng.sample(earlier, min(len(earlier), rng.integer(1, 3)))
            facts["cites"] = tuple(paper.id for paper in few)
        meetings = [
            e
            for e in sketch.of("event")
            if e.facts["type"] == "conference" and e.year("date") == year
        ]
        if meetings and rng.chance(0.7):
            facts["presented_at"] = rng.pick(meetings).id
        title = sketch.names.new([angle.format(subject.title()) for angle in _ANGLES])
        sketch.add("paper", title, "northern", **facts)
