"""Lines become pieces: some hundred in each transaction, so that a death loses none and a person
sees how far it is. A wrong line is written down and stops nobody else's."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import DatabaseError, transaction
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.kit.text import fold
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.actions import edit
from maalem.platform.market.catalog.actions.shelf import by_language
from maalem.platform.market.catalog.models import Craft, Product, Variant
from maalem.platform.market.catalog.states import Refused, Supply
from maalem.platform.market.imports import jobs
from maalem.platform.market.imports.columns import Piece, read_line
from maalem.platform.market.imports.models import Import, ImportLine, Reference
from maalem.platform.market.imports.states import Fault, ImportStatus, LineStatus
from maalem.platform.rows import run as run_sql

CHUNK, CHUNKS_A_TURN = 250, 20
_KEEP = """
UPDATE imports_importline l SET status = w.status, faults = w.faults, product_id = w.product
  FROM jsonb_to_recordset(%s::jsonb) AS w(id bigint, status text, faults jsonb, product bigint)
 WHERE l.id = w.id
"""
_FAULTS = {"promised": Fault.PROMISED, "one_piece": Fault.ONE_PIECE}


def carry_on(number: int) -> None:
    """Take in some chunks, then leave the worker to others and come back."""
    for _ in range(CHUNKS_A_TURN):
        if not chunk(number):
            return
    jobs.carry_on.defer(number=number)


@transaction.atomic
def chunk(number: int) -> bool:
    """Take in the next lines that wait; False when none is left. Two at once take turns."""
    # An import that is gone, or done already: a job may come twice.
    found = (
        Import.objects.select_for_update(of=("self",), no_key=True)
        .select_related("artisan__commune")
        .filter(pk=number)
        .exclude(status=ImportStatus.DONE)
        .first()
    )
    if found is None:
        return False
    lines = list(found.lines.filter(status=LineStatus.WAITING).order_by("number")[:CHUNK])
    if not lines:
        Import.objects.filter(pk=number).update(status=ImportStatus.DONE, done_at=timezone.now())
        return False
    Import.objects.filter(pk=number).update(status=ImportStatus.RUNNING)
    _take_in(lines, columns=found.columns, artisan=found.artisan, by=found.by)
    told = [
        {"id": line.pk, "status": line.status, "faults": line.faults, "product": line.product_id}
        for line in lines
    ]
    run_sql(_KEEP, [json.dumps(told)])
    return True


def _take_in(
    lines: Sequence[ImportLine], *, columns: Sequence[str], artisan: Artisan, by: str
) -> None:
    read = _read(lines, columns=columns)
    known = Reference.objects.filter(
        artisan=artisan, reference__in={piece.reference for _line, piece in read}
    )
    there = {
        one.reference: one.product
        for one in known.select_related("product").prefetch_related("product__variants")
    }
    before = _taken(lines[0], there.values())
    asked: dict[str, tuple[ImportLine, Piece]] = {}
    for line, piece in read:
        product = there.get(piece.reference)
        if piece.reference in asked or (product is not None and product.pk in before):
            _wrong(line, column="reference", fault=Fault.TWICE, cell=piece.reference)
        else:
            asked[piece.reference] = (line, piece)
    _make([asked[one] for one in asked if one not in there], artisan=artisan)
    for reference, product in there.items():
        if reference in asked:
            line, piece = asked[reference]
            _change(line, piece, product=product, by=by)


def _read(lines: Iterable[ImportLine], *, columns: Sequence[str]) -> list[tuple[ImportLine, Piece]]:
    """The lines that make sense; of the others it is written down why not."""
    crafts = _crafts()
    found = []
    for line in lines:
        cells = {name: cell for name, cell in zip(columns, line.cells, strict=True) if name}
        piece = read_line(cells, crafts=crafts)
        if isinstance(piece, Piece):
            found.append((line, piece))
        else:
            line.status, line.faults = LineStatus.WRONG.value, [list(fault) for fault in piece]
    return found


def _taken(line: ImportLine, products: Iterable[Product]) -> set[int]:
    """Those of `products` that earlier lines of the file have made or changed."""
    found = ImportLine.objects.filter(
        product__in=[product.pk for product in products],
        made_by_id=line.made_by_id,
        number__lt=line.number,
        status__in=(LineStatus.MADE, LineStatus.CHANGED, LineStatus.SAME),
    )
    return set(found.values_list("product_id", flat=True))


def _wrong(line: ImportLine, *, column: str, fault: Fault, cell: str) -> None:
    line.status, line.faults = LineStatus.WRONG.value, [[column, fault.value, cell]]


def _make(pairs: Sequence[tuple[ImportLine, Piece]], *, artisan: Artisan) -> None:
    """New pieces, all in a few statements. They wait as drafts for their photo."""
    try:
        with transaction.atomic():
            _write(pairs, artisan=artisan)
    except DatabaseError:
        # One that the database does not take must not hold up the others: one by one.
        for pair in pairs:
            try:
                with transaction.atomic():
                    _write([pair], artisan=artisan)
            except DatabaseError:
                line, piece = pair
                line.product = None
                _wrong(line, column="reference", fault=Fault.UNEXPECTED, cell=piece.reference)


def _write(pairs: Sequence[tuple[ImportLine, Piece]], *, artisan: Artisan) -> None:
    hints = dict(Craft.objects.values_list("pk", "hs_hint"))
    slugs = dict(Craft.objects.values_list("pk", "slug"))
    products = Product.objects.bulk_create(
        Product(
            slug=f"{slugs[one.craft][:60]}-{artisan.commune.slug[:40]}-{secrets.token_hex(4)}",
            artisan=artisan,
            craft_id=one.craft,
            supply=one.supply.value,
            making_days=one.days,
            hs_code=hints[one.craft],
            **{
                name: LazyI18nString(dict(text)) if text else "" for name, text in one.words.items()
            },
            **one.sizes,
        )
        for _line, one in pairs
    )
    Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=f"P-{product.slug[-8:].upper()}",
            price_minor=one.price_minor,
            on_hand=one.pieces,
        )
        for product, (_line, one) in zip(products, pairs, strict=True)
    )
    Reference.objects.bulk_create(
        Reference(artisan=artisan, reference=one.reference, product=product)
        for product, (_line, one) in zip(products, pairs, strict=True)
    )
    for product, (line, _one) in zip(products, pairs, strict=True):
        line.product, line.status = product, LineStatus.MADE.value


def _change(line: ImportLine, piece: Piece, *, product: Product, by: str) -> None:
    """What the line says else of a piece that is there, all of it or nothing."""
    line.product = product
    if piece.supply != product.supply:
        _wrong(line, column="supply", fault=Fault.OTHER_SUPPLY, cell=piece.supply.value)
        return
    changes = _changes(piece, product=product, by=by)
    if not changes:
        line.status = LineStatus.SAME.value
        return
    try:
        with transaction.atomic():
            for change in changes:
                change()
    except Refused as refused:
        fault = _FAULTS.get(refused.code, Fault.UNEXPECTED)
        _wrong(line, column="pieces", fault=fault, cell=str(piece.pieces))
        return
    line.status = LineStatus.CHANGED.value


def _changes(piece: Piece, *, product: Product, by: str) -> list[Callable[[], None]]:
    """The verbs that make the piece what the line says; none where it is that already."""
    variant = min(product.variants.all(), key=lambda one: (one.position, one.pk))
    words, sizes = edit.words_of(product), {n: getattr(product, n) for n in edit.SIZES}
    told = _told(words, piece)
    measured = sizes | {n: value for n, value in piece.sizes.items() if n in piece.said}
    days = piece.days if "days" in piece.said else product.making_days
    counted = "pieces" in piece.said and piece.supply is not Supply.MADE_TO_ORDER
    verbs: list[tuple[bool, Callable[[], None]]] = [
        (
            piece.price_minor != variant.price_minor,
            lambda: edit.reprice(
                variant.pk, price_minor=piece.price_minor, seen_minor=variant.price_minor, by=by
            ),
        ),
        (
            counted and piece.pieces != variant.on_hand,
            lambda: edit.restock(variant.pk, on_hand=piece.pieces, seen=variant.on_hand, by=by),
        ),
        (
            told != words,
            lambda: edit.describe(product.pk, words=told, seen=words, by=by),
        ),
        (
            (measured, days) != (sizes, product.making_days),
            lambda: edit.measure(product.pk, sizes=measured, seen=sizes, making_days=days, by=by),
        ),
    ]
    return [verb for is_needed, verb in verbs if is_needed]


def _told(words: Mapping[str, Mapping[str, str]], piece: Piece) -> dict[str, dict[str, str]]:
    """What stands there, with what the line says of it: an empty cell takes nothing away."""
    return {name: {**text, **piece.words[name]} for name, text in words.items()}


def _said(text: Mapping[str, str]) -> LazyI18nString | str:
    return LazyI18nString(dict(text)) if text else ""


def _crafts() -> dict[str, int]:
    """Ids of the kinds that a piece may be, by every name that a sheet may call them."""
    found: dict[str, int] = {}
    for craft in Craft.objects.filter(kinds__isnull=True).order_by("-position", "-pk"):
        names = by_language(craft.name).values()
        found |= {fold(name): craft.pk for name in (craft.code, craft.slug, *names) if name}
    return found
