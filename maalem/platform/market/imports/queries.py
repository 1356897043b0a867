"""How far an import is, and what is wrong with it. Nothing here writes."""

from dataclasses import dataclass

from django.db.models import Count

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.models import Craft
from maalem.platform.market.imports.models import Import, ImportLine
from maalem.platform.market.imports.states import ImportStatus, LineStatus

SHOWN = 50


@dataclass(frozen=True)
class Progress:
    """Lines by what became of them."""

    made: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0
    waiting: int = 0

    @property
    def done(self) -> int:
        return self.made + self.changed + self.same + self.wrong

    @property
    def all(self) -> int:
        return self.done + self.waiting


def imports_of(artisan: Artisan) -> list[Import]:
    """A workshop's latest files, the newest first."""
    return list(Import.objects.filter(artisan=artisan)[:20])


def one_of(artisan: Artisan, number: int) -> Import | None:
    """One of the workshop's files, or None."""
    return Import.objects.filter(artisan=artisan, pk=number).first()


def progress(found: Import) -> Progress:
    """How far it is."""
    rows = found.lines.values_list("status").annotate(n=Count("id")).order_by()
    return Progress(**dict(rows))


def wrong_lines(found: Import, *, most: int | None = SHOWN) -> list[ImportLine]:
    """The lines that were not taken in, the first ones."""
    return list(found.lines.filter(status=LineStatus.WRONG).order_by("number")[:most])


def is_done(found: Import) -> bool:
    return found.status == ImportStatus.DONE


def kinds() -> list[Craft]:
    """What may stand in the column of crafts."""
    return list(Craft.objects.filter(kinds__isnull=True).order_by("position", "pk"))
