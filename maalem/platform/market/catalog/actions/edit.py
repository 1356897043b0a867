"""Changing what is on the shelf already. Each verb is one transaction and is written down.

`seen` is what whoever changes it had before her: if it has become another meanwhile, nothing is
overwritten. To ask for what is there already is no trouble.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.ground.pictures.intake import Picture
from maalem.platform.ground.sounds.intake import Sound
from maalem.platform.market.catalog.actions.shelf import by_language, edited
from maalem.platform.market.catalog.models import (
    Change,
    Photo,
    PriceCard,
    Product,
    Variant,
    Voice,
)
from maalem.platform.market.catalog.states import DEPOSITS, Refused, Status, Supply, Tongue

WORDS = ("title", "description", "materials")
SIZES = ("length_mm", "width_mm", "height_mm", "diameter_mm", "weight_g")
MOST_PHOTOS = 8


def words_of(product: Product) -> dict[str, dict[str, str]]:
    """What is said of a product: for each of `WORDS` the text by language."""
    said = {name: by_language(getattr(product, name)) for name in WORDS}
    return {name: {k: v for k, v in text.items() if v} for name, text in said.items()}


@transaction.atomic
def reprice(variant_id: int, *, price_minor: int, seen_minor: int | None, by: str) -> None:
    """Another price, in centimes. Raises `Refused("changed_meanwhile")`."""
    variant = _variant(variant_id)
    if variant.price_minor == price_minor:
        return
    if variant.price_minor != seen_minor:
        raise Refused("changed_meanwhile")
    Variant.objects.filter(pk=variant_id).update(price_minor=price_minor)
    _write(variant.product_id, f"price {variant.sku}", was=seen_minor, now=price_minor, by=by)


@transaction.atomic
def restock(variant_id: int, *, on_hand: int, seen: int | None, by: str) -> None:
    """Another number of pieces. Raises `Refused`: `changed_meanwhile`, `promised` where buyers were
    promised more than that, `not_counted` where it is made to order, `one_piece` where one exists.
    """
    variant = _variant(variant_id)
    supply = Product.objects.values_list("supply", flat=True).get(pk=variant.product_id)
    if supply == Supply.MADE_TO_ORDER:
        raise Refused("not_counted")
    if supply == Supply.UNIQUE and on_hand > 1:
        raise Refused("one_piece")
    if variant.on_hand == on_hand:
        return
    if variant.on_hand != seen:
        raise Refused("changed_meanwhile")
    if on_hand < variant.reserved:
        raise Refused("promised")
    Variant.objects.filter(pk=variant_id).update(on_hand=on_hand)
    _write(variant.product_id, f"on hand {variant.sku}", was=seen, now=on_hand, by=by)


@transaction.atomic
def describe(
    product_id: int,
    *,
    words: Mapping[str, Mapping[str, str]],
    seen: Mapping[str, Mapping[str, str]],
    by: str,
) -> None:
    """Say it in other words: each of `WORDS` by language, empty ones left out.

    Raises `Refused`: `changed_meanwhile`, `no_title` where no language has one.
    """
    product = _product(product_id)
    before = words_of(product)
    after = {name: {k: v for k, v in words[name].items() if v} for name in WORDS}
    if after == before:
        return
    if before != {name: dict(text) for name, text in seen.items()}:
        raise Refused("changed_meanwhile")
    if not after["title"]:
        raise Refused("no_title")
    for name in WORDS:
        setattr(product, name, LazyI18nString(after[name]) if after[name] else "")
    product.updated_at = timezone.now()
    product.save(update_fields=[*WORDS, "updated_at"])
    for name in WORDS:
        if before[name] != after[name]:
            _write(product_id, name, was=before[name], now=after[name], by=by)
    edited(product)


@transaction.atomic
def measure(
    product_id: int,
    *,
    sizes: Mapping[str, int | None],
    seen: Mapping[str, int | None],
    making_days: int | None,
    by: str,
) -> None:
    """Other `SIZES` (mm, g), and how many working days it takes where it is made to order.

    Raises `Refused`: `changed_meanwhile`, `no_making_days`.
    """
    product = _product(product_id)
    before = {name: getattr(product, name) for name in SIZES}
    after = {name: sizes.get(name) for name in SIZES}
    days = product.making_days
    if product.supply == Supply.MADE_TO_ORDER:
        days = making_days
        if days is None:
            raise Refused("no_making_days")
    if (after, days) == (before, product.making_days):
        return
    if before != dict(seen):
        raise Refused("changed_meanwhile")
    was = {**before, "making_days": product.making_days}
    now = {**after, "making_days": days}
    Product.objects.filter(pk=product_id).update(**now, updated_at=timezone.now())
    product.refresh_from_db()
    _write(product_id, "sizes", was=was, now=now, by=by)
    edited(product)


@transaction.atomic
def ask_deposit(product_id: int, *, percent: int | None, seen: int | None, by: str) -> None:
    """Which share of `DEPOSITS` is paid when it is ordered, the rest when it is ready; None: all.

    What was ordered already stays as it was agreed. Raises `Refused`: `changed_meanwhile`,
    `not_made_to_order`, `no_such_deposit`.
    """
    product = _product(product_id)
    if percent == product.deposit_percent:
        return
    if product.deposit_percent != seen:
        raise Refused("changed_meanwhile")
    if product.supply != Supply.MADE_TO_ORDER:
        raise Refused("not_made_to_order")
    if percent is not None and percent not in DEPOSITS:
        raise Refused("no_such_deposit")
    Product.objects.filter(pk=product_id).update(deposit_percent=percent, updated_at=timezone.now())
    product.refresh_from_db()
    _write(product_id, "deposit", was=seen, now=percent, by=by)
    edited(product)


@transaction.atomic
def made_by(product_id: int, *, maker: Maker | None, by: str) -> None:
    """Whose hands made it; None: nobody's in particular. `maker` is one of its own workshop's."""
    product = _product(product_id)
    wanted = None if maker is None else maker.pk
    if product.maker_id == wanted:
        return
    assert maker is None or maker.artisan_id == product.artisan_id
    Product.objects.filter(pk=product_id).update(maker=maker)
    _write(product_id, "maker", was=product.maker_id, now=wanted, by=by)


@transaction.atomic
def add_photo(product_id: int, picture: Picture, *, by: str) -> None:
    """One more photo, after the others. The same again is the one that is there.

    Raises `Refused("too_many_photos")`.
    """
    product = _product(product_id)
    photos = list(product.photos.all())
    if any(photo.path == picture.path for photo in photos):
        return
    if len(photos) >= MOST_PHOTOS:
        raise Refused("too_many_photos")
    Photo.objects.create(
        product=product,
        position=max((photo.position for photo in photos), default=-1) + 1,
        path=picture.path,
        alt=product.title,
        width=picture.width,
        height=picture.height,
        tone=picture.tone,
    )
    _write(product_id, "photos", was=None, now=picture.path, by=by)
    edited(product)


@transaction.atomic
def drop_photo(product_id: int, photo_id: int, *, by: str) -> None:
    """One photo less. Raises `Refused("last_photo")` for the only one of a piece on the shelf."""
    product = _product(product_id)
    photos = {photo.pk: photo for photo in product.photos.all()}
    gone = photos.pop(photo_id, None)
    if gone is None:
        return
    if not photos and product.status == Status.PUBLISHED:
        raise Refused("last_photo")
    gone.delete()
    _put_in_order(list(photos.values()))
    _write(product_id, "photos", was=gone.path, now=None, by=by)
    edited(product)


@transaction.atomic
def lead_with(product_id: int, photo_id: int, *, by: str) -> None:
    """Show this photo first: lists show no other."""
    product = _product(product_id)
    photos = list(product.photos.all())
    first = next((photo for photo in photos if photo.pk == photo_id), None)
    if first is None or photos[0] == first:
        return
    _put_in_order([first, *(photo for photo in photos if photo != first)])
    _write(product_id, "first photo", was=photos[0].path, now=first.path, by=by)
    edited(product)


@transaction.atomic
def tell(product_id: int, *, sound: Sound | None, tongue: Tongue, seen: str, by: str) -> None:
    """Let `sound` tell its story, in place of any other; None: nothing does.

    `seen` is the path of the one that was there, or empty. Raises `Refused("changed_meanwhile")`.
    """
    product = _product(product_id)
    found = Voice.objects.filter(product=product).first()
    there = (found.path, found.seconds, found.tongue) if found else None
    wanted = (sound.path, sound.seconds, tongue.value) if sound else None
    if there == wanted:
        return
    if seen != (found.path if found else ""):
        raise Refused("changed_meanwhile")
    if wanted is None:
        Voice.objects.filter(product=product).delete()
    else:
        fields = dict(zip(("path", "seconds", "tongue"), wanted, strict=True))
        Voice.objects.update_or_create(product=product, defaults=fields)
    _write(product_id, "voice", was=there, now=wanted, by=by)


@transaction.atomic
def explain(
    product_id: int,
    *,
    said: tuple[int, int, str],
    seen: tuple[int, int, str] | None,
    by: str,
) -> None:
    """Say what the price is made of: materials (centimes), minutes, how much of it buyers see.

    `seen` is None where there was no card. Raises `Refused("changed_meanwhile")`.
    """
    product = _product(product_id)
    found = PriceCard.objects.filter(product=product).first()
    there = (found.materials_minor, found.minutes, found.shown) if found else None
    if there == said:
        return
    if there != seen:
        raise Refused("changed_meanwhile")
    materials, minutes, shown = said
    PriceCard.objects.update_or_create(
        product=product,
        defaults={"materials_minor": materials, "minutes": minutes, "shown": shown},
    )
    _write(product_id, "price card", was=there, now=said, by=by)


def _put_in_order(photos: list[Photo]) -> None:
    # Two photos are never at one position, not even on the way: first out of each other's way.
    far = max((photo.position for photo in photos), default=0) + 1
    for start in (far, 0):
        for position, photo in enumerate(photos, start=start):
            if photo.position != position:
                Photo.objects.filter(pk=photo.pk).update(position=position)
                photo.position = position


def _variant(pk: int) -> Variant:
    return Variant.objects.select_for_update(no_key=True).get(pk=pk)


def _product(pk: int) -> Product:
    return Product.objects.select_for_update(no_key=True).get(pk=pk)


def _write(product_id: int, what: str, *, was: Any, now: Any, by: str) -> None:
    Change.objects.create(product_id=product_id, what=what, was=was, now=now, by=by)
