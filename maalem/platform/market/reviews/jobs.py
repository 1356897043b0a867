"""What this room does by itself."""

from maalem.platform.ground import jobs


@jobs.every("37 9-18 * * *")
def ask_buyers(timestamp: int) -> None:
    """Ask buyers what they think, by day: a message at night is a nuisance."""
    from maalem.platform.market.reviews.actions import ask

    ask.ask_buyers()
