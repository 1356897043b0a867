"""Cards of products, rendered once for each version and language and then kept.

A list page asks the database for (id, version) pairs only; the rows behind a card are read when
the card is not at hand.
"""

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from maalem.platform.market.catalog.kept import Shelf
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.queries import covers

_SHELF: Shelf[SafeString] = Shelf()
# The pictures of the first cards are on the screen at once; the others may load late.
EAGER = 4


def cards(rows: list[tuple[int, int]], *, eager: int = EAGER) -> list[SafeString]:
    """The cards of these (id, version) pairs in the current language, in their order."""
    language = translation.get_language()
    keys = [(one, version, language, at < eager) for at, (one, version) in enumerate(rows)]
    held = {key: _SHELF.look(key) for key in keys}
    missing = [key for key, card in held.items() if card is None]
    fresh = _render(missing) if missing else {}
    found = [held[key] or fresh.get(key[0]) for key in keys]
    return [card for card in found if card]


def _render(keys: list[tuple[int, int, str | None, bool]]) -> dict[int, SafeString]:
    ids = [key[0] for key in keys]
    products = {
        product.pk: product
        for product in Product.objects.filter(pk__in=ids).select_related("artisan__commune")
    }
    pictures = covers(ids)
    template = get_template("catalog/card.html")
    fresh: dict[int, SafeString] = {}
    for key in keys:
        product = products.get(key[0])
        if product is None:
            continue
        html = template.render(
            {"product": product, "photo": pictures.get(product.pk), "eager": key[3]}
        )
        # Between lines only markup stands: a card of one line is a third smaller.
        fresh[key[0]] = _SHELF.put(key, mark_safe("".join(map(str.strip, html.splitlines()))))
    return fresh
