"""Work that follows a rule: rows in PostgreSQL, written in the rule's own transaction.

    @jobs.task(queue="notices")
    def deliver(*, message: int) -> None: ...

    deliver.defer(message=7)        # inside the transaction; rolled back with it

A room keeps its tasks in its `jobs.py`, where the worker finds them. A task is tried again with
growing pauses, then parked (status `failed`) for a person to look at; see `queries.parked`. It may
run twice after a crash, so a task asks before it acts.
"""

from .wiring import every, task

__all__ = ["every", "task"]
