"""What a workshop sells: sizes, prices and words that belong together."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from zlib import crc32

from maalem.demo.records import (
    EMPTY,
    DemoArtisan,
    DemoPhoto,
    DemoProduct,
    DemoVariant,
    Text,
    join,
)
from maalem.demo.slugs import slugify, tag
from maalem.demo.sources import Craft, Look, Template, crafts, palette, places

WHOLE = Text("{t}", "{t}", "{t}")
DETAIL = Text("Détail : {t}", "تفصيل: {t}", "Detail: {t}")
ANGLE = Text("{t}, autre vue", "{t}، من زاوية أخرى", "{t}, another view")
SET_SIZES = (
    (Text("À l'unité", "قطعة واحدة", "Single"), 100),
    (Text("Par quatre", "أربع قطع", "Set of four"), 370),
    (Text("Par six", "ست قطع", "Set of six"), 540),
)
SHOE = Text("Pointure {n}", "مقاس {n}", "EU size {n}")
DRESS = Text("Taille {n}", "المقاس {n}", "Size {n}")
# A showcase changes: a few things are from this week, most from the year, and the cast's are the
# newest of all.
NEWEST_MIN, OLDEST_MIN = 180, 420 * 24 * 60


def things(*, seed: int, artisans: list[DemoArtisan], count: int) -> Iterator[DemoProduct]:
    """`count` products shared out among the workshops, each title as rare as its craft allows."""
    by_code = {craft.record.code: craft for craft in crafts()}
    seen: Counter[str] = Counter()
    number = 0
    for artisan, share in zip(artisans, _shares(seed, artisans, count), strict=True):
        dice = random.Random(f"{seed}:{artisan.slug}")
        own: set[tuple[str, ...]] = set()
        for _ in range(share):
            yield _thing(
                dice,
                artisan=artisan,
                craft=by_code[artisan.craft],
                number=number,
                seen=seen,
                own=own,
            )
            number += 1


def _shares(seed: int, artisans: list[DemoArtisan], count: int) -> list[int]:
    """How many things each workshop shows: groups show more, and the sum is exact."""
    dice = random.Random(f"{seed}:shares")
    wish = [dice.uniform(3, 9) * (1.6 if a.makers else 1) for a in artisans]
    scale, shares, owed = count / sum(wish), [], 0.0
    for w in wish:
        owed += w * scale
        shares.append(int(owed))
        owed -= shares[-1]
    shares[-1] += count - sum(shares)
    return shares


def _thing(
    dice: random.Random,
    *,
    artisan: DemoArtisan,
    craft: Craft,
    number: int,
    seen: Counter[str],
    own: set[tuple[str, ...]],
) -> DemoProduct:
    template, motif, tone, title, size = _choice(
        dice, artisan=artisan, craft=craft, seen=seen, own=own
    )
    supply = dice.choices(*template.supply)[0]
    price = _price(dice, template, size)
    ident = tag(number)
    slug = f"{slugify(title.fr)[:96].rstrip('-')}-{ident}"
    return DemoProduct(
        slug=slug,
        sku=f"D-{ident.upper()}",
        artisan=artisan.slug,
        maker=dice.randrange(len(artisan.makers)) if artisan.makers else None,
        craft=craft.record.code,
        template=template.key,
        title=title,
        description=join(template.text, motif.text, by="\n\n"),
        materials=tone.of(template),
        technique=template.technique,
        care=template.care,
        length_mm=_measure(template, "length", size),
        width_mm=_measure(template, "width", size),
        height_mm=_measure(template, "height", size),
        diameter_mm=_measure(template, "diameter", size),
        weight_g=round(_between(template.weight, size) * dice.uniform(0.94, 1.06)) or 1,
        making_days=max(1, round(_between(template.days, size) * dice.uniform(0.9, 1.15))),
        supply=supply,
        price_minor=100 * price,
        hs_code=template.hs,
        published_min_ago=NEWEST_MIN + int(OLDEST_MIN * dice.random() ** 1.5),
        variants=variants(dice, template=template, tone=tone, supply=supply, price=price),
        photos=photos(
            title,
            kind=template.picture,
            colours=palette(tone, template.picture),
            seed=crc32(slug.encode()),
            views=3 if price >= 2500 else 2,
        ),
    )


def _choice(
    dice: random.Random,
    *,
    artisan: DemoArtisan,
    craft: Craft,
    seen: Counter[str],
    own: set[tuple[str, ...]],
) -> tuple[Template, Look, Look, Text, float]:
    """What to make next: of a few ideas, the one least seen in the shop and new in the workshop."""
    place = places()[artisan.commune]
    able = [t for t in craft.templates if not t.regions or place.region in t.regions]
    able = [t for t in able if _here(t.tones, place.code) and _here(t.motifs, place.code)]
    best = None
    for _ in range(8):
        template = dice.choice(able)
        motif = dice.choice(_here(template.motifs, place.code))
        tone = dice.choice(_here(template.tones, place.code))
        title, size = _title(dice, template, motif=motif, tone=tone)
        again = (template.key, motif.key, tone.key) in own
        rank = (again, seen[title.fr])
        if best is None or rank < best[0]:
            best = (rank, template, motif, tone, title, size)
        if rank == (False, 0):
            break
    assert best is not None, f"nothing to make for {artisan.slug}"
    _, template, motif, tone, title, size = best
    own.add((template.key, motif.key, tone.key))
    seen[title.fr] += 1
    return template, motif, tone, title, size


def _here(looks: tuple[Look, ...], commune: str) -> list[Look]:
    return [look for look in looks if look.at(commune)]


def _title(
    dice: random.Random, template: Template, *, motif: Look, tone: Look
) -> tuple[Text, float]:
    """A title, and how large the thing is from 0 to 1: a bottle that says a litre holds one."""
    title = join(template.title, motif.title if template.says_motif else EMPTY)
    if template.extras:
        which = dice.randrange(len(template.extras))
        return _comma(title, template.extras[which]), which / (len(template.extras) - 1)
    size = dice.triangular(0, 1, 0.4)
    if template.says_tone and template.variants != "tones":
        return _comma(title, tone.title), size
    return title, size


def _comma(title: Text, more: Text) -> Text:
    return Text(f"{title.fr}, {more.fr}", f"{title.ar}، {more.ar}", f"{title.en}, {more.en}")


def _between(ends: tuple[int, int], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share


def _measure(template: Template, name: str, size: float) -> int | None:
    if name not in template.ranges:
        return None
    low, high, step = template.ranges[name]
    return min(high, low + round((high - low) * size / step) * step)


def _price(dice: random.Random, template: Template, size: float) -> int:
    """Whole dirhams within the template's range, rounded as a seller would."""
    low, high = template.price
    wanted = min(high, max(low, _between(template.price, size) * dice.uniform(0.9, 1.12)))
    step = 5 if wanted < 200 else 10 if wanted < 1000 else 50 if wanted < 5000 else 100
    return max(low, round(wanted / step) * step)


