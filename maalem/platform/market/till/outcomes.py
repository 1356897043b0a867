"""How tries to pay end, for whoever runs the platform: what worked, and why the rest did not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from maalem.platform.ground.gateway import desk
from maalem.platform.ground.gateway.records import Charge

from . import words
from .chart import first_day
from .words import Word

# A thousand tries: above that the newest speak for all.
PAGES_MAX, PAGE = 10, 100
REASONS_MAX = 6


@dataclass(frozen=True)
class Reason:
    """Why payers' banks said no, and how often; `share` of all refusals, 0 to 1."""

    word: Word
    count: int
    share: float

    @property
    def width(self) -> int:
        """Of a picture that is a hundred wide."""
        return max(1, round(self.share * 100))


@dataclass(frozen=True)
class Outcomes:
    """Tries of the last thirty days. `is_whole` is False where there were more than were read."""

    worked: int
    refused: int
    reasons: tuple[Reason, ...]
    is_whole: bool

    @property
    def tries(self) -> int:
        return self.worked + self.refused

    @property
    def share(self) -> float:
        return self.worked / self.tries if self.tries else 0

    @property
    def width(self) -> int:
        """Of a picture that is a hundred wide."""
        return round(self.share * 100)


def outcomes() -> Outcomes:
    """The platform's tries. Raises Unavailable."""
    since = int(timezone.make_aware(datetime.combine(first_day(), time())).timestamp())
    found: list[Charge] = []
    after = ""
    for _ in range(PAGES_MAX):
        page = desk.charges(after=after, limit=PAGE, since=since)
        found += page.charges
        after = page.next_after
        if not after:
            break
    return counted(found, is_whole=not after)


def counted(charges: Iterable[Charge], *, is_whole: bool = True) -> Outcomes:
    """The sums. Codes that are told alike count together."""
    charges = list(charges)
    refused = [one for one in charges if one.status == "failed"]
    why: Counter[str] = Counter()
    said: dict[str, Word] = {}
    for one in refused:
        word = words.DECLINES.get(one.decline, words.DECLINED)
        said[str(word)] = word
        why[str(word)] += 1
    worked = sum(1 for one in charges if one.status == "succeeded")
    reasons = tuple(
        Reason(said[text], count, share=count / len(refused))
        for text, count in why.most_common(REASONS_MAX)
    )
    return Outcomes(worked, len(refused), reasons, is_whole)
