"""Payments as a till shows them: a page of the list, and one payment's story."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.gateway.records import Charge, Charges, Review
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.words import group_of, spoken

from . import asking
from .access import Till
from .asking import Asked
from .states import CHOICES, Shown, shown

PAGE = 25
# A rare state is looked for this many pages deep before the person is asked whether to go on.
DEPTH = 6
EXPORT_MAX = 10_000


@dataclass(frozen=True)
class Row:
    """One payment in the list. `order` is our number to show, `piece` what a seller sold."""

    charge: Charge
    state: Shown
    payer: str
    order: str = ""
    piece: str = ""

    @property
    def net_minor(self) -> int | None:
        """What is left of it after fees; None while that is not booked."""
        return self.charge.movement.net_minor if self.charge.movement else None


@dataclass(frozen=True)
class Listing:
    """A page of payments. `is_silent` says that the institution did not answer."""

    rows: tuple[Row, ...] = ()
    next_after: str = ""
    is_silent: bool = False


def listing(till: Till, ask: Asked) -> Listing:
    """What the form above the list asks for; never raises for silence."""
    if not till.is_open:
        return Listing()
    try:
        found = _found(till, ask) if ask.text else _leafed(till, ask)
    except errors.Unavailable:
        return Listing(is_silent=True)
    return Listing(tuple(rows(till, found.charges)), next_after=found.next_after)


def every(till: Till, ask: Asked) -> Iterator[Row]:
    """All rows of the question, page after page, for a file. Raises Unavailable on the way."""
    if not till.is_open:
        return
    if ask.text:
        yield from rows(till, _found(till, ask).charges)
        return
    ask_page, after, told = _pages(till, ask), "", 0
    while told < EXPORT_MAX:
        page = ask_page(after, 100)
        fitting = [one for one in page.charges if _fits(one, ask)]
        yield from rows(till, fitting)
        told, after = told + len(fitting), page.next_after
        if not after:
            return


def rows(till: Till, charges: Iterable[Charge]) -> list[Row]:
    """Charges with what our own orders know of them."""
    charges = list(charges)
    numbers = {group_of(one.group) for one in charges} - {""}
    if till.artisan is None:
        known = set(OrderGroup.objects.filter(number__in=numbers).values_list("number", flat=True))
        names = dict(OrderGroup.objects.filter(number__in=numbers).values_list("number", "name"))
        return [
            Row(
                one,
                shown(one),
                payer=one.payer or names.get(group_of(one.group), ""),
                order=one.group if group_of(one.group) in known else "",
            )
            for one in charges
        ]
    behind = orders_of(till.artisan, numbers)
    return [_hers(one, order=behind.get(group_of(one.group))) for one in charges]


def orders_of(artisan: Artisan, numbers: Iterable[str]) -> dict[str, Order]:
    """A workshop's order in each group, by the group's number."""
    found = Order.objects.filter(artisan_id=artisan.pk, group__number__in=set(numbers) - {""})
    return {
        one.group.number: one for one in found.select_related("group").prefetch_related("lines")
    }


def first_name(name: str) -> str:
    """What a seller is told of a payer's name."""
    return name.split(" ", 1)[0]


def _hers(charge: Charge, *, order: Order | None) -> Row:
    payer = first_name(order.group.name if order else charge.payer)
    lines = list(order.lines.all()) if order else []
    piece = spoken(lines[0].title, language=get_language() or "fr") if lines else ""
    return Row(charge, shown(charge), payer=payer, order=order.number if order else "", piece=piece)


def _leafed(till: Till, ask: Asked) -> Charges:
    """A page of the list; where few fit, the pages behind it too, until there is something."""
    ask_page, after, found = _pages(till, ask), ask.after, []
    for _ in range(DEPTH):
        page = ask_page(after, PAGE)
        found += [one for one in page.charges if _fits(one, ask)]
        after = page.next_after
        if not after or len(found) >= PAGE:
            break
    return Charges(tuple(found), next_after=after)


def _pages(till: Till, ask: Asked) -> Callable[[str, int], Charges]:
    """One page of the question. The platform's can be searched; what is passed on can't be."""
    if till.is_platform:
        query = asking.everything(ask)
        return lambda after, limit: desk.search_charges(query=query, page=after, limit=limit)
    return lambda after, limit: desk.charges(
        till.account,
        after=after,
        limit=limit,
        since=ask.from_second,
        until=ask.to_second,
    )


def _found(till: Till, ask: Asked) -> Charges:
    """What the words may mean, all together and newest first."""
    found: dict[str, Charge] = {}
    numbers = asking.groups(ask.text, till=till)
    clauses = asking.alternatives(ask.text, till=till)
    if till.is_platform:
        clauses += [f'transfer_group:"{number}"' for number in numbers]
    else:
        for number in numbers:
            found |= _by_id(desk.charges(till.account, group=number))
    more = ""
    if clauses:
        query = " OR ".join(clauses)
        page = desk.search_charges(till.account, query=query, page=ask.after, limit=PAGE)
        found |= _by_id(page)
        more = page.next_after
    fitting = (one for one in found.values() if _fits(one, ask))
    return Charges(tuple(sorted(fitting, key=_age, reverse=True)), next_after=more)


def _fits(charge: Charge, ask: Asked) -> bool:
    if ask.state and shown(charge) not in CHOICES[ask.state]:
        return False
    second = int(charge.created_at.timestamp())
    return ask.from_second <= second and (not ask.to_second or second < ask.to_second)


def _by_id(page: Charges) -> dict[str, Charge]:
    return {one.id: one for one in page.charges}


def _age(charge: Charge) -> tuple[float, str]:
    # The ids of two kinds are told apart by their first letters only: what follows is the time.
    return charge.created_at.timestamp(), charge.id.partition("_")[2]


@dataclass(frozen=True)
class Seen:
    """A payment of the queue, with what is told of it."""

    review: Review
    row: Row


def queue(till: Till) -> list[Seen]:
    """The payments that a rule put aside, the oldest first. Raises Unavailable."""
    found = desk.reviews(till.account)
    return [reviewed(till, one) for one in reversed(found)]


def reviewed(till: Till, review: Review | str) -> Seen:
    """One of them. Raises Refused for what is another's, or Unavailable."""
    one = desk.review(review, account=till.account) if isinstance(review, str) else review
    story = desk.story(one.charge, account=till.account, told=False)
    (row,) = rows(till, [story.charge])
    return Seen(one, row)
