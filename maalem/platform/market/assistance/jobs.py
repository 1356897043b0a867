"""What follows by itself: consents that run out, and the words at the end of one."""

from maalem.platform.ground import jobs


@jobs.task(queue="notices")
def speak(*, pk: int) -> None:
    """Make the words about what was done."""
    from maalem.platform.market.assistance.actions import tell

    tell.say(pk)


@jobs.every("* * * * *")
def close(timestamp: int) -> None:
    """A consent that has run out is ended, whether or not anybody looks."""
    from maalem.platform.market.assistance.actions.ask import close_what_is_over

    close_what_is_over()
