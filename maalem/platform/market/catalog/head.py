"""What a page says of itself to machines: canonical address, languages, cards, JSON-LD."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.pictures import renditions
from maalem.platform.market.catalog.listing import Listing

if TYPE_CHECKING:
    from maalem.platform.market.catalog.piece import Piece

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_ALTERNATE = '<link rel="alternate" hreflang="{}" href="{}{}{}">\n'
_TONGUES = [
    (spoken, f"{settings.PLATFORM_URL}/{code}")
    for spoken, code in [*((code, code) for code, _ in settings.LANGUAGES), ("x-default", "fr")]
]
# What a page without words of its own says of itself.
SHOP = gettext_noop(
    "Carpets from Taznakht, pottery from Safi, zellige from Fez:"
    " each piece comes from a workshop with a name, a place and a story."
)
_LOCALES = {"fr": "fr_MA", "ar": "ar_MA", "en": "en_GB"}


@dataclass(frozen=True)
class Head:
    """For the template `catalog/head.html`."""

    canonical: str
    alternates: SafeString
    locale: str
    kind: str
    text: str
    picture: str
    data: SafeString
    hidden: bool
    previous: str
    next: str


def head(
    request: HttpRequest,
    *,
    listing: Listing | None = None,
    text: str = "",
    picture: str = "",
    kind: str = "website",
    data: dict[str, object] | None = None,
    hidden: bool = False,
) -> Head:
    """The head of this page. Narrowed lists point to the plain one and ask not to be indexed.

    So does a search that did not find every word: nobody gets words of his own into a search
    engine by linking to them.
    """
    path = request.path
    page = ""
    if listing is not None and listing.filters.page > 1:
        page = f"?page={listing.filters.page}"
    if listing is not None and listing.answers:
        page = "?" + urlencode({"q": listing.filters.q})
        text = _("“%(words)s”: made by hand in Morocco, by workshops with a name and a place.") % {
            "words": listing.filters.q
        }
    bare = path[3:] if path[3:4] == "/" else path
    return Head(
        canonical=f"{settings.PLATFORM_URL}{path}{page}",
        alternates=format_html_join("", _ALTERNATE, ((*one, bare, page) for one in _TONGUES)),
        locale=_LOCALES.get(get_language() or "fr", "fr_MA"),
        kind=kind,
        text=Truncator(" ".join((text or _(SHOP)).split())).chars(160),
        picture=_picture_url(picture) if picture else "",
        data=_json(data),
        hidden=hidden or (listing is not None and _is_hidden(listing)),
        previous=listing.previous_url if listing else "",
        next=listing.next_url if listing else "",
    )


def _is_hidden(listing: Listing) -> bool:
    return listing.filters.narrowed or bool(listing.filters.q and not listing.answers)


def _picture_url(path: str) -> str:
    return f"{settings.PLATFORM_URL}{settings.MEDIA_URL}{renditions.name(path)}"


def _json(data: dict[str, object] | None) -> SafeString:
    if data is None:
        return mark_safe("")
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))


def shop_data(request: HttpRequest) -> dict[str, object]:
    """The site and how to search it."""
    base = f"{settings.PLATFORM_URL}/{get_language()}/"
    return {
        "@type": "WebSite",
        "name": "Maalem",
        "url": base,
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{base}search/?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def place_data(request: HttpRequest, artisan: Artisan) -> dict[str, object]:
    """A workshop."""
    return {
        "@type": "LocalBusiness",
        "name": str(artisan.name),
        "url": f"{settings.PLATFORM_URL}{request.path}",
        "address": {
            "@type": "PostalAddress",
            "addressLocality": str(artisan.commune.name),
            "addressRegion": str(artisan.commune.province.region.name),
            "addressCountry": "MA",
        },
    }


def product_data(request: HttpRequest, piece: "Piece") -> dict[str, object]:
    """A product and what it costs."""
    stored = piece.stored
    url = f"{settings.PLATFORM_URL}{request.path}"
    open_now = "InStock" if piece.for_sale else "SoldOut"
    if piece.for_sale and stored.supply == "made_to_order":
        open_now = "MadeToOrder"
    elif piece.open_choices and not stored.open:
        open_now = "OutOfStock"
    prices = [choice.price_minor for choice in piece.choices]
    offer: dict[str, object] = {
        "@type": "Offer",
        "price": _major(min(prices, default=0)),
        "priceCurrency": stored.currency,
        "availability": f"https://schema.org/{open_now}",
        "itemCondition": "https://schema.org/NewCondition",
        "url": url,
        "seller": {"@type": "Organization", "name": piece.artisan},
    }
    if piece.price_varies:
        offer |= {
            "@type": "AggregateOffer",
            "lowPrice": _major(min(prices)),
            "highPrice": _major(max(prices)),
            "offerCount": len(prices),
        }
    return {
        "@type": "Product",
        "name": piece.title,
        "description": piece.description,
        "image": [_picture_url(photo.path) for photo in piece.photos],
        "sku": piece.choices[0].sku if piece.choices else stored.slug,
        "material": piece.materials,
        "brand": {"@type": "Brand", "name": piece.artisan},
        "countryOfOrigin": {"@type": "Country", "name": "MA"},
        "url": url,
        "offers": offer,
        **_rated(piece),
    }


def _rated(piece: "Piece") -> dict[str, object]:
    """What its buyers said of it; nothing at all where nobody did."""
    if not piece.stars.count:
        return {}
    return {
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": piece.stars.average_plain,
            "reviewCount": piece.stars.count,
            "bestRating": 5,
            "worstRating": 1,
        },
        "review": [
            {
                "@type": "Review",
                "author": {"@type": "Person", "name": one.name},
                "datePublished": one.written_on.isoformat(),
                **({"reviewBody": one.words} if one.words else {}),
                **({"inLanguage": one.language} if one.language else {}),
                "reviewRating": {
                    "@type": "Rating",
                    "ratingValue": one.stars,
                    "bestRating": 5,
                    "worstRating": 1,
                },
            }
            for one in piece.reviews
        ],
    }


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
