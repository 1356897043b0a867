"""Carts that nobody comes back to."""

from datetime import timedelta

from maalem.platform.ground import jobs

# A little longer than the cookie that finds a guest's cart again.
KEPT_FOR = timedelta(days=100)


@jobs.every("41 3 * * *")
def sweep_carts(timestamp: int) -> None:
    """Forget guests' carts, and the names and addresses typed for them."""
    from maalem.platform.market.cart.actions.lines import sweep

    sweep(untouched_for=KEPT_FOR)
