"""What the book says, for the head of a co-operative and for each maker. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan, Kind, Maker
from maalem.platform.ground.people.models import Person
from maalem.platform.market.makers import decide
from maalem.platform.market.makers.models import Entry, Handed, Rule
from maalem.platform.market.makers.states import COUNTS
from maalem.platform.market.orders.models import OrderLine
from maalem.platform.market.orders.states import OrderStatus

PAGE = 30
MONTHS = 24
# Paid and not called off: what counts as sold.
_SOLD = (OrderStatus.TO_PREPARE, OrderStatus.DISPATCHED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class Standing:
    """What one maker has earned, and been given by hand, in centimes."""

    maker: Maker
    earned_minor: int = 0
    month_minor: int = 0
    given_minor: int = 0

    @property
    def left_minor(self) -> int:
        """What she is still to be given; below nothing where she was given in advance."""
        return self.earned_minor - self.given_minor


@dataclass(frozen=True)
class Book:
    """Every maker of a co-operative, and what is the common fund's."""

    rows: list[Standing]
    fund_minor: int = 0
    fund_month_minor: int = 0


@dataclass(frozen=True)
class Month:
    """What was earned in a month, in centimes."""

    first: date
    amount_minor: int


@dataclass(frozen=True)
class Line:
    """One entry of a maker's: her own pieces in that sale, or a share of what others made."""

    entry: Entry
    pieces: list[OrderLine] = field(default_factory=list)


def book(artisan: Artisan) -> Book:
    """How everybody stands, in three statements."""
    first = timezone.localdate().replace(day=1)
    sums = {
        owner: (int(earned), int(month or 0))
        for owner, earned, month in Entry.objects.filter(artisan=artisan)
        .order_by()
        .values_list("maker")
        .annotate(
            earned=Sum("amount_minor"), month=Sum("amount_minor", filter=Q(at__date__gte=first))
        )
    }
    given = dict(
        Handed.objects.filter(maker__artisan=artisan, status__in=COUNTS)
        .order_by()
        .values_list("maker")
        .annotate(Sum("amount_minor"))
    )
    rows = [
        Standing(one, *sums.get(one.pk, (0, 0)), given_minor=int(given.get(one.pk, 0)))
        for one in Maker.objects.filter(artisan=artisan).order_by("-is_active", "position", "pk")
    ]
    return Book(rows, *sums.get(None, (0, 0)))


def standing(maker: Maker) -> Standing:
    """How one maker stands."""
    first = timezone.localdate().replace(day=1)
    sums = Entry.objects.filter(artisan_id=maker.artisan_id, maker=maker).aggregate(
        earned=Sum("amount_minor"), month=Sum("amount_minor", filter=Q(at__date__gte=first))
    )
    given = handed_to(maker).filter(status__in=COUNTS).aggregate(all=Sum("amount_minor"))["all"]
    return Standing(maker, sums["earned"] or 0, sums["month"] or 0, given or 0)


def months(maker: Maker) -> list[Month]:
    """What a maker earned month by month, the latest first."""
    rows = _by_month(Entry.objects.filter(artisan_id=maker.artisan_id, maker=maker))
    found = rows.values_list("month", "all_minor").order_by("-month")[:MONTHS]
    return [Month(timezone.localdate(first), int(amount)) for first, amount in found]


def every_month(artisan: Artisan) -> list[tuple[date, int | None, int]]:
    """(month, maker's id or None for the fund, centimes) of all the book, the earliest first."""
    rows = _by_month(Entry.objects.filter(artisan=artisan), "maker")
    found = rows.values_list("month", "maker", "all_minor").order_by("month", "maker")
    return [(timezone.localdate(first), owner, int(amount)) for first, owner, amount in found]


def lines(maker: Maker, *, before: int = 0) -> tuple[list[Line], int]:
    """A page of a maker's entries, the newest first, and the number to go on before, or 0."""
    sold = OrderLine.objects.filter(snapshot__maker_id=maker.pk).order_by("pk")
    found = (
        Entry.objects.filter(artisan_id=maker.artisan_id, maker=maker)
        .select_related("release__order")
        .prefetch_related(Prefetch("release__order__lines", sold, to_attr="hers"))
        .order_by("-pk")
    )
    page = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    shown = [Line(one, one.release.order.hers) for one in page[:PAGE]]  # type: ignore[attr-defined]
    return shown, page[PAGE - 1].pk if len(page) > PAGE else 0


def sold_and_waiting(maker: Maker) -> list[OrderLine]:
    """What she made that was bought and of which nothing is shared yet, the newest first."""
    shared = Entry.objects.filter(release__order=OuterRef("order"))
    return list(
        OrderLine.objects.filter(
            ~Exists(shared),
            order__artisan_id=maker.artisan_id,
            order__status__in=_SOLD,
            snapshot__maker_id=maker.pk,
        )
        .select_related("order")
        .order_by("-pk")[:PAGE]
    )


def handed_to(maker: Maker) -> QuerySet[Handed]:
    """All that was said to be given to her by hand, the newest first."""
    return Handed.objects.filter(maker=maker)


def rules(artisan: Artisan) -> list[Rule]:
    """Every rule of a co-operative in the order of publication."""
    return list(Rule.objects.filter(artisan=artisan).select_related("by"))


def in_force(published: list[Rule], *, on: date) -> Rule | None:
    """The one of `published` that divides a sale of that day."""
    terms = [decide.Rule(r.begins_on, r.maker_bps, r.fund_bps, r.equal_bps) for r in published]
    place = decide.in_force(terms, on=on)
    return None if place is None else published[place]


def makers_of(person: Person) -> list[Maker]:
    """Whom of the makers this person is: by her telephone, once a code has proved it."""
    if not person.phone or not person.phone_verified:
        return []
    return list(Maker.objects.filter(phone=person.phone).select_related("artisan").order_by("pk"))


def makers_there(artisan: Artisan, *, also: int | None = None) -> QuerySet[Maker]:
    """Whose hands a new piece of a co-operative may be: its active makers, and `also`."""
    if artisan.kind != Kind.COOPERATIVE:
        return Maker.objects.none()
    found = Maker.objects.filter(artisan=artisan)
    return found.filter(Q(is_active=True) | Q(pk=also)) if also else found.filter(is_active=True)


def _by_month(rows: QuerySet[Entry], *more: str) -> QuerySet[Entry]:
    grouped = rows.order_by().annotate(month=TruncMonth("at")).values("month", *more)
    return grouped.annotate(all_minor=Sum("amount_minor"))
