"""The work and the row that says so: both or neither, whoever ends the consent meanwhile."""

import threading

import pytest
from django.db import connections

from maalem.platform.market.assistance.actions import ask
from maalem.platform.market.assistance.actions.work import Job, work
from maalem.platform.market.assistance.models import Consent, Deed
from maalem.platform.market.assistance.states import Act, EndedBy, Refused, Scope
from maalem.platform.market.assistance.tests.village import agent, asked, given
from maalem.platform.market.catalog.actions import edit
from maalem.platform.market.catalog.models import Change, Variant

JOB = Job(Scope.PIECES, Act.PRICED)


def pricing(consent, variant, *, to: int = 90_000, then=lambda: None, well: bool = True):
    """He gives it another price, and goes on to `then` before it is written down."""

    def do() -> str:
        by = f"person:{consent.agent_id}"
        edit.reprice(variant.pk, price_minor=to, seen_minor=variant.price_minor, by=by)
        then()
        return "done"

    return work(consent.pk, agent=consent.agent, job=JOB, do=do, went_well=lambda _said: well)


def price_of(variant) -> int:
    return Variant.objects.get(pk=variant.pk).price_minor


def test_it_is_done_and_written_down(world):
    one = given(agent())
    assert pricing(one, world.carpet) == "done"
    deed = Deed.objects.get()
    assert (deed.product_id, deed.changes) == (
        world.carpet.product_id,
        [Change.objects.get().pk],
    )


def test_what_did_not_go_well_leaves_nothing_behind(world):
    one, before = given(agent()), price_of(world.carpet)
    assert pricing(one, world.carpet, well=False) == "done"
    with pytest.raises(ZeroDivisionError):
        pricing(one, world.carpet, then=lambda: 1 // 0)
    assert price_of(world.carpet) == before
    assert not Change.objects.exists()
    assert not Deed.objects.exists()


def test_nothing_is_done_that_she_did_not_agree_to(world):
    before = price_of(world.carpet)
    for one, code in ((asked(agent()), "over"), (None, "not_agreed")):
        consent = one or given(agent("B", "+212661000982"), scopes=("orders",))
        with pytest.raises(Refused, match=code):
            pricing(consent, world.carpet)
    assert price_of(world.carpet) == before


def test_what_he_did_for_another_is_not_of_this_deed(world):
    """His name stands under changes of other workshops too: they are no part of it."""
    one = given(agent())
    by = f"person:{one.agent_id}"
    tagine = world.tagine
    elsewhere = {"price_minor": 1_000, "seen_minor": tagine.price_minor, "by": by}
    pricing(one, world.carpet, then=lambda: edit.reprice(tagine.pk, **elsewhere))
    assert Change.objects.count() == 2
    assert len(Deed.objects.get().changes) == 1


def test_who_ends_it_in_the_middle_of_a_work_waits_for_its_deed(live):
    one = given(agent())
    ended: list[str] = []
    begun = threading.Event()

    def end() -> None:
        begun.set()
        try:
            ended.append(ask.end(one.pk, by=EndedBy.ARTISAN).status)
        finally:
            connections.close_all()

    her = threading.Thread(target=end)

    def press() -> None:
        her.start()
        begun.wait()
        her.join(timeout=1)
        assert not ended, "she waits until what he began is written down"

    pricing(one, live.carpet, then=press)
    her.join()
    assert ended == ["ended"]
    assert Deed.objects.filter(consent=one).count() == 1
    assert Consent.objects.get(pk=one.pk).status == "ended"
    with pytest.raises(Refused, match="over"):
        pricing(one, Variant.objects.get(pk=live.carpet.pk), to=95_000)
