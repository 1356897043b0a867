"""The one catalogue that every shop of a run holds, made by the demo's own generator."""

from collections.abc import Iterator

from bench.peers.shop import Item
from maalem.demo.make import DemoProduct, make

SEED = 7


def items(count: int) -> list[Item]:
    """`count` products, in English, as the peers import them."""
    return list(_items(count))


def _items(count: int) -> Iterator[Item]:
    demo = make(seed=SEED, products=count)
    crafts = {craft.code: craft.name["en"] for craft in demo.crafts}
    sellers = {artisan.slug: artisan.name["en"] for artisan in demo.artisans}
    for number, product in enumerate(demo.products):
        yield Item(
            slug=product.slug,
            sku=f"MA{number:07d}",
            title=product.title["en"],
            description=_description(product),
            price_minor=product.price_minor,
            craft=crafts[product.craft],
            seller=sellers[product.artisan],
        )


def _description(product: DemoProduct) -> str:
    return product.description["en"]
