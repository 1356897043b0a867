"""Events that were stored but not yet settled."""

from maalem.platform.ground import jobs

BATCH = 200


class NotYet(Exception):
    """The event is still waiting: the queue tries again after a pause."""


@jobs.task(queue="money")
def handle(*, event: str) -> None:
    """Handle one event that could not be settled when it came."""
    from maalem.platform.inbox.actions import handle as act
    from maalem.platform.inbox.states import EventStatus

    if act(event) == EventStatus.STORED:
        raise NotYet(event)


@jobs.every("*/5 * * * *")
def handle_left_over(timestamp: int) -> None:
    """Handle events whose job gave up before they were parked."""
    from maalem.platform.inbox.actions import handle as act
    from maalem.platform.inbox.models import Event
    from maalem.platform.inbox.states import EventStatus

    waiting = Event.objects.filter(status=EventStatus.STORED).order_by("received_at")
    for event_id in list(waiting.values_list("event_id", flat=True)[:BATCH]):
        act(event_id)
