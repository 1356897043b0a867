"""Tell people things: written with what they tell, delivered afterwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.template.exceptions import TemplateDoesNotExist
from django.utils import translation

from maalem.platform.ground.jobs.wiring import FIRST_PAUSE_S
from maalem.platform.ground.people.models import Person
from maalem.platform.ground.people.numbers import NotAContact, parse_contact
from maalem.platform.rows import row

from . import delivery, inapp, jobs, segments
from .carriers import CarrierTrouble
from .inapp import template
from .models import Message
from .states import Status

Channel = Message.Channel
# What the words are made of; a function of the language where some of it is spoken itself.
Told = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]
_TOLD = (
    *("kind", "channel", "key", "person_id", "phone", "email", "language", "subject", "body"),
    "secret",
)
# A row that nobody wrote before has no xmax. Of one that is there already nothing changes.
_WRITE = """
INSERT INTO notices_message AS m (kind, channel, key, person_id, phone, email, language, subject,
       body, secret, status, attempts, trouble, created_at)
VALUES (%(kind)s, %(channel)s, %(key)s, %(person_id)s, %(phone)s, %(email)s, %(language)s,
       %(subject)s, %(body)s, %(secret)s, 'queued', 0, '', statement_timestamp())
ON CONFLICT (key, channel) WHERE NOT key = '' DO UPDATE SET key = excluded.key
RETURNING id, xmax = 0, m.status = 'queued' AND m.attempts = 0
"""


@dataclass(frozen=True)
class Recipient:
    """A telephone, an address or both, such as a guest's.

    `person_id` is whoever else reads it in the app: a buyer who was signed in.
    """

    phone: str = ""
    email: str = ""
    person_id: int | None = None


def notify(
    *,
    kind: str,
    to: Person | Recipient | str,
    language: str = "",
    context: Told | None = None,
    key: str = "",
    secret: bool = False,
) -> list[Message]:
    """`write`, and queue what was written. Call it inside the transaction of what is told."""
    with transaction.atomic():
        written = write(
            kind=kind, to=to, language=language, context=context, key=key, secret=secret
        )
        send(written)
    return written


def write(
    *,
    kind: str,
    to: Person | Recipient | str,
    language: str = "",
    context: Told | None = None,
    key: str = "",
    secret: bool = False,
    again: bool = False,
) -> list[Message]:
    """Write what `to` is told about `kind` by each channel that both sides have.

    Call `send` with it in the same transaction. A room keeps the words of its kinds in its own
    `templates/notices/<kind>/`: `sms.txt`, and `subject.txt` with `email.txt`; a file that is not
    there means: not by this channel. `language` is the person's own when not given. A `key`
    (`paid-M-7K3D-92QF`) lets the same thing be told once only; told before, the list is empty, or
    with `again` has what was written then and never reached a carrier.
    `secret` empties the body after delivery. Raises TemplateDoesNotExist for a kind without words.

    Whoever signs in has it in the app too, in every language if `context` is a function of the
    language; nothing that is secret.
    """
    address, person = _address(to)
    speech = language or (person.language if person else "") or translation.get_language() or "fr"
    if address.person_id is not None and not secret:
        inapp.keep(kind=kind, person_id=address.person_id, key=key, context=context, speech=speech)
    told = context(speech) if callable(context) else context or {}
    words = dict(told, person=person, language=speech)
    with translation.override(speech):
        wanted = [
            Message(
                kind=kind,
                channel=channel,
                key=key,
                person=person,
                phone=address.phone if channel == Channel.SMS else "",
                email=address.email if channel == Channel.EMAIL else "",
                language=speech,
                secret=secret,
                **text,
            )
            for channel, text in _texts(kind, address, words)
        ]
    return [message for message in wanted if _write(message, again=again)]


def send(messages: Sequence[Message]) -> None:
    """Queue the delivery of what was written in this transaction, as one job."""
    if messages:
        jobs.deliver.defer(messages=[message.pk for message in messages])


def carry(messages: Sequence[Message]) -> None:
    """Deliver at once what a job has written and committed; a job of its own tries the rest again.

    The job that calls this is what a crash leaves behind: it writes with `again`.
    """
    left = []
    for message in messages:
        try:
            delivery.carry(message)
        except CarrierTrouble:
            left.append(message.pk)
    if left:
        pause = {"seconds": FIRST_PAUSE_S}
        jobs.deliver.configure(schedule_in=pause).defer(messages=left)


def _write(message: Message, *, again: bool) -> bool:
    """Save it; False where the same key was told by this channel before."""
    values = {name: getattr(message, name) for name in _TOLD}
    found = row(_WRITE, values)
    assert found is not None
    message.pk, is_new, is_waiting = found
    return bool(is_new or (again and is_waiting))


def _address(to: Person | Recipient | str) -> tuple[Recipient, Person | None]:
    if isinstance(to, Person):
        return Recipient(phone=to.phone or "", email=to.email or "", person_id=to.pk), to
    if isinstance(to, Recipient):
        return to, None
    try:
        contact = parse_contact(to)
    except NotAContact as trouble:
        raise ValueError(f"{to!r} is neither a telephone number nor an address") from trouble
    return Recipient(phone=contact.phone, email=contact.email), None


def _texts(
    kind: str, address: Recipient, context: dict[str, Any]
) -> list[tuple[Channel, dict[str, str]]]:
    found: list[tuple[Channel, dict[str, str]]] = []
    short, long = template(kind, "sms"), template(kind, "email")
    if short is None and long is None:
        raise TemplateDoesNotExist(f"notices/{kind}/sms.txt")
    if address.phone and short is not None:
        text = " ".join(short.render(context).split())
        found.append((Channel.SMS, {"body": segments.plain(text)}))
    if address.email and long is not None:
        title = template(kind, "subject")
        subject = " ".join(title.render(context).split())[:200] if title else ""
        body = long.render(context).strip() + "\n"
        found.append((Channel.EMAIL, {"subject": subject, "body": body}))
    return found


def send_again(message: Message) -> None:
    """A person's decision: queue a parked message once more, with all its tries."""
    with transaction.atomic():
        delivery.move(message, Status.QUEUED, attempts=0)
        jobs.deliver.defer(messages=[message.pk])
