"""The people of the demo: who they are, where they work and what they say of it."""

import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from maalem.demo.records import EMPTY, DemoArtisan, DemoMaker, Text, join
from maalem.demo.slugs import slugify
from maalem.demo.sources import Craft, Place, crafts, places, read, texts

# Every invented telephone is +212 661 000 xxx and on: valid to read, and nobody's.
FIRST_PHONE = 212_661_000_200
T = TypeVar("T")


@cache
def names() -> dict[str, tuple[Text, ...]]:
    """Given names and surnames; the Latin spelling serves French and English."""
    raw = read("names.toml")
    return {k: tuple(Text(n[0], n[1], n[0]) for n in raw[k]) for k in raw}


@cache
def stories() -> dict[str, Any]:
    """The sentences of stories, by what they are and who says them."""
    raw = read("stories.toml")
    return {
        "opening": {(o["kind"], o["gender"]): texts(o["texts"]) for o in raw["opening"]},
        "ending": {e["kind"]: texts(e["texts"]) for e in raw["ending"]},
        "where": {k: texts(v) for k, v in raw["where"].items()},
        "maker": texts(raw["maker"]["texts"]),
        "speaks": {g: Text(*raw["maker"][f"speaks_{g}"]) for g in "fm"},
        "cooperatives": tuple(Text(n[0], n[1], n[0]) for n in raw["cooperative"][0]["names"]),
    }


def workshops(*, seed: int, count: int, taken: set[str]) -> list[DemoArtisan]:
    """`count` invented artisans, spread over crafts by weight; slugs in `taken` are left free."""
    dice = random.Random(f"{seed}:workshops")
    taken, coop_names = set(taken), Counter[str]()
    return [
        _workshop(dice, craft=craft, place=place, number=number, taken=taken, used=coop_names)
        for number, (craft, place) in enumerate(_posts(dice, count))
    ]


def _posts(dice: random.Random, count: int) -> list[tuple[Craft, Place]]:
    """Who works what and where: crafts by their weight, and in each its places by theirs."""
    known, posts = places(), []
    for craft, many in _apportion(count, [(c, c.weight) for c in crafts()]):
        where = list(zip(*craft.places, strict=True))
        for code, some in _apportion(many, where):
            posts += [(craft, known[code])] * some
    dice.shuffle(posts)
    return posts


