"""The shop as a list for machines that show products: Google Merchant's RSS, one per language and
currency. https://support.google.com/merchants/answer/7052112

What is charged is dirhams. The lists in euros and dollars say what the piece's page says at that
address (`?currency=EUR`): the amount by the day's rate, rounded alike. Without a usable rate there
is no such list.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maalem.kit.typed import plain
from maalem.platform.ground.pictures import renditions
from maalem.platform.ground.rates import decide
from maalem.platform.ground.rates.models import CURRENCIES
from maalem.platform.ground.rates.queries import rate_of
from maalem.platform.ground.rates.shown import CHARGED
from maalem.platform.market.catalog.models import Product, Variant
from maalem.platform.market.catalog.states import Status, Supply

FOLDER = settings.HOME / "feeds"
_AT_ONCE = 500
_LONGEST_TITLE, _LONGEST_TEXT, _MOST_PICTURES = 150, 5_000, 10
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel>
<title>Maalem</title>
<link>{link}</link>
<description>{about}</description>
"""
_FOOT = "</channel>\n</rss>\n"


def file_of(language: str, currency: str) -> Path:
    """Where the list of this language and currency is kept."""
    return FOLDER / f"products-{language}-{currency}.xml"


def write_all() -> list[Path]:
    """Write every list anew; one that can't be written today goes away. Readers see whole files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = []
    for language, _name in settings.LANGUAGES:
        for currency in (CHARGED, *CURRENCIES):
            file = file_of(language, currency)
            if currency != CHARGED and rate_of(currency) is None:
                file.unlink(missing_ok=True)
                continue
            _write(file, lines(language, currency))
            written.append(file)
    return written


def _write(file: Path, parts: Iterator[str]) -> None:
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".feed-")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.writelines(parts)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def lines(language: str, currency: str) -> Iterator[str]:
    """The list, piece by piece: all that is on the shelf of workshops that can be paid."""
    today = timezone.localdate()
    rate = None if currency == CHARGED else rate_of(currency)
    millionths = rate.mad_millionths if rate else None
    shelf = (
        Product.objects.filter(status=Status.PUBLISHED.value, photos__position=0)
        .exclude(artisan__payments_account__isnull=True)
        .select_related("artisan", "craft__parent")
        .prefetch_related("variants", "photos")
        .order_by("pk")
    )
    with override(language):
        about = _("Pieces made by hand in Morocco, straight from the workshop.")
        home = f"{settings.PLATFORM_URL}{reverse('site:home')}"
        yield _HEAD.format(link=escape(home), about=escape(about))
    for product in shelf.iterator(chunk_size=_AT_ONCE):
        with override(language):
            yield "".join(
                _item(product, variant, currency=currency, millionths=millionths, today=today)
                for variant in product.variants.all()
            )
    yield _FOOT


def _item(
    product: Product, variant: Variant, *, currency: str, millionths: int | None, today: date
) -> str:
    pictures = [
        f"{settings.PLATFORM_URL}{settings.MEDIA_URL}{renditions.name(photo.path)}"
        for photo in product.photos.all()[:_MOST_PICTURES]
    ]
    label = str(variant.label) if variant.label else ""
    title = f"{product.title}, {label}" if label else str(product.title)
    text = str(product.description) or f"{product.title}. {product.materials}"
    address = f"{settings.PLATFORM_URL}{product.get_absolute_url()}"
    several = len(product.variants.all()) > 1
    made = product.supply == Supply.MADE_TO_ORDER
    crafts = [product.craft.parent, product.craft] if product.craft.parent else [product.craft]
    fields = [
        ("id", variant.sku),
        ("title", title[:_LONGEST_TITLE]),
        ("description", text[:_LONGEST_TEXT]),
        ("link", address if currency == CHARGED else f"{address}?currency={currency}"),
        *(("image_link" if n == 0 else "additional_image_link", p) for n, p in enumerate(pictures)),
        ("price", _price(variant.price_minor, currency=currency, millionths=millionths)),
        ("availability", _availability(variant, made=made)),
        *([("availability_date", _ready(product, today=today))] if made else []),
        ("condition", "new"),
        ("brand", str(product.artisan.name)),
        ("identifier_exists", "no"),
        ("product_type", " > ".join(str(craft.name) for craft in crafts)),
        *([("item_group_id", f"P{product.pk}")] if several else []),
        *([("material", str(product.materials)[:200])] if product.materials else []),
        *([("shipping_weight", f"{product.weight_g} g")] if product.weight_g else []),
    ]
    said = "".join(f"<g:{name}>{escape(plain(value))}</g:{name}>\n" for name, value in fields)
    return f"<item>\n{said}</item>\n"


def _price(minor: int, *, currency: str, millionths: int | None) -> str:
    if millionths is not None:
        minor = decide.about(minor, mad_millionths=millionths)
    return f"{Decimal(minor) / 100:.2f} {currency}"


def _availability(variant: Variant, *, made: bool) -> str:
    if made:
        return "backorder"
    return "in_stock" if variant.free > 0 else "out_of_stock"


def _ready(product: Product, *, today: date) -> str:
    """The day from which a piece ordered today may leave, Sundays left aside."""
    days = product.making_days or 0
    return (today + timedelta(days=days + days // 6)).isoformat()
