"""A page: what stands on it, as structure, and what a text browser shows of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

LONGEST_PART = 3_000
"""Characters that a text browser shows at once."""
_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Link:
    """Some words that lead to another page.

    Attributes:
        text: The words.
        url: Where they lead.
    """

    text: str
    url: str


Inline = str | Link
Line = tuple[Inline, ...]
"""Words and links, side by side."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True)
class Page:
    """One page of a web.

    Attributes:
        url: Where it is.
        title: Its title.
        site: The name of the site that it belongs to.
        author: Who wrote it; empty where nobody says.
        published: The date of it, ISO 8601.
        blocks: What stands on it.
    """

    url: str
    title: str
    site: str
    author: str
    published: str
    blocks: tuple[Block, ...]

    @cached_property
    def links(self) -> Sequence[Link]:
        """All links in order: the number that an agent sees is the place here, from 1."""
        return [part for line in _lines(self.blocks) for part in line if isinstance(part, Link)]

    @cached_property
    def tables(self) -> Sequence[Table]:
        """All tables in order."""
        return [block for block in self.blocks if isinstance(block, Table)]

    @cached_property
    def words(self) -> str:
        """What it says, without marks: what a search engine reads."""
        return "\n".join(map(plain, _lines(self.blocks)))

    @cached_property
    def parts(self) -> Sequence[str]:
        """What a text browser shows, in parts of some thousand characters, cut between lines."""
        parts, size = [list[str]()], 0
        for line in self._shown():
            if size and size + len(line) > LONGEST_PART:
                parts.append([])
                size = 0
            parts[-1].append(line)
            size += len(line) + 1
        return ["\n".join(part) for part in parts]

    def _shown(self) -> Iterator[str]:
        numbers = count(1)

        def written(line: Line) -> str:
            return "".join(
                [p if isinstance(p, str) else f"[{next(numbers)}: {p.text}]" for p in line]
            )

        for block in self.blocks:
            match block:
                case Heading(text):
                    yield f"## {text}"
                case Paragraph(line):
                    yield written(line)
                case Bullets(items):
                    yield from [f"- {written(item)}" for item in items]
                case Table(head, rows):
                    yield _BETWEEN.join(head)
                    yield from [_BETWEEN.join(map(written, row)) for row in rows]


def plain(line: Line) -> str:
    """Return a line without its links."""
    return "".join(map(_bare, line))


def _bare(part: Inline) -> str:
    return part.text if isinstance(part, Link) else part


def _lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        match block:
            case Heading(text):
                yield (text,)
            case Paragraph(line):
                yield line
            case Bullets(items):
                yield from items
            case Table(head, rows):
                yield (_BETWEEN.join(head),)
                for row in rows:
                    cells = [(*cell, _BETWEEN) for cell in row]
                    yield tuple(chain.from_iterable(cells))[:-1]
