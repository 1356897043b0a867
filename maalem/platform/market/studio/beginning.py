"""The steps of a workshop's beginning as its own pages show them: a picture, a name, the way."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.onboarding import steps
from maalem.platform.market.onboarding.steps import Step
from maalem.platform.market.onboarding.words import NAMES

_ICONS = {
    Step.TELEPHONE: "telephone",
    Step.ACCOUNT: "coins",
    Step.PORTRAIT: "camera",
    Step.PLACE: "road",
    Step.STORY: "pen",
    Step.PIECE: "tag",
    Step.WEIGHT: "ruler",
    Step.MAKERS: "person",
}
# Where it is done. A telephone proves itself by signing in with it, and whoever runs the platform
# opens the account.
_WAYS = {
    Step.PORTRAIT: "studio:workshop",
    Step.PLACE: "studio:workshop",
    Step.STORY: "studio:workshop",
    Step.PIECE: "studio:new_piece",
    Step.WEIGHT: "studio:pieces",
    Step.MAKERS: "studio:makers",
}


@dataclass(frozen=True)
class Shown:
    """One step; `way` is empty where it is done, or done elsewhere."""

    name: str | Promise
    icon: str
    is_done: bool
    way: str


def beginning(artisan: Artisan) -> list[Shown]:
    """All steps until nothing is lacking; then none."""
    found = steps.of(artisan.pk)
    if found.is_ready:
        return []
    return [_shown(one) for one in found.steps]


def _shown(one: steps.Found) -> Shown:
    way = "" if one.is_done else _WAYS.get(one.step, "")
    return Shown(NAMES[one.step], _ICONS[one.step], one.is_done, reverse(way) if way else "")
