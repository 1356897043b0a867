"""What follows a return: the words about it. Its money is asked by the orders' jobs."""

from maalem.platform.ground import jobs


@jobs.task(queue="notices")
def speak(*, about: str, number: str) -> None:
    """Make the words about a return."""
    from maalem.platform.market.returns.actions import tell

    tell.say(about, number=number)
