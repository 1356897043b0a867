"""What is asked about messages."""

from django.db.models import QuerySet

from maalem.platform.rows import row

from .models import Message, Notice
from .states import Status

AT_MOST = 99
PAGE = 30
# More than the bell can show is not counted.
_UNREAD = """
SELECT count(*) FROM (
    SELECT 1 FROM notices_notice WHERE person_id = %s AND read_at IS NULL LIMIT %s) AS new
"""


def latest(*, limit: int = 30) -> list[Message]:
    """The newest messages to anybody, newest first."""
    return list(Message.objects.order_by("-pk")[:limit])


def parked() -> QuerySet[Message]:
    """What nobody took and a person must look at, oldest first."""
    return Message.objects.filter(status=Status.PARKED).order_by("pk")


def unread(person: int) -> int:
    """How many notices this person has not opened; at most one more than AT_MOST."""
    found = row(_UNREAD, [person, AT_MOST + 1])
    return int(found[0]) if found else 0


def notices(person: int, *, before: int | None = None) -> list[Notice]:
    """A page of hers, newest first, and one more where there are older ones."""
    found = Notice.objects.filter(person_id=person).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[: PAGE + 1])
