"""What an agent does under a consent: the work and the row that says so are one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance import queries
from maalem.platform.market.assistance.models import Consent, Deed
from maalem.platform.market.assistance.states import ONCE, Act, ConsentStatus, Refused, Scope
from maalem.platform.market.catalog.models import Change, StatusChange

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Job:
    """What is to be done: `act` under `scope`, about `reference` (an order's or a review's
    number). Of pieces the catalogue's own rows say about what: then nothing changed is no deed.
    """

    scope: Scope
    act: Act
    reference: str = ""

    @property
    def is_of_pieces(self) -> bool:
        return self.scope is Scope.PIECES


@transaction.atomic
def work(
    pk: int,
    *,
    agent: Person,
    job: Job,
    do: Callable[[], Answer],
    went_well: Callable[[Answer], bool],
) -> Answer:
    """Do it and write it down, or neither. Raises `Refused` where the consent does not cover it.

    What did not go well leaves nothing behind. An agent's works take turns at the consent's row,
    so what her name stands under in the catalogue since is of this one.
    """
    consent = _locked(pk, agent=agent)
    if job.scope not in consent.scopes:
        raise Refused("not_agreed")
    change = Change.objects.aggregate(last=Max("pk"))["last"] or 0
    move = StatusChange.objects.aggregate(last=Max("pk"))["last"] or 0
    answer = do()
    if went_well(answer):
        _write_down(consent, job, change=change, move=move)
    else:
        transaction.set_rollback(True)
    return answer


def _locked(pk: int, *, agent: Person) -> Consent:
    """The database's clock decides, as in its own rule about deeds."""
    found = (
        Consent.objects.select_for_update(no_key=True)
        .filter(pk=pk, agent=agent, status=ConsentStatus.GIVEN, ends_at__gt=Now())
        .first()
    )
    if found is None or not queries.is_agent(agent):
        raise Refused("over")
    return found


def _write_down(consent: Consent, job: Job, *, change: int, move: int) -> None:
    """The deed, with what the catalogue says about it."""
    before = Deed.objects.filter(consent=consent, act=job.act, reference=job.reference)
    if job.act in ONCE and before.exists():
        return
    changes: list[tuple[int, int]] = []
    moves: list[tuple[int, int]] = []
    if job.is_of_pieces:
        hers = {"by": f"person:{consent.agent_id}", "product__artisan_id": consent.artisan_id}
        changed = Change.objects.filter(pk__gt=change, **hers).order_by("pk")
        moved = StatusChange.objects.filter(pk__gt=move, **hers).order_by("pk")
        changes = list(changed.values_list("pk", "product_id"))
        moves = list(moved.values_list("pk", "product_id"))
        if not changes and not moves:
            return
    about = {product for _pk, product in [*changes, *moves]}
    assert len(about) <= 1, "one form is about one piece"
    Deed.objects.create(
        consent=consent,
        act=job.act.value,
        product_id=next(iter(about), None),
        reference=job.reference,
        changes=[pk for pk, _product in changes],
        moves=[pk for pk, _product in moves],
    )
