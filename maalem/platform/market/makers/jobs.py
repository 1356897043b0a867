"""What the book does by itself: follow what was released, and what was taken back."""

from maalem.platform.ground import jobs


@jobs.every("* * * * *")
def write_the_book(timestamp: int) -> None:
    """Share what was released and take back what was reversed, each once."""
    from maalem.platform.market.makers.actions import book

    book.catch_up()
