"""A list of products with its facets and its pages, as every browsing page shows it."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.cards import cards
from maalem.platform.market.catalog.filters import Filters, read, wish
from maalem.platform.market.catalog.search import BANDS, COUNT_CAP, Found, find

_SUPPLY_NAMES = {
    "ready": gettext_lazy("Ready to send"),
    "order": gettext_lazy("Made to order"),
}
_SORT_NAMES = {
    "relevance": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest first"),
    "price": gettext_lazy("Price, low to high"),
    "price-down": gettext_lazy("Price, high to low"),
}


@dataclass(frozen=True)
class Option:
    """One choice of a facet."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A question of the filter form; the first option is "any"."""

    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    url: str


class Listing:
    """What a template needs of one page of products."""

    def __init__(self, request: HttpRequest, **fixed: str | int) -> None:
        """`fixed` is the page's own subject: `craft` or `region` as a slug, or `artisan`'s id."""
        self.path = request.path
        self.filters = read(request.GET)
        self._fixed = fixed
        self.found: Found = find(wish(self.filters, **self._scope()))

    def _scope(self) -> dict[str, object]:
        """The facets' slugs as the ids that a wish names. An unknown slug narrows nothing."""
        scope: dict[str, object] = {}
        craft = queries.craft_by_slug(str(self.filters.craft or self._fixed.get("craft", "")))
        if craft is not None:
            scope.update(queries.scope_of(craft))
        region = queries.region_by_slug(str(self._fixed.get("region") or self.filters.region))
        if region is not None:
            scope["region"] = region.pk
        if "artisan" in self._fixed:
            scope["artisan"] = self._fixed["artisan"]
        return scope

    @cached_property
    def cards(self) -> list[SafeString]:
        """The page's cards."""
        return cards(self.found.rows)

    @property
    def total(self) -> int:
        """How many there are, up to `COUNT_CAP`."""
        return self.found.total

    @property
    def capped(self) -> bool:
        """Whether there are more than are counted."""
        return self.found.total >= COUNT_CAP

    @property
    def instead(self) -> str:
        """The words looked for in place of the typed ones."""
        return " ".join(self.found.instead)

    @property
    def next_url(self) -> str:
        """The address of the next page, or nothing."""
        if not self.found.more:
            return ""
        return self.path + self.filters.query(page=self.filters.page + 1)

    @property
    def previous_url(self) -> str:
        """The address of the page before, or nothing."""
        if self.filters.page <= 1:
            return ""
        return self.path + self.filters.query(page=self.filters.page - 1)

    @property
    def facets(self) -> list[Facet]:
        """The questions of the filter form that this page leaves open."""
        now = self.filters
        found = []
        if "craft" not in self._fixed:
            names = [(craft.slug, str(craft.name)) for craft in queries.roots()]
            found.append(
                _facet("craft", _("Craft"), now.craft, anything=_("All crafts"), names=names)
            )
        if "region" not in self._fixed:
            names = [(region.slug, str(region.name)) for region in queries.regions()]
            found.append(
                _facet("region", _("Region"), now.region, anything=_("All regions"), names=names)
            )
        prices = [(band, _band_name(band)) for band in BANDS]
        supplies = [(value, str(name)) for value, name in _SUPPLY_NAMES.items()]
        found.append(_facet("price", _("Price"), now.price, anything=_("Any price"), names=prices))
        found.append(
            _facet(
                "supply", _("Availability"), now.supply, anything=_("All pieces"), names=supplies
            )
        )
        return found

    @property
    def sorting(self) -> Facet:
        """In which order; relevance only where there are words."""
        names = [(value, str(name)) for value, name in _SORT_NAMES.items()]
        first = names.pop(0) if self.filters.q else names.pop(1)
        if not self.filters.q:
            names.pop(0)
        return _facet("sort", _("Sort by"), self.filters.sort, anything=first[1], names=names)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the address that drops it."""
        found = []
        for facet in self.facets:
            for option in facet.options[1:]:
                if option.chosen:
                    url = self.path + self.filters.query(**{facet.name: "", "page": 1})
                    found.append(Chip(option.label, url))
        return found

    @property
    def bare_url(self) -> str:
        """The address without any filter."""
        return self.path + Filters(q=self.filters.q).query()


def _facet(
    name: str, label: str, chosen: str, *, anything: str, names: list[tuple[str, str]]
) -> Facet:
    options = [Option("", anything, not chosen)]
    options += [Option(value, text, value == chosen) for value, text in names]
    return Facet(name, label, options)


def _band_name(band: str) -> str:
    low, high = BANDS[band]
    if high is None:
        return _("From %(low)s MAD") % {"low": low // 100}
    if low == 0:
        return _("Under %(high)s MAD") % {"high": high // 100}
    return _("%(low)s to %(high)s MAD") % {"low": low // 100, "high": high // 100}
