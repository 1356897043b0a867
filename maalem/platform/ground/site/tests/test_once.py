"""What is rendered once holds words of a language and nothing of a visitor."""

from django.template import engines
from django.utils import translation

TEMPLATE = (
    "{% load i18n once %}{% once %}{% translate 'Cart' %}{% url 'cart:cart' %}{{ name }}"
    "{% endonce %} {{ name }}"
)


def test_what_is_rendered_once_is_another_in_each_language():
    template = engines["django"].from_string(TEMPLATE)
    for _ in range(2):
        with translation.override("fr"):
            assert template.render({"name": "x"}) == "Panier/fr/cart/ x"
        with translation.override("en"):
            assert template.render({"name": "x"}) == "Cart/en/cart/ x"


def test_what_is_rendered_once_sees_no_visitor():
    template = engines["django"].from_string(TEMPLATE)
    with translation.override("en"):
        assert "Fadma" not in template.render({"name": "Fadma"}).split()[0]
        assert template.render({"name": "Driss"}) == "Cart/en/cart/ Driss"
