"""What a page sends of something that is said. Whether it may stand is judged by the verb."""

from uuid import UUID

from django.http import HttpRequest

from maalem.platform.market.conversations import photos
from maalem.platform.market.conversations.actions.say import Said
from maalem.platform.market.conversations.models import MOST_WORDS
from maalem.platform.market.conversations.queries import Thread
from maalem.platform.market.conversations.states import Refused

_FAR_TOO_LONG = 20 * MOST_WORDS


def said_in(request: HttpRequest, *, thread: Thread) -> tuple[UUID, Said]:
    """The key and what is said. Raises `Refused`."""
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError as trouble:
        raise Refused("stale") from trouble
    there = any(one.key == key for one in thread.entries)
    # Nobody without an open conversation gets us to read her files; said again, they were read.
    if thread.why_closed and not there:
        raise Refused(thread.why_closed)
    return key, Said(
        words=request.POST.get("words", "")[:_FAR_TOO_LONG].replace("\x00", ""),
        photos=[] if there else photos.take(request.FILES.getlist("photos")),
        stage=request.POST.get("stage", "")[:20],
    )
