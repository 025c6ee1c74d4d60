"""A mailbox: mails in folders, labels, an address book, an automatic reply."""

from collections.abc import Generator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import Address, Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

mail = Service(
    "mail",
    tables={
        "mails": TableType("MAIL", prose=frozenset({"subject", "body"})),
        "address_book": TableType("ADR"),
        "mailboxes": TableType("BOX", prose=frozenset({"auto_reply"})),
    },
    rules=(
        "Delete only mails that were sent more than {keep_days} days ago; for a later one, report"
        " the date on which it was sent.",
        "Forward no mail that has the label '{sealed_label}'; report its sender's email address.",
        "An automatic reply may run until at most {away_days} days from today; for a longer one,"
        " report until when the present one runs.",
    ),
    values={
        "keep_days": Value(30, (7, 14, 21, 45, 60, 75)),
        "sealed_label": Value("confidential", ("internal", "legal", "private")),
        "away_days": Value(14, (5, 7, 10, 21, 28)),
    },
)

Folder = Literal["inbox", "archive", "projects", "receipts", "travel"]
Group = Literal["family", "friends", "suppliers", "team"]
Label = Literal["confidential", "internal", "legal", "private", "urgent", "follow-up"]

_BOX = "BOX-1"
_FOLDERS = ("inbox", "inbox", "inbox", "archive", "projects", "receipts", "travel", "sent")
_GROUPS = ("family", "friends", "suppliers", "team")
_LABELS = ("confidential", "internal", "legal", "private", "urgent", "follow-up")
_TOPICS = (
    "roof repair", "bus tour", "printer lease", "garden party", "harbour cruise", "ski trip",
    "office cleaning", "wine tasting", "stage lights", "water filter", "website update",
    "boat rental", "window frames", "choir concert", "chess club", "coffee machine", "tax advice",
    "solar panels", "photo shoot", "piano lessons", "team lunch", "car wash", "flower delivery",
    "language course", "kitchen tiles", "book order",
)  # fmt: skip
_LETTERS = (
    ("Invoice", "The {topic} comes to {amount} EUR, payable by {day}."),
    ("Offer", "We can do the {topic} for {amount} EUR. The offer holds until {day}."),
    ("Booking", "The {topic} is booked for {day} and costs {amount} EUR."),
    ("Expenses", "I paid {amount} EUR for the {topic}. Could I have it back by {day}?"),
)


@mail.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw an address book, and mails of the last three months; each names a sum and a date."""
    user, *others = people
    ages = sorted((rng.integer(1, 95) for _ in range(20)), reverse=True)
    topics = rng.sample(_TOPICS, len(ages))
    return {
        "mails": [
            _mail(n, rng, user, others, topic, shifted(today, -age))
            for n, (topic, age) in enumerate(zip(topics, ages, strict=True))
        ],
        "address_book": [
            {
                "id": f"ADR-{140 + 3 * n}",
                "name": person.name,
                "email": person.email,
                "phone": f"+4930{rng.integer(1_000_000, 9_999_999)}",
                "group": rng.pick(_GROUPS),
            }
            for n, person in enumerate(others)
        ],
        "mailboxes": [
            {
                "id": _BOX,
                "owner": user.name,
                "address": user.email,
                "auto_reply": "I am out of office.",
                "auto_reply_until": shifted(today, rng.integer(1, 4)),
            }
        ],
    }


def _mail(
    n: int, rng: Rng, user: Person, others: Sequence[Person], topic: str, sent_on: str
) -> Row:
    kind, body = rng.pick(_LETTERS)
    folder, other = rng.pick(_FOLDERS), rng.pick(others)
    amount, day = rng.integer(2_000, 90_000) / 100, shifted(sent_on, rng.integer(10, 40))
    sent = folder == "sent"
    return {
        "id": f"MAIL-{700 + 11 * n}",
        "folder": folder,
        "sender": user.email if sent else other.email,
        "to": other.email if sent else user.email,
        "subject": f"{kind}: {topic}",
        "body": body.format(topic=topic, amount=f"{amount:.2f}", day=day),
        "sent_on": sent_on,
        "unread": not sent and rng.chance(0.4),
        "labels": [rng.pick(_LABELS)] if rng.chance(0.5) else [],
        "reply_to": None,
    }


@mail.reads
def list_mails(
    world: World,
    folder: Literal[Folder, "sent"] | None = None,
    label: Label | None = None,
    unread_only: bool = False,
) -> list[Row]:
    """List mails without their bodies, oldest id first.

    Args:
        folder: Only mails in this folder.
        label: Only mails that have this label.
        unread_only: Leave out mails that were read. Default: false.
    """
    return [
        {k: v for k, v in r.items() if k != "body"}
        for r in world.rows("mails")
        if folder in (None, r["folder"])
        and (label is None or label in r["labels"])
        and (r["unread"] or not unread_only)
    ]


@mail.reads
def get_mail(world: World, mail_id: str) -> Row:
    """Get one mail with its body.

    Args:
        mail_id: The mail's id.
    """
    return world.row("mails", mail_id)


@mail.reads
def search_mails(world: World, text: str) -> list[Row]:
    """Find mails, in any folder, whose subject or body contains a text; gives them with bodies.

    Args:
        text: What to look for; upper and lower case are the same.
    """
    return [r for r in world.rows("mails") if _mentions(r, text)]


@mail.reads
def list_address_book(world: World, group: Group | None = None) -> list[Row]:
    """List the people in the address book.

    Args:
        group: Only people of this group.
    """
    return [r for r in world.rows("address_book") if group in (None, r["group"])]


@mail.reads
def find_in_address_book(world: World, text: str) -> list[Row]:
    """Find people in the address book by a part of their name or email address.

    Args:
        text: What to look for; upper and lower case are the same.
    """
    return [r for r in world.rows("address_book") if _is_about(r, text)]


@mail.reads
def get_mailbox(world: World) -> Row:
    """Get the mailbox's owner, address and automatic reply."""
    return world.row("mailboxes", _BOX)


