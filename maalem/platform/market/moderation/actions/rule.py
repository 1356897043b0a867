"""A moderator takes a piece off the shelf, asks for a change of it, or ends a ruling."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from maalem.kit.typed import plain
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.actions.edit import words_of
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.states import Status
from maalem.platform.market.moderation import reasons
from maalem.platform.market.moderation.actions import tell
from maalem.platform.market.moderation.actions.look import Read, locked, write_down
from maalem.platform.market.moderation.models import MOST_NOTE, Lift, Ruling
from maalem.platform.market.moderation.states import BY_HAND, Because, Kind, Refused


@transaction.atomic
def take_off(product_id: int, *, reason: str, by: Person, read: Read, note: str = "") -> Ruling:
    """Nobody buys it from now on, and its workshop can't put it back. What was sold stays sold.

    It takes the place of a change that was asked for. Raises `Refused`, `Product.DoesNotExist`.
    """
    product = locked(product_id, by=by)
    shown = snapshot(product)
    ruling = in_force(product.pk)
    if ruling is not None:
        if ruling.kind == Kind.TAKEN_OFF:
            raise Refused("ruled")
        Lift.objects.create(ruling=ruling, because=Because.REPLACED, by=by)
    kind = Kind.TAKEN_OFF
    return _rule(product, kind, reason=reason, note=note, by=by, read=read, was=shown)


@transaction.atomic
def ask_change(product_id: int, *, reason: str, by: Person, read: Read, note: str = "") -> Ruling:
    """Ask the workshop to change something, in the moderator's words; it stays where it is."""
    product = locked(product_id, by=by)
    if in_force(product.pk) is not None:
        raise Refused("ruled")
    kind = Kind.CHANGE_ASKED
    return _rule(product, kind, reason=reason, note=note, by=by, read=read, was=snapshot(product))


@transaction.atomic
def lift(ruling_id: int, *, because: str, by: Person) -> Lift:
    """End a ruling: it was put right, or it was a mistake. The piece is again where it was."""
    if because not in BY_HAND:
        raise Refused("because")
    ruling = Ruling.objects.get(pk=ruling_id)
    locked(ruling.product_id, by=by)
    if Lift.objects.filter(ruling=ruling).exists():
        raise Refused("lifted")
    return end(ruling, because=Because(because), by=by)


def end(ruling: Ruling, *, because: Because, by: Person) -> Lift:
    """Write the lift and put the piece back on the shelf if that is where it was."""
    made = Lift.objects.create(ruling=ruling, because=because, by=by)
    product = Product.objects.get(pk=ruling.product_id)
    if (
        ruling.kind == Kind.TAKEN_OFF
        and ruling.shown["status"] == Status.PUBLISHED
        and product.status == Status.WITHDRAWN
        # She may have taken its photos away meanwhile: then she puts it back when it has one.
        and (product.photos.exists() or not ruling.shown["photos"])
    ):
        shelf.publish(product, by=named(by))
    tell.lifted(ruling, because=because)
    return made


def in_force(product_id: int) -> Ruling | None:
    """The ruling about a piece that has not ended: one at most."""
    return Ruling.objects.filter(product_id=product_id, lift__isnull=True).first()


def snapshot(product: Product) -> dict[str, Any]:
    """What a piece says now, kept with a ruling."""
    return {
        **words_of(product),
        "status": product.status,
        "price_minor": product.price_from_minor,
        "photos": [photo.path for photo in product.photos.all()],
    }


def named(by: Person) -> str:
    """A moderator in the catalogue's history: her own steps wait for nobody's look."""
    return f"moderator:{by.pk}"


def _rule(
    product: Product,
    kind: Kind,
    *,
    reason: str,
    note: str,
    by: Person,
    read: Read,
    was: dict[str, Any],
) -> Ruling:
    given = reasons.find(reason, kind=kind, on=timezone.localdate())
    if given is None:
        raise Refused("reason")
    note = plain(note)
    if len(note) > MOST_NOTE:
        raise Refused("too_long")
    if kind == Kind.CHANGE_ASKED and not note:
        raise Refused("what_to_change")
    if product.status == Status.DRAFT:
        raise Refused("draft")
    write_down(product, read=read, by=by)
    if kind == Kind.TAKEN_OFF and product.status == Status.PUBLISHED:
        shelf.withdraw(product, by=named(by))
    ruling = Ruling.objects.create(
        product=product,
        kind=kind,
        reason=given.code,
        said=dict(given.words),
        basis=given.basis,
        note=note,
        version=read.version,
        shown=was,
        by=by,
    )
    tell.ruled(ruling)
    return ruling
