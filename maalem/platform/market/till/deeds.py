"""Writing down who did what at a till, and reading it again."""

from maalem.platform.ground.people.models import Person

from .access import Till
from .models import Deed


def note(till: Till, kind: str, *, about: str, by: Person | None, words: str = "") -> None:
    """One line, for good."""
    Deed.objects.create(account=till.account, kind=kind, about=about, by=by, note=words[:300])


def about(thing: str) -> list[Deed]:
    """What was done about one thing, the oldest first."""
    return list(Deed.objects.filter(about=thing).select_related("by"))
