"""`python -m bench.fill --products N`: our side of a run's catalogue, by the demo's own loader.

Runs in a process of its own with an installation's environment; its payment service is up.
"""

import argparse
import os

from bench import catalogue

PLENTY = 1_000_000


def main() -> None:
    """Load, then give every piece that is kept in stock more than a run can sell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, required=True)
    products = parser.parse_args().products
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django

    django.setup()
    from maalem.demo import load
    from maalem.platform.market.catalog.models import Variant

    load.load(
        artisans=catalogue.ARTISANS,
        products=products,
        seed=catalogue.SEED,
        drawn=0,
    )
    Variant.objects.filter(product__supply="stock").update(on_hand=PLENTY)


if __name__ == "__main__":
    main()
