"""What follows what was said: the other side hears of it."""

from maalem.platform.ground import jobs


@jobs.task(queue="notices")
def speak(*, entry: int, key: str) -> None:
    """Make the words about an entry."""
    from maalem.platform.market.conversations.actions import tell

    tell.say(entry, key=key)
