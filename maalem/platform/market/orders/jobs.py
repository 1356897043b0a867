"""What follows a sale, and what finishes the ones that were left in the middle.

Every task asks before it acts, so running twice, or after a crash, changes nothing. The actions
are imported where they run, because they put these tasks into their own transactions.
"""

from datetime import timedelta

from maalem.platform.ground import jobs

# How long a question may stay unanswered before it is asked again.
PATIENCE = timedelta(minutes=2)
# A parcel that nobody confirmed counts as delivered this long after it was dispatched.
CONFIRM_AFTER = timedelta(days=10)
CONFIRM_AFTER_ABROAD = timedelta(days=30)
# A day's payments are checked on two nights, so that one night without an answer is no gap.
CHECKED_AGAIN = timedelta(days=2)
BATCH = 200


@jobs.task(queue="notices")
def speak(*, about: str, number: str, cause: str = "") -> None:
    """Make the words about a sale."""
    from maalem.platform.market.orders.actions import tell

    tell.say(about, number=number, cause=cause)


@jobs.task(queue="money")
def ask_out() -> None:
    """Ask for every refund and release that was never asked."""
    from maalem.platform.market.orders.actions import finish

    finish.ask_new()


@jobs.every("* * * * *")
def end_overdue(timestamp: int) -> None:
    """Free the pieces of groups that nobody paid in time."""
    from maalem.platform.market.orders.actions import finish

    finish.end_overdue()


@jobs.every("* * * * *")
def ask_again(timestamp: int) -> None:
    """Ask about every payment page, refund and release whose outcome is not known."""
    from maalem.platform.market.orders.actions import finish

    finish.ask_again()


@jobs.every("* * * * *")
def note_full(timestamp: int) -> None:
    """Write down which workshops have no room for a piece made to order, for pages to say it."""
    from maalem.platform.market.orders.actions import limit

    limit.note_full()


@jobs.every("23 * * * *")
def confirm_overdue(timestamp: int) -> None:
    """Count parcels as delivered that were dispatched long ago and about which nobody spoke."""
    from maalem.platform.market.orders.actions import finish

    finish.confirm_overdue()


@jobs.every("47 4 * * *")
def check_paid(timestamp: int) -> None:
    """Hold the last days' payments against the institution's own."""
    from maalem.platform.market.orders.actions import finish

    finish.check_paid(since=CHECKED_AGAIN)
