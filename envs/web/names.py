"""Names that nothing in the world has: syllables, by culture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wildgym.tools import Rng


@dataclass(frozen=True, slots=True)
class Culture:
    """How names sound somewhere.

    Attributes:
        heads: How the first syllable begins.
        hearts: What may follow, any number of times.
        given: How given names end.
        family: How family names end.
        place: How places end.
        tongue: How languages end.
    """

    heads: Sequence[str]
    hearts: Sequence[str]
    given: Sequence[str]
    family: Sequence[str]
    place: Sequence[str]
    tongue: str


CULTURES: Mapping[str, Culture] = {
    "northern": Culture(
        ("Hal", "Brun", "Sig", "Tor", "Ing", "Eld", "Frey", "Grim", "Asl", "Vid", "Kar", "Ost"),
        ("a", "ve", "ri", "mo", "la", "ne", "gar", "fin"),
        ("rik", "vald", "hild", "dis", "gunn", "stein", "ny", "leif"),
        ("sen", "dahl", "berg", "vik", "lund", "mark", "strand"),
        ("vik", "heim", "stad", "nes", "fjell", "havn"),
        "sk",
    ),
    "southern": Culture(
        ("Cas", "Mar", "Lor", "Vel", "Tor", "Bel", "Fen", "Ros", "Alb", "Dom", "Gil", "Sal"),
        ("a", "i", "e", "ando", "ari", "ello", "ina", "ova"),
        ("io", "ina", "eo", "ella", "ano", "isa", "ardo", "etta"),
        ("etti", "ano", "oro", "ucci", "esco", "aldi", "onte"),
        ("ona", "ello", "era", "ano", "iglia", "oro"),
        "ese",
    ),
    "eastern": Culture(
        ("Dra", "Mil", "Voj", "Zel", "Kov", "Bog", "Stan", "Rad", "Lub", "Nev", "Ores", "Tam"),
        ("a", "o", "i", "imi", "osla", "ena", "ova", "ija"),
        ("mir", "slav", "ana", "ka", "dan", "ina", "jan", "yna"),
        ("ovic", "enko", "ski", "ov", "ak", "ek", "ura"),
        ("grad", "ovo", "itsa", "sk", "ava", "pol"),
        "ian",
    ),
    "island": Culture(
        ("Ka", "Mo", "Te", "Ha", "Lu", "Na", "Pe", "Ru", "Si", "Wa", "Ana", "Oro"),
        ("la", "ki", "mo", "ne", "ru", "ta", "lo", "hi"),
        ("ni", "ra", "kea", "moa", "lani", "tu", "wai", "no"),
        ("tane", "moana", "kahi", "roa", "nui", "lua", "pali"),
        ("roa", "nui", "lani", "kai", "tea", "puna"),
        "an",
    ),
    "desert": Culture(
        ("Az", "Far", "Jal", "Kam", "Nur", "Sah", "Tar", "Yas", "Zah", "Bas", "Dal", "Mir"),
        ("a", "i", "ari", "eem", "ana", "uda", "im", "al"),
        ("ad", "een", "ira", "ouf", "ia", "an", "ima", "or"),
        ("zadeh", "awi", "oudi", "ani", "eri", "adir", "oun"),
        ("abad", "iya", "oun", "ara", "esh", "aan"),
        "i",
    ),
}


_TITLES = (
    ("The {} of {}", ("Garden", "Winter", "Ferry", "Orchard", "Silence", "Bridge", "Last Summer")),
    ("{} in {}", ("A Stranger", "Rain", "Four Days", "Letters", "Harvest", "Snow", "Nightfall")),
    ("{} for {}", ("A Lantern", "Songs", "Bread", "A Map", "Requiem", "Seven Chairs", "Salt")),
)
_NOUNS = (
    *("Glass", "Ashes", "the Lighthouse", "Two Rivers", "the Clockmaker", "Iron", "Swallows"),
    *("the Cartographer", "Amber", "the Third Daughter", "Paper", "the Valley", "Quicksilver"),
    *("the Beekeeper", "Copper", "No One", "the Long Road", "Marble", "the Sleepers", "Tides"),
)


class Namer:
    """Makes names that are different from all it has made.

    Args:
        rng: What draws them.
    """

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def person(self, culture: str) -> str:
        """Return a given and a family name."""
        of = CULTURES[culture]
        return self._new(
            lambda: (
                f"{self._root(of, 1)}{self._rng.pick(of.given)}"
                f" {self._root(of, 1)}{self._rng.pick(of.family)}"
            )
        )

    def place(self, culture: str) -> str:
        """Return the name of a place, a river or a house."""
        of = CULTURES[culture]
        return self._new(lambda: self._root(of, 2) + self._rng.pick(of.place))

    def language(self, country: str, culture: str) -> str:
        """Return what people speak in a country."""
        return self._new(lambda: country.rstrip("aeiou") + CULTURES[culture].tongue)

    def title(self, place: str) -> str:
        """Return the title of a work; some name a place."""

        def make() -> str:
            shape, heads = self._rng.pick(_TITLES)
            noun = place if self._rng.chance(0.4) else self._rng.pick(_NOUNS)
            return shape.format(self._rng.pick(heads), noun)

        return self._new(make)

    def model(self, maker: str) -> str:
        """Return the name of a product."""
        head = maker.split()[0]
        letters = "ACDEFKLMPRSTVX"
        return self._new(
            lambda: (
                f"{head} {self._rng.pick(letters)}{self._rng.pick(letters)}"
                f"-{self._rng.integer(10, 990)}"
            )
        )

    def new(self, options: Sequence[str]) -> str:
        """Return one of some names, or one with a number after it once all are taken."""
        free = [name for name in options if name not in self._taken]
        if free:
            return self._new(lambda: self._rng.pick(free))
        base = self._rng.pick(options)
        return self._new(lambda: f"{base} {self._rng.integer(2, 99)}")

    def _root(self, of: Culture, most: int) -> str:
        hearts = [self._rng.pick(of.hearts) for _ in range(self._rng.integer(0, most))]
        return self._rng.pick(of.heads) + "".join(hearts)

    def _new(self, make: Callable[[], str]) -> str:
        for _ in range(1_000):
            name = make()
            if name not in self._taken:
                self._taken.add(name)
                return name
        raise RuntimeError("the syllables of this culture are used up")
