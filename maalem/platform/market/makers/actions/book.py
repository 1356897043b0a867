"""The verbs of the book: share what was released, and write down what was taken back of it.

The book follows the orders' own rows: a release that is done is shared, a reversal that is done is
taken back. Both are written once, however often they are asked.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from maalem.platform.craft.artisans.models import Kind, Maker
from maalem.platform.market.makers import decide
from maalem.platform.market.makers.models import Entry, Rule
from maalem.platform.market.orders.models import Order, Release, Reversal
from maalem.platform.market.orders.states import AskStatus

BATCH = 500


@transaction.atomic
def share(release_id: int) -> bool:
    """Divide a co-operative's release among its makers and its fund, once. False: nothing to do."""
    release = Release.objects.select_for_update().get(pk=release_id)
    order = Order.objects.select_related("group", "artisan").get(pk=release.order_id)
    shared = Entry.objects.filter(release=release).exists()
    if shared or release.status != AskStatus.DONE or order.artisan.kind != Kind.COOPERATIVE:
        return False
    makers = dict(Maker.objects.filter(artisan=order.artisan).values_list("pk", "is_active"))
    rules = list(Rule.objects.filter(artisan=order.artisan))
    terms = [decide.Rule(r.begins_on, r.maker_bps, r.fund_bps, r.equal_bps) for r in rules]
    place = decide.in_force(terms, on=timezone.localdate(order.group.placed_at))
    rule = None if place is None else rules[place]
    parts = decide.divide(
        release.amount_minor,
        sold=[_sold(line.snapshot, line.total_minor, makers) for line in order.lines.all()],
        active=[maker for maker, is_active in makers.items() if is_active],
        rule=None if place is None else terms[place],
        turn=release.pk,
    )
    _write(release, parts, artisan_id=order.artisan_id, rule=rule)
    return True


@transaction.atomic
def take_back(reversal_id: int) -> bool:
    """Write down who gives what of a reversal, once. False: nothing to do (yet)."""
    found = Reversal.objects.get(pk=reversal_id)
    release = Release.objects.select_for_update().get(pk=found.release_id)
    rows = Entry.objects.filter(release=release).order_by()
    taken = rows.filter(reversal=found).exists()
    if taken or found.status != AskStatus.DONE or not rows.exists():
        return False
    standing = {
        owner: int(stands)
        for owner, stands in rows.values_list("maker").annotate(Sum("amount_minor"))
    }
    parts = decide.back(found.amount_minor, standing=standing)
    given = {owner: -part for owner, part in parts.items()}
    first = rows.filter(reversal__isnull=True).select_related("rule")[0]
    _write(release, given, artisan_id=first.artisan_id, rule=first.rule, reversal=found)
    return True


def catch_up(*, at_most: int = BATCH) -> int:
    """Share every release and take back every reversal that is done and not in the book yet.

    Returns how many were written. Each is its own transaction: after a crash it goes on.
    """
    of_cooperatives = Release.objects.filter(
        status=AskStatus.DONE, order__artisan__kind=Kind.COOPERATIVE, entries__isnull=True
    )
    gone = Reversal.objects.filter(
        status=AskStatus.DONE, entries__isnull=True, release__entries__isnull=False
    )
    shared = sum(share(pk) for pk in _first(of_cooperatives, at_most))
    return shared + sum(take_back(pk) for pk in _first(gone, at_most))


def _first(rows: QuerySet[Any], at_most: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:at_most])


def _sold(
    snapshot: Mapping[str, object], total_minor: int, known: Mapping[int, bool]
) -> decide.Sold:
    # A sale from before makers were frozen by id counts as nobody's in particular.
    maker = snapshot.get("maker_id")
    return decide.Sold(maker if isinstance(maker, int) and maker in known else None, total_minor)


def _write(
    release: Release,
    parts: Mapping[decide.Owner, int],
    *,
    artisan_id: int,
    rule: Rule | None,
    reversal: Reversal | None = None,
) -> None:
    Entry.objects.bulk_create(
        Entry(
            artisan_id=artisan_id,
            release=release,
            reversal=reversal,
            maker_id=owner,
            rule=rule,
            amount_minor=part,
        )
        for owner, part in parts.items()
        # The fund's line stands even where it is nothing: it says that the release was shared.
        if part or (owner is decide.FUND and reversal is None)
    )
