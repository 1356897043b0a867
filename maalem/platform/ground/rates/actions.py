"""The one verb: take in a file of rates, all of it or nothing."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from maalem.platform.ground.rates.models import Import, Rate
from maalem.platform.ground.rates.queries import forget
from maalem.platform.ground.rates.sources import Refused, Sheet, Source
from maalem.platform.rows import run


@dataclass(frozen=True)
class Taken:
    """What came of it: rates that are new, and those that were there with the same value."""

    new: int
    known: int
    again: bool = False


def take_in(source: Source, *, publisher: str, by: str, examples: bool = False) -> Taken:
    """Take in what `source` has; the same file a second time changes nothing.

    `publisher` is who says so, as pages name it. Raises `Refused` for a file with a wrong line, a
    day to come, or another rate for a day that has one: what buyers were shown stays as it was.
    """
    sheet = source.sheet()
    for what, said in (("who published the rates", publisher), ("who takes them in", by)):
        if not said.strip():
            raise Refused(f"say {what}")
        if len(said) > Import._meta.get_field("by").max_length:
            raise Refused(f"say in fewer words {what}")
    with transaction.atomic():
        # Two who take in the same file at once: the second finds the first's rows.
        run("LOCK TABLE rates_import IN SHARE ROW EXCLUSIVE MODE")
        if Import.objects.filter(digest=sheet.digest).exists():
            return Taken(new=0, known=len(sheet.quotes), again=True)
        taken = _write(sheet, publisher=publisher.strip(), by=by.strip(), examples=examples)
    forget()
    return taken


def _write(sheet: Sheet, *, publisher: str, by: str, examples: bool) -> Taken:
    today = timezone.localdate()
    stored = {
        (currency, day): millionths
        for currency, day, millionths in Rate.objects.values_list(
            "currency", "valid_from", "mad_millionths"
        )
    }
    new = []
    for quote in sheet.quotes:
        if quote.valid_from > today:
            raise Refused(f"{quote.valid_from} is still to come", line=quote.line)
        there = stored.get((quote.currency, quote.valid_from))
        if there is None:
            new.append(quote)
        elif there != quote.mad_millionths:
            raise Refused(
                f"{quote.currency} of {quote.valid_from} is there with {written(there)}, and what"
                " buyers were shown is not changed",
                line=quote.line,
            )
    taken = Import.objects.create(
        digest=sheet.digest, file=sheet.name[:200], source=publisher, by=by, examples=examples
    )
    Rate.objects.bulk_create(
        Rate(
            currency=quote.currency,
            valid_from=quote.valid_from,
            mad_millionths=quote.mad_millionths,
            taken_from=taken,
        )
        for quote in new
    )
    return Taken(new=len(new), known=len(sheet.quotes) - len(new))


def written(millionths: int) -> str:
    """10812300 → 10.8123: a rate as files and the terminal write it."""
    whole, rest = divmod(millionths, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
