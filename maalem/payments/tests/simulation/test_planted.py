"""Something is broken on purpose, and the oracle must say so: a history that can't fail proves
nothing. Each fault is one that such a system might well have."""

from collections.abc import Callable
from typing import Any

import pytest

from maalem.kit.ids import new_id
from maalem.payments.api.call import Call
from maalem.payments.events.outcomes import Outcome
from maalem.payments.rails.ports import Declined, NeverSeen, Unknown
from maalem.payments.rails.simulator import SimulatedCards
from maalem.payments.tests.simulation.oracle import complaints
from maalem.payments.tests.simulation.unruly import Line
from maalem.payments.tests.simulation.world import Stage

TRIED = 40


def no_claim(patch: pytest.MonkeyPatch) -> None:
    """Idempotency keys are forgotten."""
    patch.setattr(Call, "claim", lambda self, use, *, status=None: None)


def no_answer_is_a_no(patch: pytest.MonkeyPatch) -> None:
    """A time-out is taken for a decline (P18)."""
    ask = Line.ask

    async def hasty(self: Line, what: str, asking: Any, *, unheard: Any) -> Any:
        if what.startswith("authorise") and isinstance(unheard, Unknown):
            unheard = Declined(unheard.reference, "processing_error")
        return await ask(self, what, asking, unheard=unheard)

    patch.setattr(Line, "ask", hasty)


def each_question_is_new(patch: pytest.MonkeyPatch) -> None:
    """The network is given another reference at each try of a refund."""
    refund = SimulatedCards.refund

    async def anew(self: Any, followup: Any, **more: Any) -> Any:
        again = type(followup)(new_id("re"), followup.original, followup.amount)
        return await refund(self, again, **more)

    patch.setattr(SimulatedCards, "refund", anew)


def open_after_a_look(patch: pytest.MonkeyPatch) -> None:
    """A reference that was looked up in vain may be honoured later."""

    async def look(self: Any, reference: str) -> Any:
        return await self._stands(reference) or NeverSeen(reference)

    patch.setattr(SimulatedCards, "_lookup", look)


def heard_whatever_was_answered(patch: pytest.MonkeyPatch) -> None:
    """A delivery counts as made once something was answered."""
    patch.setattr(Outcome, "good", property(lambda self: self.answered is not None))


@pytest.mark.parametrize(
    ("plant", "said", "first"),
    [
        (no_claim, "was done", 0),
        (no_answer_is_a_no, "the network took", 4),
        (each_question_is_new, "the network took", 4),
        (open_after_a_look, "the network took", 0),
        (heard_whatever_was_answered, "was never heard", 8),
    ],
)
def test_a_fault_that_was_planted_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, plant: Callable[..., None], said: str, first: int
):
    """Within some dozens of histories; `first` is where it was found once."""
    plant(monkeypatch)
    for seed in range(first, first + 4 * TRIED, 4):  # the long ones
        found, _ = complaints(stage, seed)
        if any(said in complaint for complaint in found):
            return
    pytest.fail(f"{TRIED} histories, and nobody has found it")
