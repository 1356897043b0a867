"""For tests of rooms: do the waiting jobs here and now, on this connection."""

import json
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app

_NEXT = """
SELECT id, task_name, args FROM procrastinate_jobs
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1
"""


def drain(*, most: int = 100) -> list[str]:
    """Run what is due, and what that makes due, in order; return the names of the tasks run.

    A task's exception comes straight to the test. Jobs planned for later stay.
    """
    done: list[str] = []
    while len(done) < most and (job := _next()):
        number, name, arguments = job
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
        app.tasks[name].func(**arguments)
        done.append(name.rpartition(".")[2])
    return done


def _next() -> tuple[int, str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    if row is None:
        return None
    return row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2]
