"""What the artisan does about what was done for her: undo it, or say that it was not right."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.decide import OF_THE_SHELF, WORDS, can_be_undone
from maalem.platform.market.assistance.models import Deed, Objection, Undone
from maalem.platform.market.assistance.states import Refused
from maalem.platform.market.catalog import states as catalog
from maalem.platform.market.catalog.actions import edit, shelf
from maalem.platform.market.catalog.models import Change, Photo, Product, StatusChange, Variant

# What the catalogue says when it does not put something back, and what we say then.
_WHY = {"promised": "promised", "last_photo": "last_photo", "too_many_photos": "changed_since"}


@transaction.atomic
def undo(pk: int, *, by: Person) -> Deed:
    """Put everything back as it was before this deed, or nothing. Again is no trouble.

    Raises `Refused`: `no_undo` for what can't be undone, `changed_since` where it has become
    something else meanwhile, `promised`, `last_photo`.
    """
    deed = Deed.objects.select_for_update(no_key=True).get(pk=pk)
    if Undone.objects.filter(deed=deed).exists():
        return deed
    changes = list(Change.objects.filter(pk__in=deed.changes).order_by("-pk"))
    if not can_be_undone(deed.act, [(one.what, one.was) for one in changes]):
        raise Refused("no_undo")
    try:
        _put_back(deed, changes, by=f"person:{by.pk}")
    except catalog.Refused as no:
        raise Refused(_WHY.get(no.code, "changed_since")) from no
    Undone.objects.create(deed=deed, by=by)
    return deed


def object_to(*, consent: int, deed: int | None, by: Person) -> None:
    """This was not right: an officer reads it. Said twice it stands once."""
    try:
        with transaction.atomic():
            Objection.objects.create(consent_id=consent, deed_id=deed, by=by)
    except IntegrityError:
        if not Objection.objects.filter(consent_id=consent, deed_id=deed).exists():
            raise


def _put_back(deed: Deed, changes: list[Change], *, by: str) -> None:
    assert deed.product_id is not None
    if deed.act in OF_THE_SHELF:
        _move_back(deed, by=by)
        return
    words = {one.what: one for one in changes if one.what in WORDS}
    for one in changes:
        if one.what not in words:
            _verb(one)(one, by)
    if words:
        _say_again(deed.product_id, words, by=by)


def _move_back(deed: Deed, *, by: str) -> None:
    last = StatusChange.objects.get(pk=deed.moves[-1])
    product = Product.objects.select_for_update(no_key=True).get(pk=deed.product_id)
    if product.status != last.now:
        raise Refused("changed_since")
    if last.now == catalog.Status.PUBLISHED:
        shelf.withdraw(product, by=by)
    else:
        shelf.publish(product, by=by)


def _verb(change: Change) -> Callable[[Change, str], None]:
    if change.what in _VERBS:
        return _VERBS[change.what]
    return _on_hand if change.what.startswith("on hand ") else _price


def _price(change: Change, by: str) -> None:
    variant = _variant(change, "price ")
    edit.reprice(variant, price_minor=change.was, seen_minor=change.now, by=by)


def _on_hand(change: Change, by: str) -> None:
    variant = _variant(change, "on hand ")
    edit.restock(variant, on_hand=change.was, seen=change.now, by=by)


def _sizes(change: Change, by: str) -> None:
    was, now = dict(change.was), dict(change.now)
    days, now_days = was.pop("making_days"), now.pop("making_days")
    there = Product.objects.values_list("making_days", flat=True).get(pk=change.product_id)
    if there != now_days:
        raise Refused("changed_since")
    edit.measure(change.product_id, sizes=was, seen=now, making_days=days, by=by)


def _deposit(change: Change, by: str) -> None:
    edit.ask_deposit(change.product_id, percent=change.was, seen=change.now, by=by)


def _photo_off(change: Change, by: str) -> None:
    edit.drop_photo(change.product_id, _photo(change, change.now), by=by)


def _first_photo(change: Change, by: str) -> None:
    edit.lead_with(change.product_id, _photo(change, change.was), by=by)


def _price_card(change: Change, by: str) -> None:
    said, seen = ((one[0], one[1], one[2]) for one in (change.was, change.now))
    edit.explain(change.product_id, said=said, seen=seen, by=by)


# Those of one variant say its SKU behind: "price P-1A2B".
_VERBS = {
    "sizes": _sizes,
    "deposit": _deposit,
    "photos": _photo_off,
    "first photo": _first_photo,
    "price card": _price_card,
}


def _say_again(product_id: int, words: dict[str, Change], *, by: str) -> None:
    """What this deed said is put back; what else was said since stays."""
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    there: dict[str, Any] = edit.words_of(product)
    if any(there[name] != one.now for name, one in words.items()):
        raise Refused("changed_since")
    before = {**there, **{name: one.was for name, one in words.items()}}
    edit.describe(product_id, words=before, seen=there, by=by)


def _variant(change: Change, prefix: str) -> int:
    sku = change.what.removeprefix(prefix)
    found = Variant.objects.filter(product_id=change.product_id, sku=sku).first()
    if found is None:
        raise Refused("changed_since")
    return found.pk


def _photo(change: Change, path: str) -> int:
    found = Photo.objects.filter(product_id=change.product_id, path=path).first()
    if found is None:
        raise Refused("changed_since")
    return found.pk
