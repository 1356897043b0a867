"""Parts of pages that are rendered once and kept: the map, a piece's pictures and its story."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.kept import Shelf, kept
from maalem.platform.market.catalog.piece import Piece

_PARTS: Shelf[SafeString] = Shelf(most=3_000)


@kept(300.0)
def region_map(here: str = "") -> SafeString:
    """The map of the regions with links; `here` is the code of the one that is shown."""
    return render_to_string("catalog/map.html", {"map": queries.region_map(), "here": here})


def part(piece: Piece, name: str) -> SafeString:
    """The template `catalog/<name>.html` for a piece, rendered once for its version."""
    key = (name, piece.product.pk, piece.product.version, translation.get_language())
    found = _PARTS.get(key)
    if found is None:
        context = {"piece": piece, "product": piece.product}
        found = _PARTS.put(key, render_to_string(f"catalog/{name}.html", context))
    return found
