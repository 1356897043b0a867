"""Whose money somebody may look at: her workshops', or as an officer the platform's and all."""

from dataclasses import dataclass

from maalem.platform.craft.artisans.models import Artisan, Membership, Role
from maalem.platform.ground.people.models import Person

PLATFORM = "platform"
SEE_ALL, GIVE_BACK = "till.see_all_payments", "till.give_back_payments"
ANSWER, PROGRAMS, JUDGE = "till.answer_disputes", "till.run_programs", "till.judge_reviews"
WATCH, RULES = "till.watch_bank", "till.write_rules"
PAY_OUT = "till.pay_out"


@dataclass(frozen=True)
class Till:
    """One account's till, opened by one person. `account` is empty for the platform's own.

    `is_officer` says that it is opened from outside; `artisan` is None for the platform's. What
    moves money or lets others in asks for a right of its own: to send money back to payers, to
    answer disputes, to look after keys and endpoints (`may_run_programs`), to judge payments that a
    rule put aside, to write those rules (`may_write_rules`), to see the institution's own bank
    account and proofs (`may_watch_bank`), to say where the money goes (`may_change_bank`: a
    workshop's owner alone), to send it there (`may_pay_out`).
    """

    slug: str
    account: str
    artisan: Artisan | None
    is_officer: bool
    may_give_back: bool
    may_answer: bool = False
    may_run_programs: bool = False
    may_judge: bool = False
    may_watch_bank: bool = False
    may_change_bank: bool = False
    may_write_rules: bool = False
    may_pay_out: bool = False

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
    mine = [_hers(row) for row in rows]
    return [_platforms(person), *mine] if is_officer(person) else mine


def open_till(person: Person, slug: str) -> Till | None:
    """The till `slug`, if she may look into it; None says nothing about whether it exists."""
    officer = is_officer(person)
    if slug == PLATFORM:
        return _platforms(person) if officer else None
    member = Membership.objects.filter(person_id=person.pk, artisan__slug=slug)
    row = member.select_related("artisan").first()
    if row is not None:
        return _hers(row)
    artisan = Artisan.objects.filter(slug=slug).first() if officer else None
    return _from_outside(artisan, person=person) if artisan else None


def _platforms(person: Person) -> Till:
    return Till(
        PLATFORM,
        account="",
        artisan=None,
        is_officer=True,
        may_give_back=person.has_perm(GIVE_BACK),
        may_answer=person.has_perm(ANSWER),
        may_run_programs=person.has_perm(PROGRAMS),
        may_judge=person.has_perm(JUDGE),
        may_watch_bank=person.has_perm(WATCH),
        may_write_rules=person.has_perm(RULES),
        may_pay_out=person.has_perm(PAY_OUT),
    )


def _hers(member: Membership) -> Till:
    owner = member.role == Role.OWNER
    return Till(
        member.artisan.slug,
        account=member.artisan.payments_account or "",
        artisan=member.artisan,
        is_officer=False,
        may_give_back=True,
        may_answer=True,
        may_run_programs=owner,
        may_change_bank=owner,
        may_pay_out=owner,
    )


def _from_outside(artisan: Artisan, *, person: Person) -> Till:
    return Till(
        artisan.slug,
        account=artisan.payments_account or "",
        artisan=artisan,
        is_officer=True,
        may_give_back=person.has_perm(GIVE_BACK),
        may_answer=person.has_perm(ANSWER),
    )
