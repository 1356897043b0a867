"""A list of products with its facets and its pages, as every browsing page shows it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maalem.platform.ground.rates.shown import shown_to
from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.cards import cards
from maalem.platform.market.catalog.filters import Filters, read, wish
from maalem.platform.market.catalog.kept import kept
from maalem.platform.market.catalog.materials import MATERIALS
from maalem.platform.market.catalog.search import BANDS, COUNT_CAP, Found, find, materials_held

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
class Facet:
    """A question of the filter form: its options as HTML, and the label of the chosen one."""

    name: str
    label: str
    options: SafeString
    chosen: str


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
        self.shown = shown_to(request)
        asked = read(request.GET)
        # A slug that is nobody's narrows nothing, and is not said to.
        self.filters = replace(
            asked,
            craft=asked.craft if queries.craft_by_slug(asked.craft) else "",
            region=asked.region if queries.region_by_slug(asked.region) else "",
        )
        self._fixed = fixed
        self.found: Found = find(wish(self.filters, **self._scope()))

    def _scope(self) -> dict[str, object]:
        """The facets' slugs as the ids that a wish names."""
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

    @property
    def state(self) -> Hashable:
        """All that the database said for this page."""
        found = self.found
        return tuple(found.rows), found.total, found.more, found.instead, found.near

    @cached_property
    def cards(self) -> list[SafeString]:
        """The page's cards."""
        return cards(self.found.rows, shown=self.shown)

    @property
    def total(self) -> int:
        """How many there are, up to `COUNT_CAP`."""
        return self.found.total

    @property
    def answers(self) -> bool:
        """Whether it is the first page of what was typed, and every word of it was found."""
        found = self.found
        plain = not self.filters.narrowed and self.filters.page == 1
        return plain and bool(self.filters.q and found.rows) and not (found.instead or found.near)

    @property
    def worth_narrowing(self) -> bool:
        """Whether the filter form is shown: not over a shelf that is seen at a glance."""
        return self.filters.narrowed or self.found.total > 8

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

    @cached_property
    def facets(self) -> list[Facet]:
        """The questions of the filter form that this page leaves open."""
        fixed = {*self._fixed, "region"} if "artisan" in self._fixed else set(self._fixed)
        names = [
            name for name in ("craft", "region", "material", "price", "supply") if name not in fixed
        ]
        return [facet(name, getattr(self.filters, name)) for name in names]

    @property
    def sorting(self) -> Facet:
        """In which order; relevance only where there are words."""
        return facet("sort" if self.filters.q else "shelf", self.filters.sort)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the address that drops it."""
        return [
            Chip(one.chosen, self.path + self.filters.query(**{one.name: "", "page": 1}))
            for one in self.facets
            if one.chosen
        ]

    @property
    def bare_url(self) -> str:
        """The address without any filter."""
        return self.path + Filters(q=self.filters.q).query()


@kept(60.0)
def facet(kind: str, chosen: str) -> Facet:
    """One question in the current language, with the option for "any" first."""
    label, anything, names = _question(kind)
    options = [("", anything), *names]
    html = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, _SELECTED if value == chosen else "", text) for value, text in options),
    )
    name = "sort" if kind == "shelf" else kind
    return Facet(name, label, html, dict(names).get(chosen, ""))


_SELECTED = mark_safe(" selected")


def _question(kind: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Label, the words for no choice, and the choices of one question."""
    if kind == "craft":
        names = [(craft.slug, str(craft.name)) for craft in queries.roots()]
        return _("Craft"), _("Any craft"), names
    if kind == "region":
        names = [(region.slug, str(region.name)) for region in queries.regions()]
        return _("Region"), _("Any region"), names
    if kind == "material":
        held = [(code, str(MATERIALS[code].name)) for code in materials_held()]
        return _("Material"), _("Any material"), held
    if kind == "price":
        return _("Price"), _("Any price"), [(band, _band_name(band)) for band in BANDS]
    if kind == "supply":
        return _("Availability"), _("Any kind"), [(v, str(n)) for v, n in _SUPPLY_NAMES.items()]
    sorts = {value: str(name) for value, name in _SORT_NAMES.items()}
    first = sorts.pop("relevance")
    if kind == "shelf":
        first = sorts.pop("newest")
    return _("Sort by"), first, list(sorts.items())


def _band_name(band: str) -> str:
    low, high = BANDS[band]
    if high is None:
        return _("From %(low)s MAD") % {"low": low // 100}
    if low == 0:
        return _("Under %(high)s MAD") % {"high": high // 100}
    return _("%(low)s to %(high)s MAD") % {"low": low // 100, "high": high // 100}
