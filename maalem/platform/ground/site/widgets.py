"""Fields of forms, where Django's own are not what we need."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Field(forms.TextInput):
    """One line to type in, written at once. `type` is among its attributes where it isn't text."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        *,
        renderer: object = None,
    ) -> SafeString:
        """What `forms.TextInput` renders."""
        widget = self.get_context(name, value, attrs)["widget"]
        given = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
        return format_html(
            '<input type="{}" name="{}"{}{}>',
            widget["type"],
            widget["name"],
            given,
            flatatt(widget["attrs"]),
        )


class Choice(forms.Select):
    """A list to choose from, without groups.

    It is written at once: Django renders two templates for each option, and countries are many.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: Mapping[str, Any] | None = None,
        *,
        renderer: object = None,
    ) -> SafeString:
        """What `forms.Select` renders."""
        widget = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], flatatt(option["attrs"]), option["label"])
                for _, group, _ in widget["optgroups"]
                for option in group
            ),
        )
        return format_html(
            '<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), options
        )
