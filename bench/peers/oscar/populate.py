"""python populate.py products.csv: the same rows as every shop in the run, in bulk."""

import csv
import os
import sys
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from oscar.apps.catalogue.categories import create_from_breadcrumbs  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    Country = get_model("address", "Country")
    Country.objects.get_or_create(
        iso_3166_1_a2="MA", defaults={"printable_name": "Morocco", "is_shipping_country": True}
    )
    Product = get_model("catalogue", "Product")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Craft", defaults={"requires_shipping": True, "track_stock": True}
    )
    partners: dict[str, object] = {}
    categories: dict[str, object] = {}
    with open(sys.argv[1], newline="") as source:
        rows = list(csv.DictReader(source))
    products = Product.objects.bulk_create(
        [
            Product(
                structure="standalone",
                title=row["title"],
                slug=row["slug"],
                upc=row["sku"],
                description=row["description"],
                product_class=kind,
                is_public=True,
            )
            for row in rows
        ],
        batch_size=1000,
    )
    for row in rows:
        if row["seller"] not in partners:
            partners[row["seller"]], _ = get_model("partner", "Partner").objects.get_or_create(
                name=row["seller"][:120]
            )
        if row["craft"] not in categories:
            categories[row["craft"]] = create_from_breadcrumbs(row["craft"])
    get_model("partner", "StockRecord").objects.bulk_create(
        [
            get_model("partner", "StockRecord")(
                product=product,
                partner=partners[row["seller"]],
                partner_sku=row["sku"],
                price_currency="MAD",
                price=Decimal(row["price_minor"]) / 100,
                num_in_stock=int(row["stock"]),
            )
            for product, row in zip(products, rows, strict=True)
        ],
        batch_size=1000,
    )
    get_model("catalogue", "ProductCategory").objects.bulk_create(
        [
            get_model("catalogue", "ProductCategory")(
                product=product, category=categories[row["craft"]]
            )
            for product, row in zip(products, rows, strict=True)
        ],
        batch_size=1000,
    )
    call_command("rebuild_index", interactive=False, verbosity=0, batch_size=1000)
    print("populated")


main()
