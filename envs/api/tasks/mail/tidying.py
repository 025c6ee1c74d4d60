"""Tasks about keeping mails and the address book in order."""

from wildgym.envs.api.services.mail import (
    add_label,
    delete_mail,
    get_mail,
    list_address_book,
    list_mails,
    mail,
    mark_mail,
    move_mail,
    set_phone,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.mail.finding import (
    amount_in,
    find_mail,
    find_person,
    first_match,
    received,
)
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


@task(mail)
def archive_read(scene: Scene) -> Request:
    """As many calls as mails meet two conditions."""
    person = scene.pick("address_book")
    for n, found in enumerate(scene.sample("mails", scene.rng.integer(5, 9), received)):
        changes = {"sender": person["email"], "folder": "inbox", "unread": n % 3 == 2}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Move every mail from {person} that is in my inbox and that I have read to the archive.",
        "Leave the unread ones where they are.",
        person=person["name"],
    )


@archive_read.solution
def _(person: str) -> Solution:
    entry = yield from find_person(person)
    for header in (yield list_mails(folder="inbox")):
        if header["sender"] == entry["email"] and not header["unread"]:
            yield move_mail(mail_id=header["id"], folder="archive")
    return None


@task(mail)
def delete_one(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    found = scene.pick("mails", received)
    age = scene.rng.integer(1, 2 * scene.policy["keep_days"])
    scene.world.put("mails", {**found, "sent_on": shifted(scene.world.today, -age)})
    return ask(
        "I no longer need the mail with the subject '{subject}'.",
        "Delete it.",
        subject=found["subject"],
    )


@delete_one.solution
def _(subject: str, keep_days: int, today: str) -> Solution:
    found = yield from find_mail(subject)
    if days_between(found["sent_on"], today) <= keep_days:
        return Refusal(found["sent_on"])
    yield delete_mail(mail_id=found["id"])
    return None


@task(mail)
def clear_folder(scene: Scene) -> Request:
    """A number in a rule decides about each of many."""
    folder = scene.rng.pick(("projects", "receipts", "travel"))
    for n, found in enumerate(scene.sample("mails", 11, received)):
        youngest, oldest = (80, 160) if n < 7 else (1, 60) if n < 9 else (1, 7)
        age = scene.rng.integer(youngest, oldest)
        changes = {"folder": folder, "sent_on": shifted(scene.world.today, -age)}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Delete every mail in my {folder} folder that the rules allow you to delete.",
        "Report the ids of the mails that stay in it.",
        folder=folder,
    )


@clear_folder.solution
def _(folder: str, keep_days: int, today: str) -> Solution:
    kept = []
    for header in (yield list_mails(folder=folder)):
        if days_between(header["sent_on"], today) > keep_days:
            yield delete_mail(mail_id=header["id"])
        else:
            kept.append(header["id"])
    return kept


@task(mail)
def flag_expensive(scene: Scene) -> Request:
    """What stands in each of many mails decides what is done with it."""
    person = scene.pick("address_book")
    mails = scene.sample("mails", 7, received)
    for found in mails:
        changes = {"sender": person["email"], "folder": "inbox", "labels": []}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Each mail from {person} in my inbox names an amount.",
        "Put the label 'urgent' on those that name more than {limit} EUR, unless they have it.",
        person=person["name"],
        limit=int(sorted(map(amount_in, mails))[3]),
    )


@flag_expensive.solution
def _(person: str, limit: int) -> Solution:
    entry = yield from find_person(person)
    for header in (yield list_mails(folder="inbox")):
        if header["sender"] != entry["email"] or "urgent" in header["labels"]:
            continue
        found = yield get_mail(mail_id=header["id"])
        if amount_in(found) > limit:
            yield add_label(mail_id=header["id"], label="urgent")
    return None


@task(mail)
def mark_group_read(scene: Scene) -> Request:
    """Join two lists."""
    group = scene.pick("address_book")["group"]
    for found in scene.sample("mails", scene.rng.integer(5, 7), received):
        member = scene.pick("address_book", lambda entry: entry["group"] == group)
        scene.world.put("mails", {**found, "sender": member["email"], "unread": True})
    return ask(
        "Mark every unread mail, in all folders, as read that came from somebody who is in the"
        " group '{group}' of my address book.",
        group=group,
    )


@mark_group_read.solution
def _(group: str) -> Solution:
    senders = [entry["email"] for entry in (yield list_address_book(group=group))]
    for header in (yield list_mails(unread_only=True)):
        if header["sender"] in senders:
            yield mark_mail(mail_id=header["id"], unread=False)
    return None


@task(mail)
def note_new_phone(scene: Scene) -> Request:
    """Carry a number from a mail into the address book."""
    person, found = scene.pick("address_book"), scene.pick("mails", received)
    body = f"Hello, from now on my phone number is +4989{scene.rng.integer(10**6, 10**7 - 1)}."
    changes = {"sender": person["email"], "subject": "New phone number", "body": body}
    scene.world.put("mails", {**found, **changes})
    return ask(
        "{person} wrote me a mail with the subject '{subject}'.",
        "Put the number that it names into my address book.",
        person=person["name"],
        subject="New phone number",
    )


@note_new_phone.solution
def _(person: str, subject: str) -> Solution:
    found = yield from find_mail(subject)
    entry = yield from find_person(person)
    yield set_phone(entry_id=entry["id"], phone=first_match(r"\+\d+", found["body"]))
    return None
