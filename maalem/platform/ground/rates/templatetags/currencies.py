"""`{% load currencies %}`: what a price is about in other money, by which rate, and the choice."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal
from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maalem.platform.ground.rates import decide
from maalem.platform.ground.rates.models import CURRENCIES
from maalem.platform.ground.rates.shown import CHARGED, Shown, chosen
from maalem.platform.ground.site.templatetags.money import LOCALES, money

register = template.Library()

_MILLION = 1_000_000
# Stands in the form where the address of the page goes.
_HERE = "-next-"


@register.filter
def about(minor: int | None, shown: Shown | None) -> SafeString | str:
    """`{{ 125000|about:shown }}` → “about 116 €”; nothing without a choice or without a rate."""
    if not minor or not shown or shown.rate is None:
        return ""
    other = decide.about(int(minor), mad_millionths=shown.rate.mad_millionths)
    return format_html(
        '<span class="about">{}</span>',
        format_html(_("about {amount}"), amount=money(other, shown.currency)),
    )


@register.simple_tag
def rate_note(shown: Shown | None) -> SafeString | str:
    """One sentence under prices: by which rate, and in what is paid. Nothing without a choice."""
    return _note(shown, get_language() or "fr") if shown else ""


@lru_cache(maxsize=64)
def _note(shown: Shown, language: str) -> SafeString:
    context: dict[str, object] = {"shown": shown}
    if shown.rate is not None:
        mad = format_decimal(
            Decimal(shown.rate.mad_millionths) / _MILLION,
            format="#,##0.00####",
            locale=LOCALES.get(language[:2], "fr_MA"),
        )
        # Unbroken, else a line of Arabic begins in the middle of it.
        equation = f"1\u00a0{shown.currency}\u00a0=\u00a0{mad}\u00a0{CHARGED}"
        context |= {"equation": equation, "day": date_format(shown.rate.valid_from, "j F Y")}
    return render_to_string("rates/note.html", context)


@register.simple_tag(takes_context=True)
def currency_choice(context: Context) -> SafeString:
    """The buttons in the foot, and the word that one pays in dirhams."""
    request = context.get("request")
    form = _choice(chosen(request.COOKIES) if request else CHARGED, get_language() or "fr")
    address = format_html("{}", request.get_full_path() if request else "/")
    return mark_safe(form.replace(_HERE, address))


@lru_cache(maxsize=16)
def _choice(now: str, language: str) -> str:
    context = {"now": now, "currencies": (CHARGED, *CURRENCIES), "here": _HERE}
    html = render_to_string("rates/choice.html", context)
    return "".join(map(str.strip, html.splitlines()))