def photos(title: Text, *, kind: str, colours: str, seed: int, views: int) -> tuple[DemoPhoto, ...]:
    """The whole thing, a close-up and, for what is dear, another angle."""
    said = (WHOLE, DETAIL, ANGLE)[:views]
    return tuple(
        DemoPhoto(kind, colours, seed, view, alt.fill(t=title)) for view, alt in enumerate(said)
    )


def variants(
    dice: random.Random, *, template: Template, tone: Look, supply: str, price: int
) -> tuple[DemoVariant, ...]:
    """What can be put into a cart. One piece of a unique thing; none in stock of one to be made."""
    minor = 100 * price
    rows = list(_labels(dice, template=template, tone=tone, minor=minor))
    if supply == "unique":
        label, amount = (EMPTY, minor) if template.variants == "set" else dice.choice(rows)
        return (DemoVariant(label, amount, 1),)
    if supply == "made_to_order":
        return tuple(DemoVariant(label, amount, 0) for label, amount in rows)
    stock = [dice.randint(0, 9) for _ in rows]
    stock[dice.randrange(len(rows))] += 3
    return tuple(
        DemoVariant(label, amount, have) for (label, amount), have in zip(rows, stock, strict=True)
    )


def _labels(
    dice: random.Random, *, template: Template, tone: Look, minor: int
) -> Iterable[tuple[Text, int]]:
    kind = template.variants
    if kind == "set":
        return [(label, of_set(minor, percent)) for label, percent in SET_SIZES]
    if kind == "tones":
        others = [t for t in template.tones if t is not tone]
        chosen = [tone, *dice.sample(others, min(2, len(others)))]
        return [(_capital(t.title), minor) for t in chosen]
    if kind in ("shoes", "shoes_women"):
        start = dice.choice((36, 37) if kind == "shoes_women" else (36, 37, 40, 41))
        return [(SHOE.fill(n=n), minor) for n in range(start, start + 5)]
    if kind == "shoes_child":
        return [(SHOE.fill(n=n), minor) for n in range(22, 31, 2)]
    if kind == "clothes":
        return [(DRESS.fill(n=n), minor) for n in ("S", "M", "L", "XL")]
    return [(EMPTY, minor)]


def of_set(minor: int, percent: int) -> int:
    """The price of a set in centimes: whole dirhams, of fives where it is more than one piece."""
    return minor if percent == 100 else round(minor * percent / 50_000) * 500


def _capital(text: Text) -> Text:
    return Text(*(said[:1].upper() + said[1:] for said in text))