def _apportion(count: int, weighted: Sequence[tuple[T, int]]) -> list[tuple[T, int]]:
    """`count` in parts by weight that add up to it (largest remainders)."""
    total = sum(weight for _, weight in weighted)
    parts = [count * weight // total for _, weight in weighted]
    rest = sorted(range(len(parts)), key=lambda i: -(count * weighted[i][1] % total))
    for i in rest[: count - sum(parts)]:
        parts[i] += 1
    return [(thing, part) for (thing, _), part in zip(weighted, parts, strict=True)]


def _workshop(
    dice: random.Random,
    *,
    craft: Craft,
    place: Place,
    number: int,
    taken: set[str],
    used: Counter[str],
) -> DemoArtisan:
    gender = "f" if dice.randrange(100) < craft.women else "m"
    contact = _person(dice, gender)
    kind = "cooperative" if dice.randrange(100) < craft.coops else "artisan"
    since = dice.randint(2003, 2022) if kind == "cooperative" else dice.randint(1978, 2021)
    if kind == "artisan":
        kind = _standing(dice, since)
    name, slug = _name(dice, kind=kind, contact=contact, place=place, taken=taken, used=used)
    taken.add(slug)
    return DemoArtisan(
        slug=slug,
        kind=kind,
        name=name,
        gender=gender,
        craft=craft.record.code,
        commune=place.code,
        workshop=_where(dice, craft, place),
        story=_story(dice, kind=kind, gender=gender, craft=craft, place=place, since=since),
        since_year=since,
        contact=contact.fr,
        phone=f"+{FIRST_PHONE + number}",
        account_key=f"demo-account-{slug}",
        makers=_makers(dice, gender, since) if kind == "cooperative" else (),
    )


def _standing(dice: random.Random, since: int) -> str:
    """A master after ten years, sometimes; an enterprise now and then."""
    if dice.random() < 0.1:
        return "enterprise"
    return "maalem" if since <= 2012 and dice.random() < 0.55 else "artisan"


def _person(dice: random.Random, gender: str) -> Text:
    given = dice.choice(names()["women" if gender == "f" else "men"])
    return join(given, dice.choice(names()["surnames"]))


def _name(
    dice: random.Random,
    *,
    kind: str,
    contact: Text,
    place: Place,
    taken: set[str],
    used: Counter[str],
) -> tuple[Text, str]:
    """A name and its address; a name met before takes the place, then a number, into it."""
    if kind == "cooperative":
        options = stories()["cooperatives"]
        least = min(used[o.fr] for o in options)
        word = dice.choice([o for o in options if used[o.fr] == least])
        used[word.fr] += 1
        name = Text("Coopérative {w}", "تعاونية {w}", "{w} co-operative").fill(w=word)
    elif kind == "enterprise":
        name = Text("Dar {w}", "دار {w}", "Dar {w}").fill(w=dice.choice(names()["surnames"]))
    else:
        name = contact
    slug = slugify(name.fr)
    if slug in taken:
        slug = slugify(f"{name.fr} {place.name.fr}")
    base, number = slug, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return name, slug


def _where(dice: random.Random, craft: Craft, place: Place) -> Text:
    where = stories()["where"]
    if craft.record.code == "pottery" and place.town:
        return dice.choice(where["potters"] if place.name.fr == "Safi" else where["potters"][-1:])
    if craft.record.code == "brass" and place.name.fr == "Fès":
        return dice.choice(where["seffarine"])
    return dice.choice(where["town" if place.town else "village"])


def _story(
    dice: random.Random, *, kind: str, gender: str, craft: Craft, place: Place, since: int
) -> Text:
    told = stories()
    alone = kind in ("artisan", "maalem")
    group = {"cooperative": ("cooperative", gender), "enterprise": ("enterprise", "")}
    opening = dice.choice(told["opening"][("person", gender) if alone else group[kind]])
    count = dice.randint(14, 46) if kind == "cooperative" else dice.randint(4, 9)
    opening = opening.fill(
        place=place.name, de_place=_of(place.name.fr), year=since, work=craft.work, count=count
    )
    voices = dice.sample(craft.voices, 2 if alone and dice.random() < 0.3 else 1)
    if not alone:
        voices = [_quoted(voices[0], told["speaks"][gender], _given(dice, gender))]
    ending = dice.choice(told["ending"]["person" if alone else "group"])
    return join(opening, *voices, ending if dice.random() < 0.7 else EMPTY)


def _of(place: str) -> str:
    """French "of a town": de Safi, d'Azrou."""
    return f"d'{place}" if place[0] in "AEIOUYÉÈ" else f"de {place}"


def _given(dice: random.Random, gender: str) -> Text:
    return dice.choice(names()["women" if gender == "f" else "men"])


def _quoted(voice: Text, speaks: Text, name: Text) -> Text:
    said = speaks.fill(name=name)
    fr, ar, en = (v.rstrip(".") for v in voice)
    return Text(f"« {fr} », {said.fr}.", f"«{ar}»، {said.ar}.", f"“{en},” {said.en}.")


def _makers(dice: random.Random, gender: str, since: int) -> tuple[DemoMaker, ...]:
    lines = dice.sample(stories()["maker"], 4)
    made = []
    for line in lines[: dice.randint(3, 4)]:
        year = dice.randint(since, 2024)
        made.append(DemoMaker(_person(dice, gender), line.fill(year=year), year))
    return tuple(made)
