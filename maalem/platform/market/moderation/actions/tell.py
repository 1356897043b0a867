"""What a workshop is told of a ruling about its piece, in the transaction of what is told."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import notify
from maalem.platform.market.moderation.models import Ruling
from maalem.platform.market.moderation.states import Because, Kind


def ruled(ruling: Ruling) -> None:
    """Which piece, what, why, and that another moderator can be asked for."""
    _to_workshop(ruling, kind="piece_ruled", key=f"piece_ruled-{ruling.pk}")


def upheld(ruling: Ruling) -> None:
    """Another moderator has looked, and it stays as it is."""
    _decided(ruling, ended=False)


def lifted(ruling: Ruling, *, because: Because) -> None:
    """It is over; who is told of a stricter ruling instead is not told of this."""
    if because != Because.REPLACED:
        _decided(ruling, ended=True)


def _decided(ruling: Ruling, *, ended: bool) -> None:
    # A ruling may be upheld and later be lifted all the same.
    key = f"piece_{'lifted' if ended else 'upheld'}-{ruling.pk}"
    _to_workshop(ruling, kind="piece_decided", key=key, ended=ended)


def _to_workshop(ruling: Ruling, *, kind: str, key: str, **more: object) -> None:
    product = ruling.product

    def told(language: str) -> dict[str, object]:
        with override(language):
            title = str(product.title)
            page = reverse("studio:piece", args=[product.slug])
        return {
            "title": title,
            "off": ruling.kind == Kind.TAKEN_OFF,
            "reason": ruling.said.get(language, ruling.said["fr"]),
            "basis": ruling.basis,
            "note": ruling.note,
            "address": settings.PLATFORM_URL + page,
            **more,
        }

    for person in reachable(product.artisan_id):
        notify(kind=kind, to=person, key=f"{key}-{person.pk}", context=told)