@mail.writes
def send_mail(world: World, to: Address, subject: str, body: str) -> Row:
    """Send a mail.

    Args:
        to: The recipient's email address, one only.
        subject: The subject.
        body: The text.
    """
    return _send(world, to, subject, body)


@mail.writes
def reply_to_mail(world: World, mail_id: str, body: str) -> Row:
    """Send a reply to the sender of a mail.

    Args:
        mail_id: The mail that is answered.
        body: The text.
    """
    answered = world.row("mails", mail_id)
    if answered["folder"] == "sent":
        raise ToolError("own_mail", f"{mail_id} was sent from this mailbox; send a new mail.")
    return _send(world, answered["sender"], f"Re: {answered['subject']}", body, mail_id)


@mail.writes
def forward_mail(world: World, mail_id: str, to: Address, note: str = "") -> Row:
    """Send a mail on to somebody else.

    Args:
        mail_id: The mail to send on.
        to: The recipient's email address, one only.
        note: A text to put before the mail's own. Default: empty.
    """
    original = world.row("mails", mail_id)
    return _send(world, to, f"Fwd: {original['subject']}", f"{note}\n\n{original['body']}")


@mail.writes
def move_mail(world: World, mail_id: str, folder: Folder) -> Row:
    """Move a received mail to another folder.

    Args:
        mail_id: The mail's id.
        folder: Where to.
    """
    moved = world.row("mails", mail_id)
    if moved["folder"] in ("sent", folder):
        raise ToolError("wrong_folder", f"{mail_id} is in {moved['folder']} and has to stay there.")
    return world.update("mails", mail_id, folder=folder)


@mail.writes
def mark_mail(world: World, mail_id: str, unread: bool) -> Row:
    """Mark a mail as read or unread.

    Args:
        mail_id: The mail's id.
        unread: Whether it counts as unread.
    """
    return world.update("mails", mail_id, unread=unread)


@mail.writes
def add_label(world: World, mail_id: str, label: Label) -> Row:
    """Put a label on a mail.

    Args:
        mail_id: The mail's id.
        label: The label.
    """
    labels = world.row("mails", mail_id)["labels"]
    if label in labels:
        raise ToolError("already_labelled", f"{mail_id} has the label {label} already.")
    return world.update("mails", mail_id, labels=sorted([*labels, label]))


@mail.writes
def remove_label(world: World, mail_id: str, label: Label) -> Row:
    """Take a label off a mail.

    Args:
        mail_id: The mail's id.
        label: The label.
    """
    labels = world.row("mails", mail_id)["labels"]
    if label not in labels:
        raise ToolError("not_labelled", f"{mail_id} does not have the label {label}.")
    return world.update("mails", mail_id, labels=[other for other in labels if other != label])


@mail.writes
def delete_mail(world: World, mail_id: str) -> Row:
    """Delete a mail for good.

    Args:
        mail_id: The mail's id.
    """
    return world.delete("mails", mail_id)


@mail.writes
def set_auto_reply(world: World, until: date, text: str) -> Row:
    """Answer every mail automatically, up to and including a date.

    Args:
        until: The last day, YYYY-MM-DD.
        text: What the automatic reply says.
    """
    if until.isoformat() < world.today:
        raise ToolError("in_the_past", f"{until} is over: today is {world.today}.")
    return world.update("mailboxes", _BOX, auto_reply=text, auto_reply_until=until.isoformat())


@mail.writes
def set_phone(
    world: World, entry_id: str, phone: Annotated[str, Field(pattern=r"^\+[0-9]{6,15}$")]
) -> Row:
    """Change the phone number of somebody in the address book.

    Args:
        entry_id: The id of the entry in the address book.
        phone: The number without spaces, with a + and the country's code.
    """
    return world.update("address_book", entry_id, phone=phone)


def _send(world: World, to: str, subject: str, body: str, reply_to: str | None = None) -> Row:
    return world.create(
        "mails",
        folder="sent",
        sender=world.row("mailboxes", _BOX)["address"],
        to=to.lower(),
        subject=subject,
        body=body,
        sent_on=world.today,
        unread=False,
        labels=[],
        reply_to=reply_to,
    )


@mail.without(get_mail)
def _(mail_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield search_mails(text="")), mail_id)


@mail.without(search_mails)
def _(text: str) -> Generator[ToolCall, Any, list[Row]]:
    found = []
    for header in (yield list_mails()):
        whole = yield get_mail(mail_id=header["id"])
        if _mentions(whole, text):
            found.append(whole)
    return found


@mail.without(find_in_address_book)
def _(text: str) -> Generator[ToolCall, Any, list[Row]]:
    return [entry for entry in (yield list_address_book()) if _is_about(entry, text)]


@mail.without(forward_mail)
def _(mail_id: str, to: str, note: str = "") -> Generator[ToolCall, Any, Row]:
    original = yield get_mail(mail_id=mail_id)
    body = f"{note}\n\n{original['body']}"
    sent: Row = yield send_mail(to=to, subject=f"Fwd: {original['subject']}", body=body)
    return sent


def _mentions(mail: Row, text: str) -> bool:
    return text.casefold() in f"{mail['subject']}\n{mail['body']}".casefold()


def _is_about(entry: Row, text: str) -> bool:
    return text.casefold() in f"{entry['name']}\n{entry['email']}".casefold()
