"""What follows a hub's word: the workshop hears of it."""

from maalem.platform.ground import jobs


@jobs.task(queue="notices")
def speak(*, pk: int) -> None:
    """Make the words about a verdict."""
    from maalem.platform.market.inspections.actions import tell

    tell.say(pk)
