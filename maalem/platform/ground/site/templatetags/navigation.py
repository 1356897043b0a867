"""`{% load navigation %}`: what the frame needs to know of where we are."""

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info

register = template.Library()

_DIRECTIONS = {
    code: "rtl" if get_language_info(code)["bidi"] else "ltr" for code, _ in settings.LANGUAGES
}
_HERE = mark_safe(' aria-current="true"')


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString:
    """This page in each language, as items of a list; the home page where it has none.

    Every page that has languages begins with theirs, and is otherwise named alike in all of them.
    """
    request = context.get("request")
    address = request.get_full_path() if request else "/"
    here = get_language()
    rest = address[3:] if address[1:3] in _DIRECTIONS and address[3:4] == "/" else "/"
    return format_html_join(
        "",
        '<li><a href="/{code}{rest}" lang="{code}" hreflang="{code}" dir="{direction}"{here}>'
        "{name}</a></li>",
        (
            {
                "code": code,
                "rest": rest,
                "direction": _DIRECTIONS[code],
                "here": _HERE if code == here else "",
                "name": name,
            }
            for code, name in settings.LANGUAGES
        ),
    )
