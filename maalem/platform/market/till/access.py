"""Whose money somebody may look at: her workshops', or as an officer the platform's and all."""

from dataclasses import dataclass

from maalem.platform.craft.artisans.models import Artisan, Membership
from maalem.platform.ground.people.models import Person

PLATFORM = "platform"
SEE_ALL, GIVE_BACK = "till.see_all_payments", "till.give_back_payments"


@dataclass(frozen=True)
class Till:
    """One account's till, opened by one person. `account` is empty for the platform's own.

    `is_officer` says that it is opened from outside; `may_give_back` that she may send money back
    to payers; `artisan` is None for the platform's.
    """

    slug: str
    account: str
    artisan: Artisan | None
    is_officer: bool
    may_give_back: bool

    @property
    def is_platform(self) -> bool:
        return self.artisan is None

    @property
    def is_open(self) -> bool:
        """Whether there is an account at the institution at all."""
        return self.is_platform or bool(self.account)


def is_officer(person: Person) -> bool:
    """Staff who hold the permission by name: being staff alone opens nothing."""
    return bool(person.is_active and person.is_staff and person.has_perm(SEE_ALL))


def tills(person: Person) -> list[Till]:
    """Those of her workshops, in the order in which she joined them; the platform's first."""
    rows = Membership.objects.filter(person_id=person.pk).select_related("artisan").order_by("pk")
    mine = [_of(row.artisan, person=person, officer=False) for row in rows]
    return [_platforms(person), *mine] if is_officer(person) else mine


def open_till(person: Person, slug: str) -> Till | None:
    """The till `slug`, if she may look into it; None says nothing about whether it exists."""
    officer = is_officer(person)
    if slug == PLATFORM:
        return _platforms(person) if officer else None
    member = Membership.objects.filter(person_id=person.pk, artisan__slug=slug)
    row = member.select_related("artisan").first()
    if row is not None:
        return _of(row.artisan, person=person, officer=False)
    artisan = Artisan.objects.filter(slug=slug).first() if officer else None
    return _of(artisan, person=person, officer=True) if artisan else None


def _platforms(person: Person) -> Till:
    may = bool(person.has_perm(GIVE_BACK))
    return Till(PLATFORM, account="", artisan=None, is_officer=True, may_give_back=may)


def _of(artisan: Artisan, *, person: Person, officer: bool) -> Till:
    return Till(
        artisan.slug,
        account=artisan.payments_account or "",
        artisan=artisan,
        is_officer=officer,
        may_give_back=bool(person.has_perm(GIVE_BACK)) if officer else True,
    )
