"""Puts the demo into the platform: in bulk, once, and on from where a broken run stopped.

Every stage writes what is missing, by natural keys (an HCP code, a slug, a telephone), in
transactions of its own; what is there already is left as people have changed it since. Telephones
and slugs of the demo are invented, so a shop that has real ones is not touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol, TypeVar

from django.db import transaction
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.demo import pictures
from maalem.demo.make import SEED, make
from maalem.demo.rates import load_rates
from maalem.demo.records import Demo, DemoArtisan, DemoCraft, DemoPerson, DemoProduct, Text
from maalem.platform.craft.artisans.models import Artisan, Maker, Membership
from maalem.platform.ground import gateway
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Craft, Photo, Product, StatusChange, Variant
from maalem.platform.market.catalog.states import Status
from maalem.platform.market.invoices.models import Identity
from maalem.platform.market.invoices.states import Regime

BATCH = 200
# Requests to the payment institution at once: more would only wait for each other.
ACCOUNTS_AT_ONCE = 4
BY = "demo"

T = TypeVar("T")


class Progress(Protocol):
    """Told what is being done, how much of it is done and how much there is."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def load(
    *,
    progress: Progress = silent,
    artisans: int = 260,
    products: int = 1600,
    seed: int = SEED,
    drawn: int = 48,
) -> None:
    """Fill the platform with the demo. `drawn` pictures are made at once, the rest when seen.

    Raises gateway.GatewayError where accounts could not be opened; everything else is there then,
    and the next run opens those that are missing.
    """
    demo = make(seed=seed, artisans=artisans, products=products)
    load_crafts(demo, progress)
    load_people(demo, progress)
    load_workshops(demo, progress)
    load_products(demo, progress)
    load_rates(progress)
    pictures.draw_first(drawn, progress)
    open_accounts(demo, progress)


def said(text: Text, **more: str) -> LazyI18nString:
    """A text as the models keep it; languages without a word are left out."""
    return LazyI18nString({k: v for k, v in {**text._asdict(), **more}.items() if v})


@transaction.atomic
def load_crafts(demo: Demo, progress: Progress) -> None:
    """The taxonomy: families first, so that their crafts can stand under them."""
    there = dict(Craft.objects.values_list("code", "pk"))
    covers = pictures.covers(demo)
    for level in (
        [c for c in demo.crafts if not c.parent],
        [c for c in demo.crafts if c.parent],
    ):
        new = [c for c in level if c.code not in there]
        rows = [_craft(c, parent=there.get(c.parent), cover=covers[c.code]) for c in new]
        for row in Craft.objects.bulk_create(rows):
            there[row.code] = row.pk
    progress("crafts", len(demo.crafts), len(demo.crafts))


def _craft(craft: DemoCraft, *, parent: int | None, cover: str) -> Craft:
    return Craft(
        code=craft.code,
        slug=craft.slug,
        parent_id=parent,
        name=said(craft.name, zgh=craft.zgh),
        blurb=said(craft.blurb),
        position=craft.position,
        hs_hint=craft.hs_hint,
        cover=cover,
    )


@transaction.atomic
def load_people(demo: Demo, progress: Progress) -> None:
    """Everybody who can sign in. Their telephones count as proved: the codes go to the console."""
    there = set(Person.objects.values_list("phone", flat=True))
    new = [_person(p) for p in demo.persons if p.phone not in there]
    Person.objects.bulk_create(new, batch_size=1000)
    progress("people", len(demo.persons), len(demo.persons))


def _person(person: DemoPerson) -> Person:
    row = Person(
        phone=person.phone,
        phone_verified=True,
        email=person.email or None,
        name=person.name,
        language=person.language,
    )
    row.set_unusable_password()
    return row


@transaction.atomic
def load_workshops(demo: Demo, progress: Progress) -> None:
    """The workshops with their makers, and who acts for them."""
    there = set(Artisan.objects.values_list("slug", flat=True))
    signs = pictures.portraits(demo)
    new = {a.slug: a for a in demo.artisans if a.slug not in there}
    rows = Artisan.objects.bulk_create([_artisan(a, signs[a.slug]) for a in new.values()])
    Maker.objects.bulk_create(
        Maker(
            artisan=row,
            name=said(maker.name),
            story=said(maker.story),
            since_year=maker.since_year,
            position=position,
        )
        for row in rows
        for position, maker in enumerate(new[row.slug].makers)
    )
    # No invented numbers: every workshop of the demo says that it is exempt by its turnover.
    Identity.objects.bulk_create(Identity(artisan=row, regime=Regime.SMALL, by=BY) for row in rows)
    by_slug = {row.slug: row for row in rows}
    people = dict(Person.objects.values_list("phone", "pk"))
    Membership.objects.bulk_create(
        Membership(person_id=people[p.phone], artisan=by_slug[p.artisan], role=p.role)
        for p in demo.persons
        if p.artisan in by_slug
    )
    progress("workshops", len(demo.artisans), len(demo.artisans))


