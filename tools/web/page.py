"""A page: what stands on it, as structure, and what a text browser shows of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

LONGEST_PART = 3_000
"""Characters that a text browser shows at once."""


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
        shown = [block.text if isinstance(block, Heading) else "" for block in self.blocks]
        headings = " ".join(filter(None, shown))
        lines = ["".join(map(_bare, line)) for line in _lines(self.blocks)]
        return "\n".join([headings, *lines]) if headings else "\n".join(lines)

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
                    yield from [" | ".join(head), *(" | ".join(map(written, r)) for r in rows)]


def plain(line: Line) -> str:
    """Return a line without its links."""
    return "".join(map(_bare, line))


def _bare(part: Inline) -> str:
    return part.text if isinstance(part, Link) else part


def _lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        match block:
            case Paragraph(line):
                yield line
            case Bullets(items):
                yield from items
            case Table(head, rows):
                yield (" | ".join(head),)
                yield from [cell for row in rows for cell in row]
            case Heading():
                pass
