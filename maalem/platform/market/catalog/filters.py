"""What a visitor asked for in the address, read leniently: what makes no sense is left out."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from maalem.platform.market.catalog.materials import MATERIALS
from maalem.platform.market.catalog.search import (
    BANDS,
    LAST_PAGE,
    SORTS,
    SUPPLIES,
    Wish,
    wish_words,
)

LONGEST_QUERY = 200


@dataclass(frozen=True)
class Filters:
    """The facets as they stand in the address; `craft` and `region` are slugs."""

    q: str = ""
    craft: str = ""
    region: str = ""
    material: str = ""
    price: str = ""
    supply: str = ""
    sort: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything beyond the page's own subject was asked for."""
        return bool(
            self.craft or self.region or self.material or self.price or self.supply or self.sort
        )

    def query(self, **changes: object) -> str:
        """The address's query with `changes`; what is empty or the first page is left out."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [
            (name, value)
            for name in ("q", "craft", "region", "material", "price", "supply", "sort")
            if (value := getattr(other, name))
        ]
        if other.page > 1:
            pairs.append(("page", str(other.page)))
        return "?" + urlencode(pairs) if pairs else ""


def read(query: QueryDict) -> Filters:
    """The filters of a request's query."""
    return Filters(
        q=_text(query.get("q", ""))[:LONGEST_QUERY],
        craft=_text(query.get("craft", ""))[:80],
        region=_text(query.get("region", ""))[:80],
        material=_one_of(query.get("material", ""), MATERIALS),
        price=_one_of(query.get("price", ""), BANDS),
        supply=_one_of(query.get("supply", ""), SUPPLIES),
        sort=_one_of(query.get("sort", ""), SORTS),
        page=_page(query.get("page", "")),
    )


def _text(value: str) -> str:
    return " ".join(value.replace("\x00", "").split())


def _one_of(value: str, known: object) -> str:
    return value if value in known else ""  # type: ignore[operator]


def _page(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 4:
        return 1
    return min(max(int(value), 1), LAST_PAGE)


def wish(filters: Filters, **scope: object) -> Wish:
    """The wish for these filters; `scope` is the page's own (root, craft, region, artisan)."""
    words = wish_words(filters.q)
    default = "relevance" if words else "newest"
    return Wish(
        words=words,
        material=filters.material,
        band=filters.price,
        supply=filters.supply,
        sort=filters.sort or default,
        page=filters.page,
        **scope,  # type: ignore[arg-type]
    )