def _artisan(artisan: DemoArtisan, portrait: str) -> Artisan:
    return Artisan(
        kind=artisan.kind,
        slug=artisan.slug,
        name=said(artisan.name),
        trade=artisan.craft,
        commune_id=artisan.commune,
        workshop=said(artisan.workshop),
        story=said(artisan.story),
        since_year=artisan.since_year,
        portrait=portrait,
    )


def load_products(demo: Demo, progress: Progress) -> None:
    """The things for sale, a batch a transaction, and then the rows that search reads."""
    # By number, not by slug: a later version may have another title for the same number, and
    # what an installation has already is left as it is.
    there = {"-".join(sku.split("-")[:2]) for sku in Variant.objects.values_list("sku", flat=True)}
    new = [p for p in demo.products if p.sku not in there]
    shelf = _Shelf()
    done = len(demo.products) - len(new)
    progress("products", done, len(demo.products))
    for batch in _batches(new, BATCH):
        with transaction.atomic():
            shelf.put(batch)
        done += len(batch)
        progress("products", done, len(demo.products))
    if Product.objects.filter(status=Status.PUBLISHED.value, entry__isnull=True).exists():
        progress("search", 0, 1)
        reindex()
        progress("search", 1, 1)


class _Shelf:
    """Knows the keys that products refer to, and puts batches of them on the shelf."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.crafts = dict(Craft.objects.values_list("code", "pk"))
        self.artisans = dict(Artisan.objects.values_list("slug", "pk"))
        self.makers: dict[tuple[int, int], int] = {
            (artisan, position): pk
            for pk, artisan, position in Maker.objects.values_list("pk", "artisan_id", "position")
        }

    def put(self, batch: Sequence[DemoProduct]) -> None:
        """Products with all that belongs to them."""
        rows = Product.objects.bulk_create([self._product(p) for p in batch])
        both = list(zip(rows, batch, strict=True))
        Variant.objects.bulk_create(v for row, p in both for v in _variants(row, p))
        Photo.objects.bulk_create(f for row, p in both for f in _photos(row, p))
        StatusChange.objects.bulk_create(
            StatusChange(product=row, was=Status.DRAFT.value, now=Status.PUBLISHED.value, by=BY)
            for row in rows
        )

    def _product(self, p: DemoProduct) -> Product:
        artisan = self.artisans[p.artisan]
        return Product(
            slug=p.slug,
            artisan_id=artisan,
            maker_id=None if p.maker is None else self.makers.get((artisan, p.maker)),
            craft_id=self.crafts[p.craft],
            title=said(p.title),
            description=said(p.description),
            materials=said(p.materials),
            technique=said(p.technique),
            care=said(p.care),
            length_mm=p.length_mm,
            width_mm=p.width_mm,
            height_mm=p.height_mm,
            diameter_mm=p.diameter_mm,
            weight_g=p.weight_g,
            making_days=p.making_days,
            supply=p.supply,
            status=Status.PUBLISHED.value,
            hs_code=p.hs_code,
            price_from_minor=p.price_minor,
            published_at=self.now - timedelta(minutes=p.published_min_ago),
        )


def _variants(row: Product, p: DemoProduct) -> Iterator[Variant]:
    for position, v in enumerate(p.variants):
        yield Variant(
            product=row,
            sku=f"{p.sku}-{position + 1}" if len(p.variants) > 1 else p.sku,
            label=said(v.label),
            price_minor=v.price_minor,
            on_hand=v.on_hand,
            position=position,
        )


def _photos(row: Product, p: DemoProduct) -> Iterator[Photo]:
    for photo in p.photos:
        yield Photo(
            product=row,
            position=photo.view,
            path=pictures.path_of(photo),
            alt=said(photo.alt),
            width=pictures.SIDE,
            height=pictures.SIDE,
        )


def open_accounts(demo: Demo, progress: Progress) -> None:
    """An account at the payment institution for every workshop of the demo that has none.

    The key of each request is the workshop's own, so asking again opens nothing twice. What was
    opened is kept even where a later one fails; the first failure is raised at the end.
    """
    keys = {a.slug: a.account_key for a in demo.artisans}
    owed = list(Artisan.objects.filter(slug__in=keys, payments_account__isnull=True))
    total = len(keys)
    done = total - len(owed)
    progress("accounts", done, total)
    failures: list[gateway.GatewayError] = []

    def ask(row: Artisan) -> tuple[Artisan, str]:
        # Where one gets no answer, hundreds would each wait for theirs.
        if failures:
            return row, ""
        try:
            return row, _open(row, keys[row.slug])
        except gateway.GatewayError as error:
            failures.append(error)
            return row, ""

    with ThreadPoolExecutor(ACCOUNTS_AT_ONCE) as pool:
        for row, account in pool.map(ask, owed):
            if account:
                Artisan.objects.filter(pk=row.pk).update(payments_account=account)
                done += 1
                progress("accounts", done, total)
    if failures:
        raise failures[0]


def _open(artisan: Artisan, key: str) -> str:
    # In French whatever language the thread has: a key comes with the same words each time.
    name = artisan.name.localize("fr")
    return gateway.create_account(name=name, key=key, metadata={"artisan": artisan.slug}).id


def _batches(things: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
