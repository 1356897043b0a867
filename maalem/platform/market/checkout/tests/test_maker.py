"""Whose hands made a piece is frozen in the order's line, by id and by name."""

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.orders.models import OrderLine
from maalem.platform.market.tests.world import words


def test_a_line_keeps_whose_hands_made_the_piece(world):
    maker = Maker.objects.create(artisan=world.weaver, name=words("Itto Ouhssaine"))
    Product.objects.filter(pk=world.carpet.product_id).update(maker=maker)
    group = world.placed(world.cart(carpet=1))
    Product.objects.filter(pk=world.carpet.product_id).update(maker=None)
    Maker.objects.filter(pk=maker.pk).update(name=words("Itto O."))
    line = OrderLine.objects.get(order__group=group)
    assert line.snapshot["maker_id"] == maker.pk
    assert line.snapshot["maker"]["fr"] == "Itto Ouhssaine"


def test_two_makers_of_one_name_are_told_apart(world):
    first, second = (
        Maker.objects.create(artisan=world.weaver, name=words("Fadma")) for _ in range(2)
    )
    Product.objects.filter(pk=world.carpet.product_id).update(maker=second)
    line = OrderLine.objects.get(order__group=world.placed(world.cart(carpet=1)))
    assert line.snapshot["maker_id"] == second.pk != first.pk


def test_a_piece_without_a_maker_says_so(world):
    line = OrderLine.objects.get(order__group=world.placed(world.cart(carpet=1)))
    assert line.snapshot["maker_id"] is None
    # What stands beside it was not moved by one column.
    assert line.snapshot["craft"] == "rugs"
    assert line.snapshot["tone"] == ""
