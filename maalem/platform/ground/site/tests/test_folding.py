"""Templates are folded: what is fixed is rendered once for each language, the rest as before."""

import pytest
from django.template import Context, Engine
from django.utils import translation

from maalem.platform.ground.site.folding import fold
from maalem.platform.ground.site.templatetags.once import Once

FIXED = '{% load i18n %}<p>{% translate "Cart" %}</p><a href="{% url "cart:cart" %}">'


@pytest.fixture
def folded():
    engine = Engine.get_default()

    def made(source: str):
        template = engine.from_string(source)
        fold(template.nodelist)
        return template

    return made


def test_fixed_neighbours_become_one_and_read_in_every_language(folded):
    template = folded(FIXED)
    assert [type(node) for node in template.nodelist if isinstance(node, Once)] == [Once]
    read = {}
    for language in ("fr", "ar", "fr"):
        with translation.override(language):
            read[language] = template.render(Context())
    assert read["fr"] == '<p>Panier</p><a href="/fr/cart/">'
    assert read["ar"] == '<p>السلة</p><a href="/ar/cart/">'


@pytest.mark.parametrize(
    "source",
    [
        "{{ a }}, {{ a|upper }}",
        "{% load i18n %}{% translate a %}",
        "{% load i18n %}{% translate 'Cart' as b %}{{ b }}{{ a }}",
        "{% url a %}",
        "{% url 'catalog:craft' b|default:'rugs' %}",
        "{% load static %}{% static a %}",
        "{% if a %}{% load i18n %}{% translate 'Cart' %} {{ a }}{% endif %}",
        "{% for b in a %}{{ b }}{% endfor %}",
    ],
)
def test_what_depends_on_the_page_is_rendered_each_time(folded, source):
    template = folded(source)
    plain = Engine.get_default().from_string(source)
    for a in ("cart:cart", "site:home"):
        assert template.render(Context({"a": a})) == plain.render(Context({"a": a}))


def test_branches_are_folded_within(folded):
    template = folded("{% load i18n %}{% if a %}<b>{% translate 'Cart' %}</b>{% endif %}")
    branch = template.nodelist[-1].conditions_nodelists[0][1]
    assert [type(node) for node in branch] == [Once]
    assert template.render(Context({"a": False})) == ""
