"""Writes the rows that lists and search read."""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from i18nfield.strings import LazyI18nString

from maalem.platform.market.catalog.materials import made_of_what, mark
from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.catalog.states import Status
from maalem.platform.market.catalog.words import vector

_BATCH = 1_000

_WRITE = """
INSERT INTO catalog_entry AS e (product_id, craft_id, root_craft_id, region_code, supply,
                                price_minor, published_at, in_stock, document)
SELECT n.id, n.craft, n.root, n.region, p.supply, p.price_from_minor, p.published_at,
       p.supply = 'made_to_order' OR EXISTS (
           SELECT 1 FROM catalog_variant v WHERE v.product_id = n.id AND v.on_hand > 0),
       n.document::tsvector
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
       AS n(id, craft, root, region, document)
  JOIN catalog_product p ON p.id = n.id AND p.status = 'published'
    ON CONFLICT (product_id) DO UPDATE SET
       craft_id = excluded.craft_id, root_craft_id = excluded.root_craft_id,
       region_code = excluded.region_code, supply = excluded.supply,
       price_minor = excluded.price_minor, published_at = excluded.published_at,
       in_stock = excluded.in_stock, document = excluded.document
"""

_NEW_WORDS = """
INSERT INTO catalog_word (word, products)
SELECT DISTINCT l.lexeme, 1 FROM catalog_entry e, unnest(e.document) l
 WHERE e.product_id = ANY(%s) AND length(l.lexeme) <= 40
    ON CONFLICT DO NOTHING
"""


def reindex(product_ids: Iterable[int] | None = None) -> int:
    """Write the entries of these products, or of all that are published; return how many.

    Publishing and editing call it for one product, a loader once for thousands.
    """
    wanted = Product.objects.filter(status=Status.PUBLISHED.value)
    ids = None if product_ids is None else list(product_ids)
    if ids is not None:
        wanted = wanted.filter(pk__in=ids)
    crafts = {craft.pk: craft for craft in Craft.objects.all()}
    written = 0
    for batch in _batches(list(wanted.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic(), connection.cursor() as cursor:
            rows = [_row(product, crafts) for product in _load(batch)]
            cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
            written += cursor.rowcount
            if ids is not None:
                cursor.execute(_NEW_WORDS, [batch])
    if ids is None:
        count_words()
    return written


def count_words() -> None:
    """Count every word of every document anew: what misspelt queries are compared to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_word")
        cursor.execute(
            "INSERT INTO catalog_word (word, products)"
            " SELECT word, ndoc FROM ts_stat('SELECT document FROM catalog_entry')"
            " WHERE length(word) <= 40"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('entry_document')")
        cursor.execute("ANALYZE catalog_entry, catalog_word")


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _load(ids: list[int]) -> list[Product]:
    return list(
        Product.objects.filter(pk__in=ids)
        .select_related("artisan__commune__province__region", "maker")
        .prefetch_related("variants")
        .order_by("pk")
    )


def _row(product: Product, crafts: dict[int, Craft]) -> tuple[int, int, int, str, str]:
    craft = crafts[product.craft_id]
    root = crafts[craft.parent_id] if craft.parent_id else craft
    commune = product.artisan.commune
    province = commune.province
    makers = [product.maker.name] if product.maker else []
    # A family's and a region's name stand on too many pieces to say much of any one of them.
    document = vector(
        a=_texts(product.title),
        b=_texts(craft.name, product.artisan.name, *makers),
        c=[
            *_texts(product.materials, product.technique, commune.name, province.name),
            *_texts(*(variant.label for variant in product.variants.all())),
            _sizes(product),
        ],
        d=_texts(product.description, root.name, province.region.name),
    )
    made_of = " ".join(f"'{mark(code)}':1D" for code in made_of_what(_texts(product.materials)))
    return product.pk, craft.pk, root.pk, province.region_id, f"{document} {made_of}"


def _texts(*fields: LazyI18nString | str) -> list[str]:
    """Every language's text of every field."""
    found: list[str] = []
    for field in fields:
        data = getattr(field, "data", field)
        found += data.values() if isinstance(data, dict) else [data] if data else []
    return found


def _sizes(product: Product) -> str:
    """Its lengths as a buyer writes them: in whole centimetres."""
    every = (product.length_mm, product.width_mm, product.height_mm, product.diameter_mm)
    return " ".join(f"{size // 10} cm" for size in every if size)
