"""Tasks about looking up mails, and what they say."""

from wildgym.envs.api.services.mail import get_mail, list_mails, mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.mail.finding import amount_in, find_mail, find_person, received
from wildgym.envs.scenario import Solution


@task(mail)
def date_of_mail(scene: Scene) -> Request:
    """Look up one date."""
    found = scene.pick("mails")
    return ask("On which date was the mail {mail_id} sent?", mail_id=found["id"])


@date_of_mail.solution
def _(mail_id: str) -> Solution:
    found = yield get_mail(mail_id=mail_id)
    return found["sent_on"]


@task(mail)
def phone_of_sender(scene: Scene) -> Request:
    """From a subject to its sender's entry in the address book."""
    found = scene.pick("mails", received)
    return ask(
        "I want to call whoever sent me the mail with the subject '{subject}'.",
        "Which phone number is in my address book?",
        subject=found["subject"],
    )


@phone_of_sender.solution
def _(subject: str) -> Solution:
    found = yield from find_mail(subject)
    entry = yield from find_person(found["sender"])
    return entry["phone"]


@task(mail)
def last_heard_from(scene: Scene) -> Request:
    """The latest of several."""
    person = scene.pick("address_book")
    for found in scene.sample("mails", 3, received):
        scene.world.put("mails", {**found, "sender": person["email"]})
    return ask(
        "When did {person} last send me a mail, in whatever folder it is by now?",
        "Report the date.",
        person=person["name"],
    )


@last_heard_from.solution
def _(person: str) -> Solution:
    entry = yield from find_person(person)
    mails = yield list_mails()
    return max(m["sent_on"] for m in mails if m["sender"] == entry["email"])


@task(mail)
def sum_of_receipts(scene: Scene) -> Request:
    """Read as many mails as there are, and add up what they say."""
    for found in scene.sample("mails", 8, lambda m: m["folder"] not in ("sent", "receipts")):
        scene.world.put("mails", {**found, "folder": "receipts"})
    return ask(
        "Each mail in my receipts folder names an amount in EUR.",
        "What do these amounts add up to?",
    )


@sum_of_receipts.solution
def _() -> Solution:
    total = 0.0
    for header in (yield list_mails(folder="receipts")):
        found = yield get_mail(mail_id=header["id"])
        total += amount_in(found)
    return round(total, 2)
