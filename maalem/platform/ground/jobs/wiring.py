"""Procrastinate under the platform's rules."""

from collections.abc import Callable
from typing import Any

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

TRIES = 8
FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 5, 3600, 4


class Backoff(BaseRetryStrategy):
    """Pauses of 5 s, 20 s, 80 s, … up to an hour; None, which parks the job, after `tries`."""

    def __init__(self, *, tries: int = TRIES, first_pause_s: int = FIRST_PAUSE_S) -> None:
        self.tries = tries
        self.first_pause_s = first_pause_s

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        # Attempts are counted before this one: 0 while the first run is failing.
        if job.attempts + 1 >= self.tries:
            return None
        pause_s = min(LONGEST_PAUSE_S, self.first_pause_s * GROWTH**job.attempts)
        return RetryDecision(retry_in={"seconds": pause_s})


def task(
    *,
    queue: str = "default",
    tries: int = TRIES,
    first_pause_s: int = FIRST_PAUSE_S,
    **options: Any,
) -> Callable[[Callable[..., Any]], Any]:
    """Make a function a task, tried `tries` times at most; `options` are Procrastinate's own."""
    retry = Backoff(tries=tries, first_pause_s=first_pause_s) if tries > 1 else False
    return app.task(queue=queue, retry=retry, **options)


def every(cron: str, *, queue: str = "periodic", **options: Any) -> Callable[[Any], Any]:
    """Make a function of `timestamp` run on the five-field `cron`, once however many workers.

    It is tried once: the next turn comes anyway.
    """

    def register(function: Callable[..., Any]) -> Any:
        made = app.task(queue=queue, queueing_lock=function.__qualname__, **options)(function)
        return app.periodic(cron=cron)(made)

    return register
