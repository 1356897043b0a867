"""The life of a product, and the only ways through it. A database trigger holds the same table."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Status(StrEnum):
    """Draft: the artisan is writing it. Published: anyone may buy. Withdrawn: off the shelf."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


NEXT: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset({Status.PUBLISHED}),
}

STATUS_NAMES = {
    Status.DRAFT: _("Draft"),
    Status.PUBLISHED: _("Published"),
    Status.WITHDRAWN: _("Withdrawn"),
}


class Supply(StrEnum):
    """Unique: one piece exists. Stock: some are ready. Made to order: work starts at the order."""

    UNIQUE = "unique"
    STOCK = "stock"
    MADE_TO_ORDER = "made_to_order"


SUPPLY_NAMES = {
    Supply.UNIQUE: _("One of a kind"),
    Supply.STOCK: _("Ready to send"),
    Supply.MADE_TO_ORDER: _("Made to order"),
}


# What may be asked when a thing that is made to order is ordered, in hundredths of its price.
DEPOSITS = (20, 30, 50)


class CardShown(StrEnum):
    """How much of a price card buyers see: nothing, the shares, or the hours and their pay too."""

    NOTHING = "nothing"
    SHARES = "shares"
    HOURS = "hours"


class Tongue(StrEnum):
    """In which language a piece's story is told aloud."""

    DARIJA = "ary"
    TAMAZIGHT = "zgh"
    ARABIC = "ar"
    FRENCH = "fr"


TONGUE_NAMES = {
    Tongue.DARIJA: _("Darija"),
    Tongue.TAMAZIGHT: _("Tamazight"),
    Tongue.ARABIC: _("Arabic"),
    Tongue.FRENCH: _("French"),
}


class Refused(ValueError):
    """A change of status that the table does not have, or that somebody else made first."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(*, now: Status, then: Status) -> None:
    """Raise `Refused("not_next")` unless `then` may follow `now`."""
    if then not in NEXT[now]:
        raise Refused("not_next")
