"""Parts of pages that are rendered once and kept: the map."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.kept import kept


@kept(300.0)
def region_map(here: str = "") -> SafeString:
    """The map of the regions with links; `here` is the code of the one that is shown."""
    return render_to_string("catalog/map.html", {"map": queries.region_map(), "here": here})
