"""What the till asks again by itself."""

from maalem.platform.ground import jobs


@jobs.every("* * * * *")
def ask_left(timestamp: int) -> None:
    """Ask again about refunds that were asked for at a till and got no answer."""
    from maalem.platform.market.till.actions import refunds

    refunds.ask_left()
