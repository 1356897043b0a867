"""`{% load pictures %}`: a photo in its renditions, lazily loaded, with its place kept free.

A photo's `path` is below MEDIA_URL and has no extension; its renditions are `<path>-360.webp` and
`<path>-720.webp`.
"""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from maalem.platform.ground.pictures.renditions import WIDTHS

register = template.Library()

# How wide each use is on the page, so that a telephone fetches the small rendition.
SIZES = {
    "card": "(min-width: 64rem) 18rem, (min-width: 40rem) 30vw, 46vw",
    "tile": "(min-width: 64rem) 14rem, (min-width: 40rem) 24vw, 46vw",
    "half": "(min-width: 60rem) 40rem, 100vw",
    "thumb": "6rem",
}


@register.simple_tag
def picture(
    path: str,
    *,
    alt: str = "",
    width: int = 0,
    height: int = 0,
    tone: str = "",
    sizes: str = "card",
    eager: bool = False,
) -> SafeString:
    """An `<img>`; `width` and `height` are the original's, `eager` for the first one of a page."""
    base = f"{settings.MEDIA_URL}{path}"
    largest = WIDTHS[-1]
    return format_html(
        '<img class="picture" src="{base}-360.webp" srcset="{base}-360.webp 360w, '
        '{base}-720.webp 720w" sizes="{sizes}" width="{width}" height="{height}" alt="{alt}" '
        '{loading} decoding="async">',
        base=base,
        sizes=SIZES.get(sizes, sizes),
        width=largest,
        height=round(largest * (height or 1) / (width or 1)),
        alt=alt,
        loading=EAGER if eager else LAZY,
    )


LAZY = SafeString('loading="lazy"')
EAGER = SafeString('fetchpriority="high"')
