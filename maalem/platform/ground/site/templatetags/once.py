"""`{% load once %}`: what reads the same for everybody is rendered once for each language."""

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class Once(Node):
    """Its parts see nothing of the page around them, so nothing of one visitor can stay in it."""

    def __init__(self, parts: NodeList) -> None:
        self.parts = parts
        self.rendered: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        found = self.rendered.get(language)
        if found is None:
            nobody = Context()
            with nobody.bind_template(context.template):
                found = self.rendered[language] = self.parts.render(nobody)
        return found


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """`{% once %}…{% endonce %}`, for words and addresses: names of static files may change."""
    parts = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(parts)
