"""A file comes in: read whole, written down line by line, and put to work."""

import hashlib

from django.db import transaction

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.imports import jobs, sheets
from maalem.platform.market.imports.columns import fields_of
from maalem.platform.market.imports.models import Import, ImportLine

_AT_ONCE = 2_000


def take(artisan: Artisan, *, content: bytes, name: str, by: str) -> Import:
    """Take in a file, or find the one of the same bytes that this workshop sent before.

    Nothing of the shelf changes here: a job does that. Raises `Unusable`.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = Import.objects.filter(artisan=artisan, digest=digest).first()
    if known is not None:
        return known
    sheet = sheets.read(content)
    columns = fields_of(sheet.head)
    with transaction.atomic():
        # Sent twice at once: the second waits here for the first and finds it.
        found, is_new = Import.objects.get_or_create(
            artisan=artisan,
            digest=digest,
            defaults={
                "name": name[:200],
                "columns": columns,
                "lines_count": len(sheet.lines),
                "by": by,
            },
        )
        if is_new:
            ImportLine.objects.bulk_create(
                (ImportLine(made_by=found, number=n, cells=cells) for n, cells in sheet.lines),
                batch_size=_AT_ONCE,
            )
            jobs.carry_on.defer(number=found.pk)
    return found
