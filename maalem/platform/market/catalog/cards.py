"""Cards of products, rendered once for each version and language and then kept.

A list page asks the database for (id, version) pairs only; the rows behind a card are read when
the card is not at hand.
"""

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from i18nfield.strings import LazyI18nString

from maalem.platform.ground.rates.shown import Shown
from maalem.platform.market.catalog.kept import Shelf
from maalem.platform.rows import rows as rows_of

# Of a piece: its id, its version, the language, the money beside dirhams, whether its picture is
# eager. A new rate makes new cards, and nobody gets one with another's money.
Key = tuple[int, int, str | None, Shown | None, bool]
_SHELF: Shelf[SafeString] = Shelf()
# The pictures of the first cards are on the screen at once; the others may load late.
EAGER = 4


def cards(
    rows: list[tuple[int, int]], *, shown: Shown | None, eager: int = EAGER
) -> list[SafeString]:
    """The cards of these (id, version) pairs in the current language, in their order.

    `shown` is the money that prices are shown in beside dirhams.
    """
    language = translation.get_language()
    keys = [(one, version, language, shown, at < eager) for at, (one, version) in enumerate(rows)]
    held = {key: _SHELF.look(key) for key in keys}
    missing = [key for key, card in held.items() if card is None]
    fresh = _render(missing) if missing else {}
    found = [held[key] or fresh.get(key[0]) for key in keys]
    return [card for card in found if card]


_SHOWN = """
SELECT p.id, p.slug, p.title, p.supply, p.price_from_minor, p.currency, a.name, c.name,
       f.path, f.width, f.height, f.tone
  FROM catalog_product p
  JOIN artisans_artisan a ON a.id = p.artisan_id
  JOIN places_commune c ON c.code = a.commune_id
  LEFT JOIN LATERAL (SELECT path, width, height, tone FROM catalog_photo
                      WHERE product_id = p.id ORDER BY position, id LIMIT 1) f ON true
 WHERE p.id = ANY(%s)
"""
_NAMES = (
    *("slug", "title", "supply", "price_minor", "currency", "artisan", "commune"),
    *("path", "width", "height", "tone"),
)


def _render(keys: list[Key]) -> dict[int, SafeString]:
    stored = {row[0]: row[1:] for row in rows_of(_SHOWN, [[key[0] for key in keys]])}
    template = get_template("catalog/card.html")
    fresh: dict[int, SafeString] = {}
    for key in keys:
        row = stored.get(key[0])
        if row is None:
            continue
        shown = dict(zip(_NAMES, row, strict=True)) | {"shown": key[3], "eager": key[4]}
        for name in ("title", "artisan", "commune"):
            shown[name] = str(LazyI18nString(shown[name]))
        html = template.render(shown)
        # Between lines only markup stands: a card of one line is a third smaller.
        fresh[key[0]] = _SHELF.put(key, mark_safe("".join(map(str.strip, html.splitlines()))))
    return fresh
