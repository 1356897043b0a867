"""When a failed delivery is tried again: soon at first, then ever more rarely, for three days."""

from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=3)
# An event that is old because we stood still is tried for some hours all the same.
TRIES_MIN = 9
_STEPS_S = (2, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800)


def next_try(*, attempts: int, event_at: datetime, now: datetime, spread: float) -> datetime | None:
    """The moment of the next try after `attempts` failed ones, or None when it is over.

    `spread` (0 to 1) moves it by up to a tenth, so that a returning server isn't run over.
    """
    step_s = _STEPS_S[min(attempts, len(_STEPS_S)) - 1]
    at = now + timedelta(seconds=step_s * (1 + spread / 10))
    over = at - event_at > GIVE_UP_AFTER and attempts >= TRIES_MIN
    return None if over else at
