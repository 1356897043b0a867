"""Keeping the list of makers. Nobody is removed: what she made was sold under her name."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import get_language
from i18nfield.strings import LazyI18nString

from maalem.kit.typed import plain
from maalem.platform.craft.artisans.models import Artisan, Kind, Maker
from maalem.platform.ground.people.models import Person
from maalem.platform.market.makers.states import Refused


@dataclass(frozen=True)
class Told:
    """What the head says of a maker: her name in Latin and in Arabic letters, one of them at
    least; `phone` in E.164 or empty; `portrait` the path of a picture taken in, or empty."""

    latin: str
    arabic: str
    phone: str = ""
    portrait: str = ""
    is_active: bool = True


@transaction.atomic
def add_maker(artisan: Artisan, *, told: Told) -> Maker:
    """One more maker, last in the list.

    Raises `Refused`: not_a_cooperative, no_name, phone_taken.
    """
    if artisan.kind != Kind.COOPERATIVE:
        raise Refused("not_a_cooperative")
    # Locked: two added at once would get one place.
    Artisan.objects.select_for_update().get(pk=artisan.pk)
    last = Maker.objects.filter(artisan=artisan).aggregate(last=Max("position"))["last"]
    maker = Maker(artisan=artisan, position=0 if last is None else last + 1)
    return _save(maker, told)


@transaction.atomic
def change_maker(maker_id: int, *, told: Told) -> Maker:
    """Say it otherwise; an empty `portrait` leaves the one there is. Raises `Refused`."""
    return _save(Maker.objects.select_for_update().get(pk=maker_id), told)


def _save(maker: Maker, told: Told) -> Maker:
    latin, arabic = plain(told.latin), plain(told.arabic)
    if not latin and not arabic:
        raise Refused("no_name")
    said = {"fr": latin, "en": latin, "ar": arabic}
    maker.name = LazyI18nString({language: name for language, name in said.items() if name})
    maker.phone, maker.is_active = told.phone, told.is_active
    maker.portrait = told.portrait or maker.portrait
    try:
        with transaction.atomic():
            maker.save()
    except IntegrityError as twice:
        if "maker_phone_once" not in str(twice):
            raise
        raise Refused("phone_taken") from twice
    if maker.phone:
        _let_in(maker)
    return maker


def _let_in(maker: Maker) -> None:
    """She signs in with her number although she never signed up: a code proves that it is hers.

    Until one has, nothing is shown to her (queries.makers_of).
    """
    if not Person.objects.filter(phone=maker.phone).exists():
        language = get_language() or "fr"
        with suppress(IntegrityError), transaction.atomic():  # she signs up at this very moment
            Person.objects.create_user(
                phone=maker.phone, name=str(maker.name.localize(language)), language=language
            )
