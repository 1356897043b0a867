"""Our own fields say what Django's say."""

import pytest
from django import forms
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from maalem.platform.ground.site.widgets import Choice

CHOICES = [("", "Choose"), ("MA", "<Morocco> & more"), ("FR", mark_safe("France"))]
ATTRIBUTES = {"id": "id_country", "required": True, "disabled": False, "autocomplete": "country"}


@pytest.mark.parametrize("value", [None, "", "MA", "FR", "unknown"])
def test_a_choice_is_written_as_django_writes_it(value):
    given = {"name": "country", "value": value, "attrs": ATTRIBUTES}
    ours = Choice(choices=CHOICES).render(**given)
    theirs = forms.Select(choices=CHOICES).render(**given)
    assert parse_html(ours) == parse_html(theirs)
