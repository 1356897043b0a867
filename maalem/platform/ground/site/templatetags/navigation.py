"""`{% load navigation %}`: what the frame needs to know of where we are."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info

register = template.Library()


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    direction: str
    url: str
    here: bool


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[LanguageLink]:
    """This page in each language; the home page of the language where it has none."""
    request = context.get("request")
    address = request.get_full_path() if request else "/"
    links = []
    for code, name in settings.LANGUAGES:
        url = translate_url(address, code)
        if not url.startswith(f"/{code}/"):
            url = f"/{code}/"
        direction = "rtl" if get_language_info(code)["bidi"] else "ltr"
        links.append(LanguageLink(code, name, direction, url, here=code == get_language()))
    return links
