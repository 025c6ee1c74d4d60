"""What a job is drawn from: one world of services, files, pages, perhaps code; and what happens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wildgym.envs.api import task as api
from wildgym.envs.dates import shifted
from wildgym.envs.desk.amounts import WHOLE, is_tie
from wildgym.envs.desk.intranet import SITE
from wildgym.envs.desk.repository import Repository, repository
from wildgym.envs.desk.unfolding import Event, Trigger
from wildgym.envs.files.scene import Scene as Folder
from wildgym.envs.people import Person
from wildgym.envs.web.graph import Graph
from wildgym.tools import Row, ToolCall, ToolResult, World
from wildgym.tools.web import Block, Bullets, Page, Paragraph, Table

SHARED = "shared/"
_MAILS = ("send_mail", "reply_to_mail", "forward_mail")
_GONE = "This message was shown for an hour, and is deleted."
_HOUR = 3600

Unsuitable = api.Unsuitable


@dataclass(slots=True)
class Scene(api.Scene):
    """A desk in the making.

    Attributes:
        split: "train" or "test".
        folder: The shared folder.
        graph: What the public web tells.
        pages: The intranet's pages so far.
        events: What happens while somebody works.
        brought: The files that others bring meanwhile, by path.
        code: The repository, if there is one.
    """

    split: str
    folder: Folder
    graph: Graph
    pages: list[Page] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    brought: dict[str, bytes] = field(default_factory=dict)
    code: Repository | None = None
    _mails: int = 0

    @property
    def today(self) -> str:
        """The date of the episode."""
        return self.world.today

    def ago(self, earliest: int, latest: int = 0) -> str:
        """Draw a date that many days ago."""
        return shifted(self.today, -self.rng.integer(latest, earliest))

    def cents(self, low: int, high: int, thousandths: int = WHOLE) -> float:
        """Draw an amount with cents, which no round number of a prompt is.

        Args:
            low: The least, in whole EUR.
            high: The most, in whole EUR.
            thousandths: A share of it that everybody rounds alike.
        """
        while True:
            amount = (100 * self.rng.integer(low, high) + self.rng.integer(1, 99)) / 100
            if not is_tie(amount, thousandths):
                return amount

    def colleague(self, *others: Person) -> Person:
        """Draw somebody else than the user and some others."""
        return self.rng.pick([p for p in self.people[1:] if p not in others])

    def person(self, email: str) -> Person:
        """Return who has an address."""
        return next(person for person in self.people if person.email == email)

    def file(self, path: str, content: str | bytes) -> str:
        """Put a file into the shared folder, and return its path from the workspace."""
        return SHARED + self.folder.put(path, content)

    def repository(self) -> Repository:
        """Put a repository beside the shared folder."""
        self.code = repository(self.rng, self.split)
        return self.code

    def publish(self, title: str, *blocks: Block | str, older: Mapping[str, str]) -> str:
        """Put a policy on the intranet, with an earlier version of it, and return its title.

        Args:
            title: What it is called.
            blocks: What it says.
            older: For words of it, what the earlier version says instead.
        """
        slug = title.lower().replace(" ", "-")
        now, before = self.ago(90, 5), self.ago(700, 200)
        lines = tuple(Paragraph((b,)) if isinstance(b, str) else b for b in blocks)
        author = self.rng.pick(self.people[1:]).name
        earlier = tuple(_swapped(line, older) for line in lines)
        for url, published, said in ((slug, now, lines), (f"{before}/{slug}", before, earlier)):
            address = f"https://intranet.example/policies/{url}"
            head = Paragraph((f"Version of {published}.",))
            self.pages.append(Page(address, title, SITE, author, published, (head, *said)))
        return title

    def mail(self, sender: Person, subject: str, body: str, days: int = 1) -> Row:
        """Put a mail into the inbox."""
        return self.world.put("mails", self._mail(sender, subject, body, days))

    def arrives(
        self,
        seconds: float,
        sender: Person,
        subject: str,
        body: str,
        trigger: Trigger | None = None,
    ) -> None:
        """Let a mail arrive, so long after the beginning or after what triggers it."""
        row = self._mail(sender, subject, body, 0)
        self.happens(row["id"], seconds, lambda world: _put(world, row), trigger)

    def happens(
        self,
        name: str,
        seconds: float,
        happen: Callable[[World], None],
        trigger: Trigger | None = None,
    ) -> None:
        """Let something happen."""
        self.events.append(Event(name, seconds, happen, trigger))

    def brings(self, seconds: float, path: str, text: str) -> str:
        """Let somebody put a file into the shared folder, and return its path."""
        whole, files = SHARED + path, {SHARED + path: text.encode()}
        self.events.append(Event(whole, seconds, lambda world: None, files=files))
        self.brought |= files
        return whole

    def vanishing(self, sender: Person, subject: str, body: str) -> Row:
        """Put a mail into the inbox that is deleted an hour after it was first read."""
        note = "This message is deleted an hour after it is first opened."
        row = self.mail(sender, subject, f"{body} {note}")
        id = row["id"]

        def read(call: ToolCall, result: ToolResult) -> bool:
            rows = result.value if isinstance(result.value, list) else [result.value]
            return any(isinstance(r, dict) and r.get("id") == id and "body" in r for r in rows)

        gone = {**row, "body": _GONE}
        self.events.append(Event(id, _HOUR, lambda world: _put(world, gone), read, certain=True))
        return row

    def _mail(self, sender: Person, subject: str, body: str, days: int) -> Row:
        self._mails += 1
        return {
            "id": f"MAIL-{3000 + 7 * self._mails}",
            "folder": "inbox",
            "sender": sender.email,
            "to": self.user.email,
            "subject": subject,
            "body": body,
            "sent_on": shifted(self.today, -days),
            "unread": True,
            "labels": [],
            "reply_to": None,
        }


def mailed(to: Person, *words: str) -> Trigger:
    """Return what notices a mail to somebody in which all words occur."""

    def sent(call: ToolCall, result: ToolResult) -> bool:
        if call.name not in _MAILS or result.is_error or result.value["to"] != to.email:
            return False
        text = f"{result.value['subject']}\n{result.value['body']}"
        return all(word in text for word in words)

    return sent


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return a table of a page."""
    return Table(tuple(head), tuple(tuple((str(cell),) for cell in row) for row in rows))


def _put(world: World, row: Row) -> None:
    world.put("mails", row)


def _swapped(block: Block, swaps: Mapping[str, str]) -> Block:
    def swapped(text: str) -> str:
        for old, new in swaps.items():
            text = text.replace(old, new)
        return text

    def line(parts: tuple[object, ...]) -> tuple[str, ...]:
        return tuple(swapped(str(part)) for part in parts)

    match block:
        case Paragraph(parts):
            return Paragraph(line(parts))
        case Bullets(items):
            return Bullets(tuple(map(line, items)))
        case Table(head, rows):
            return Table(head, tuple(tuple(map(line, row)) for row in rows))
    return block
