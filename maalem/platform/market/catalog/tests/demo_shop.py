"""The demo's whole shop, and its search as judging.py asks it. Needs a database where commits are
real."""

from collections.abc import Callable, Sequence

from maalem.demo import load
from maalem.demo.make import make
from maalem.demo.records import Demo
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.search import Wish, find, wish_words


def stock() -> Demo:
    """Put the demo on the shelves, without pictures and without accounts."""
    demo = make()
    for stage in (load.load_crafts, load.load_people, load.load_workshops, load.load_products):
        stage(demo, load.silent)
    return demo


def searching() -> Callable[[str], Sequence[str]]:
    """The first page of a search, as slugs."""
    slugs = dict(Product.objects.values_list("pk", "slug"))

    def search(query: str) -> list[str]:
        found = find(Wish(words=wish_words(query), sort="relevance"))
        return [slugs[one] for one, _ in found.rows]

    return search
