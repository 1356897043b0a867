"""`{% picture path alt="…" width=… height=… sizes="card" %}`: an image in the width it needs."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from maalem.platform.market.catalog import renditions

register = template.Library()

# How wide a picture stands on the page, by the name of its place.
_PLACES = {
    "thumb": "6rem",
    "tile": "(min-width: 64rem) 18vw, (min-width: 40rem) 30vw, 46vw",
    "card": "(min-width: 64rem) 23vw, (min-width: 40rem) 31vw, 46vw",
    "half": "(min-width: 60rem) 46vw, 100vw",
    "full": "100vw",
}
_WIDEST = {"thumb": 240, "tile": 720, "card": 720}


@register.simple_tag
def picture(
    path: str,
    *,
    alt: object = "",
    width: int = 960,
    height: int = 960,
    tone: str = "",
    sizes: str = "card",
    eager: bool = False,
) -> SafeString:
    """An `img` with its renditions. `width` and `height` are the original's, in pixels.

    `sizes` names a place (thumb, tile, card, half, full); `eager` is for what is on the screen
    at once. Without `alt` the picture says nothing that the words beside it do not.
    """
    widest = _WIDEST.get(sizes, renditions.WIDTHS[-1])
    widths = [one for one in renditions.offered(width) if one <= widest]
    base = settings.MEDIA_URL
    every = ", ".join(f"{base}{renditions.name(path, width=one)} {one}w" for one in widths)
    return format_html(
        '<img class="picture" src="{}{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        base,
        renditions.name(path, width=widths[len(widths) // 2]),
        every,
        _PLACES.get(sizes, _PLACES["card"]),
        width,
        height,
        str(alt),
        _NOW if eager else _LATER,
    )


_NOW = SafeString(' fetchpriority="high"')
_LATER = SafeString(' loading="lazy" decoding="async"')
