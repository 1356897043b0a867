"""Which crafts a query names: their pieces come first, before others whose title says the word."""

from maalem.platform.market.catalog.kept import kept
from maalem.platform.market.catalog.models import Craft
from maalem.platform.market.catalog.words import lexeme, lexemes


def named(asked_words: tuple[str, ...]) -> list[int]:
    """The ids of the crafts whose name, in any language, holds all these words.

    A family's name stands for its crafts, unless one of them is named itself: jewels are the
    silversmith's, though a jewellery box says so in its title.
    """
    wanted = {lexeme(word) for word in asked_words}
    every = _crafts()
    hit = {pk for pk, _, held in every if wanted <= held}
    branches = [pk for pk, parent, _ in every if pk in hit and parent is not None]
    return branches or [pk for pk, parent, _ in every if pk in hit or parent in hit]


@kept(60.0)
def _crafts() -> list[tuple[int, int | None, frozenset[str]]]:
    """Every craft with its family and the lexemes of its name."""
    return [
        (craft.pk, craft.parent_id, frozenset(_held(craft)))
        for craft in Craft.objects.order_by("id")
    ]


def _held(craft: Craft) -> dict[str, None]:
    data = craft.name.data
    return lexemes(" ".join(data.values()) if isinstance(data, dict) else str(data))
