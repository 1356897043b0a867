"""Pages as answers: template, language, money, and the headers that keep a page to itself."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from maalem import design
from maalem.kit.money import EXPONENTS
from maalem.payments.hosted.texts import DIRECTIONS, LANGUAGES, TEXTS, say
from maalem.payments.mode import livemode

_OWN = Path(__file__).resolve().parent / "assets"
_SHARED = design.FILES
ASSETS = {
    "pay.css": (_OWN, "text/css"),
    "pay.js": (_OWN, "text/javascript"),
    "band.svg": (_OWN, "image/svg+xml"),
    "mark.svg": (_SHARED, "image/svg+xml"),
    "aloud.js": (_SHARED, "text/javascript"),
    "commissioner.woff2": (_SHARED / "fonts", "font/woff2"),
    "noto-naskh-arabic.woff2": (_SHARED / "fonts", "font/woff2"),
}
NARROW_SPACE = "\u202f"
_PHONE = re.compile(r"(?:\+212|0)[5-7](?: ?\d\d){4}")
REFRESH_S = 3

_jinja = Environment(
    loader=PackageLoader("maalem.payments.hosted", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Frame:
    """What every page needs: its language, its own path, whose payment it is."""

    language: str
    here: str
    merchant: str = ""
    test_mode: bool = field(default_factory=lambda: not livemode())
    leads_to: tuple[str, ...] = ()
    method: str = ""


def page(
    template: str, *, frame: Frame, status: int = 200, refresh: str | None = None, **values: Any
) -> Response:
    """Render `template`; the browser goes on to `refresh` by itself in a few seconds."""
    context = {
        "lang": frame.language,
        "dir": DIRECTIONS.get(frame.language, "ltr"),
        "tongues": [(code, TEXTS[code]["name"]) for code in LANGUAGES],
        "here": frame.here,
        "merchant": frame.merchant,
        "method": frame.method,
        "test_mode": frame.test_mode,
        "t": partial(say, frame.language),
        "money": partial(money, frame.language),
        "phones": phones,
        "isolate": lambda text: Markup("<bdi>{}</bdi>").format(text),
        "asset": asset_url,
        **values,
    }
    body = _jinja.get_template(f"hosted/{template}").render(context)
    headers = guard_headers(frame.leads_to)
    if refresh:
        # A header and no meta element: it works without a script, and a page stays a page.
        headers["Refresh"] = f"{REFRESH_S}; url={refresh}"
    return HTMLResponse(body, status_code=status, headers=headers)


def go(url: str, *, frame: Frame) -> Response:
    """Send the browser on, after a form or not."""
    return RedirectResponse(url, status_code=303, headers=guard_headers(frame.leads_to))


def guard_headers(leads_to: Iterable[str] = ()) -> dict[str, str]:
    """Nothing is kept, framed, sniffed or sent elsewhere.

    A browser holds `form-action` against the whole chain of redirects, so the merchant's own
    origin, where a paid form ends, is named in it.
    """
    origins = sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, leads_to)})
    return {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
            f" font-src 'self'; form-action 'self' {' '.join(origins)};"
            " base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def money(language: str, minor: int, currency: str) -> Markup:
    """An amount as the language writes it, kept together in either direction of reading."""
    code = currency.upper()
    whole, cents = divmod(minor, 10 ** EXPONENTS[code])
    # As the shop writes it: centimes only where there are some, thousands apart by a narrow
    # space, since a point between them reads as a decimal to whoever learnt numbers in English.
    grouped, point = (f"{whole:,}", ".") if language == "en" else (_spaced(whole), ",")
    figure = f"{grouped}{point}{cents:02}" if cents else grouped
    unit = "درهم" if (language, code) == ("ar", "MAD") else code
    parts = (unit, figure) if language == "en" else (figure, unit)
    return Markup('<bdi class="money">{}\u00a0{}</bdi>').format(*parts)


def _spaced(whole: int) -> str:
    return f"{whole:,}".replace(",", NARROW_SPACE)


def phones(text: str) -> Markup:
    """`text` with its telephone numbers kept left to right."""
    return Markup(_PHONE.sub(r'<bdi dir="ltr">\g<0></bdi>', str(escape(text))))


@cache
def asset(name: str) -> bytes:
    """The bytes of one of `ASSETS`."""
    return (ASSETS[name][0] / name).read_bytes()


@cache
def asset_url(name: str) -> str:
    """A path that changes with the content, so that a browser may keep it for ever."""
    return f"/hosted/assets/{hashlib.sha256(asset(name)).hexdigest()[:10]}/{name}"
