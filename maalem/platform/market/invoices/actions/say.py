"""A workshop says how it is taxed, and under which numbers."""

from dataclasses import asdict, dataclass

from django.db import transaction

from maalem.platform.market.invoices import identifiers, jobs
from maalem.platform.market.invoices.models import Identity
from maalem.platform.market.invoices.states import Regime


class Refused(ValueError):
    """Nothing was written. `field` is what is wrong, `code` one of words.REFUSALS."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Said:
    """What is written on invoices: numbers as they were typed, empty where she has none."""

    regime: Regime
    name: str = ""
    address: str = ""
    ice: str = ""
    tax_id: str = ""
    business_tax: str = ""
    register: str = ""


def say(artisan_id: int, *, said: Said, by: str) -> Identity:
    """Write down a new identity; it holds from the next invoice on, and for sales that waited.

    Raises `Refused`. Saying the same again writes nothing.
    """
    given = {**asdict(said), **_numbers(said)}
    with transaction.atomic():
        last = Identity.objects.filter(artisan_id=artisan_id).last()
        if last and all(getattr(last, field) == value for field, value in given.items()):
            return last
        made = Identity.objects.create(artisan_id=artisan_id, by=by, **given)
        jobs.issue_all.defer(artisan=artisan_id)
    return made


def _numbers(said: Said) -> dict[str, str]:
    found = {}
    for field in ("ice", "tax_id", "business_tax", "register"):
        number = found[field] = identifiers.bare(getattr(said, field))
        if number and field == "ice" and not identifiers.is_ice(number):
            raise Refused("ice", "ice")
        if number and field != "ice" and not identifiers.is_plausible(field, number):
            raise Refused(field, field)
        if said.regime == Regime.VAT and field in ("ice", "tax_id") and not number:
            raise Refused(field, "needed")
    return found
