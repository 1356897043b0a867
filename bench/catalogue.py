"""The one catalogue that every shop of a run holds, made by the demo's own generator."""

import random
import re
from collections.abc import Iterator, Sequence

from bench.peers.shop import TERMS, Item
from maalem.demo.make import make

SEED = 7
ARTISANS = 260
# Beside the words that people type: pairs of words out of titles.
_MORE_TERMS = 192
_WORD = re.compile(r"[a-z]{4,}")


def items(count: int) -> list[Item]:
    """`count` products, in English, as the peers import them."""
    return list(_items(count))


def _items(count: int) -> Iterator[Item]:
    demo = make(seed=SEED, artisans=ARTISANS, products=count)
    crafts = {craft.code: craft.name["en"] for craft in demo.crafts}
    sellers = {artisan.slug: artisan.name["en"] for artisan in demo.artisans}
    for number, product in enumerate(demo.products):
        yield Item(
            slug=product.slug,
            sku=f"MA{number:07d}",
            title=product.title["en"],
            description=product.description["en"],
            price_minor=product.price_minor,
            craft=crafts[product.craft],
            seller=sellers[product.artisan],
        )


def terms(items: Sequence[Item]) -> list[str]:
    """What is searched for, the same for every shop, and enough of it that no cache holds all."""
    dice = random.Random(SEED)
    found = list(TERMS)
    while len(found) < len(TERMS) + _MORE_TERMS:
        words = _WORD.findall(dice.choice(items).title.lower())
        if len(words) >= 2:
            found.append(" ".join(dice.sample(words, 2)))
    return found


def at_random(items: Sequence[Item]) -> list[Item]:
    """Every product once, in an order that favours none."""
    return random.Random(SEED).sample(items, len(items))
