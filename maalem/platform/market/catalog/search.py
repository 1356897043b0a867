"""Search and shelves in PostgreSQL, with a bound on the rows that any page may read.

A query first asks the index for `_CANDIDATES` matches. If there are fewer, all of them are known:
they are ranked by where the words stand (title, craft, materials, story), by whether the words
name their craft, and by age, and counted exactly. If there are more, the query is a broad one
("tapis"), nearly everything matches in its title, and what tells pieces apart is their age: the
newest are read in order and ranked among themselves. Either way the cost is bounded, whatever the
size of the catalogue. How good the answers are is measured: tests/judging.py.
"""

from dataclasses import dataclass, field, replace

from maalem.kit.text import stem
from maalem.platform.market.catalog.kept import Shelf, kept, may_keep
from maalem.platform.market.catalog.materials import MATERIALS, mark
from maalem.platform.market.catalog.mending import mend
from maalem.platform.market.catalog.named import named
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.catalog.words import all_of, any_of, asked, for_ranking, lexeme
from maalem.platform.rows import row, rows

PAGE_SIZE = 24
LAST_PAGE = 50
COUNT_CAP = 1_000
_CANDIDATES = 2_000
_NEWEST = 4 * PAGE_SIZE
# Words expected in so many documents need no first look: the query is a broad one.
_BROAD_FROM = 4_000
_FEW = 4
# The weights of ts_rank: story, materials and place, craft and maker, title.
_WEIGHTS = "{0.08, 0.3, 0.6, 1.0}"

# Price bands in centimes: from, below.
BANDS: dict[str, tuple[int, int | None]] = {
    "0-200": (0, 20_000),
    "200-500": (20_000, 50_000),
    "500-1500": (50_000, 150_000),
    "1500-5000": (150_000, 500_000),
    "5000-": (500_000, None),
}
SORTS = ("relevance", "newest", "price", "price-down")
SUPPLIES = {"ready": (Supply.STOCK.value, Supply.UNIQUE.value), "order": ("made_to_order",)}
_ORDERS = {
    "newest": "e.published_at DESC, e.product_id DESC",
    "price": "e.price_minor, e.product_id",
    "price-down": "e.price_minor DESC, e.product_id DESC",
}


@dataclass(frozen=True)
class Wish:
    """What a page asks for. `crafts` are ids: of a root craft, or of its branches."""

    words: tuple[str, ...] = ()
    root: int | None = None
    craft: int | None = None
    region: str = ""
    # One of materials.py.
    material: str = ""
    artisan: int | None = None
    band: str = ""
    supply: str = ""
    sort: str = "newest"
    page: int = 1
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True)
class Found:
    """(product id, version) pairs of one page; `total` stops at `COUNT_CAP`."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    total: int = 0
    more: bool = False
    # The words really looked for, where the ones that were typed found too little.
    instead: tuple[str, ...] = ()
    # Where few pieces hold every word: how many they are, and the word whose others follow them.
    exact: int = 0
    near: str = ""

    @property
    def capped(self) -> bool:
        return self.total >= COUNT_CAP


# What a search found, for a while: popular words are asked for again and again.
_FOUND: Shelf[Found] = Shelf(most=4_000, seconds=60)
# Queries known to be broad, by words and conditions: they need no first look.
_BROAD_ONES: Shelf[bool] = Shelf(most=4_000, seconds=600)


def find(wish: Wish) -> Found:
    """The page of products that `wish` asks for."""
    if not wish.words and not wish.material:
        return _shelf(wish)
    if not may_keep():
        return _search(wish)
    found = _FOUND.look(wish)
    return _as_of_now(found) if found is not None else _FOUND.put(wish, _search(wish))


def _as_of_now(found: Found) -> Found:
    """The remembered rows in their present version, without what has left the shelf since."""
    versions = dict(
        rows(
            "SELECT e.product_id, p.version FROM catalog_entry e"
            " JOIN catalog_product p ON p.id = e.product_id"
            " WHERE e.product_id = ANY(%s) AND e.in_stock",
            [[one for one, _ in found.rows]],
        )
    )
    return replace(found, rows=[(one, versions[one]) for one, _ in found.rows if one in versions])


@dataclass(frozen=True)
class _Way:
    """How a query is answered: words, a tsquery of them, and one whose pieces come first."""

    words: tuple[str, ...]
    query: str
    first: str = ""
    instead: bool = False


def _go(wish: Wish, way: _Way) -> Found:
    found = _ranked(replace(wish, words=way.words), query=way.query, first=way.first)
    return replace(found, instead=way.words) if way.instead and found.total else found


def _search(wish: Wish) -> Found:
    if not wish.words:
        return _ranked(wish, query="", first="")
    # The last word may be a beginning, unless it is a whole word that documents hold.
    begun = not _held(lexeme(wish.words[-1]))
    way = _Way(wish.words, all_of(wish.words, open_end=begun))
    found = _go(wish, way)
    if found.total > _FEW or (wish.page > 1 and found.rows):
        return found
    # A later page goes the way that the first one found.
    first = replace(wish, page=1)
    before = found if wish.page == 1 else _go(first, way)
    if before.total > _FEW:
        return found
    way, best = _second_try(first, way, before, begun=begun)
    return best if wish.page == 1 else _go(wish, way)


def _second_try(wish: Wish, way: _Way, found: Found, *, begun: bool) -> tuple[_Way, Found]:
    """Let the last word go on, mend spelling, then let any of the words do.

    The first answer is kept when nothing is better.
    """
    if not begun:
        on = _Way(wish.words, all_of(wish.words))
        longer = _go(wish, on)
        if longer.total > found.total:
            way, found = on, longer
    words = mend(wish.words)
    if words != wish.words:
        # What is guessed must be what a piece is, not a word out of its story.
        guess = _Way(words, all_of(words, open_end=False, places="ABC"), instead=True)
        better = _go(wish, guess)
        if better.total > found.total:
            return guess, better
    if len(words) == 1:
        return way, found
    if found.total == 0:
        some = _Way(words, any_of(words, open_end=False, places="ABC"), instead=True)
        return some, _go(wish, some)
    # Only by relevance do those that hold every word come first.
    return _nearly(wish, way, found) if wish.sort == "relevance" else (way, found)


def _nearly(wish: Wish, way: _Way, found: Found) -> tuple[_Way, Found]:
    """The few that hold every word and, after them, what holds the most telling one."""
    word = _telling(wish.words)
    if not word:
        return way, found
    near = any_of([word], open_end=False, places="ABC")
    wider = _Way(wish.words, f"{near} | ({way.query})", first=way.query)
    more = _go(wish, wider)
    # Of many, only the newest are ranked: those that hold every word might not be among them.
    if more.capped or more.total <= found.total:
        return way, found
    return wider, replace(more, exact=found.total, near=word)


def _telling(asked_words: tuple[str, ...]) -> str:
    """The word that the fewest documents hold: of red, leather and pouf, the pouf."""
    counts = {
        word: held
        for word in asked_words
        if not word[0].isdigit() and (held := _held(lexeme(word)))
    }
    return min(counts, key=lambda word: counts[word]) if counts else ""


def _conditions(wish: Wish) -> tuple[str, list[object]]:
    """SQL for everything but the words: fixed text, values apart."""
    parts, values = ["e.in_stock"], []
    for column, value in (
        ("e.root_craft_id", wish.root),
        ("e.craft_id", wish.craft),
        ("e.region_code", wish.region),
    ):
        if value:
            parts.append(f"{column} = %s")
            values.append(value)
    if wish.artisan:
        parts.append("e.product_id IN (SELECT id FROM catalog_product WHERE artisan_id = %s)")
        values.append(wish.artisan)
    if wish.supply in SUPPLIES:
        parts.append("e.supply = ANY(%s)")
        values.append(list(SUPPLIES[wish.supply]))
    if wish.band in BANDS:
        low, high = BANDS[wish.band]
        parts.append("e.price_minor >= %s")
        values.append(low)
        if high is not None:
            parts.append("e.price_minor < %s")
            values.append(high)
    return " AND ".join(parts), values


def _shelf(wish: Wish) -> Found:
    """Without words: an index read in order, and a count that stops early."""
    where, values = _conditions(wish)
    order = _ORDERS.get(wish.sort, _ORDERS["newest"])
    found = rows(
        "SELECT e.product_id, p.version, n.total FROM (SELECT e.product_id, e.published_at,"  # noqa: S608
        f" e.price_minor FROM catalog_entry e WHERE {where} ORDER BY {order}"
        " LIMIT %s OFFSET %s) e JOIN catalog_product p ON p.id = e.product_id,"
        f" (SELECT count(*) AS total FROM (SELECT 1 FROM catalog_entry e WHERE {where}"
        f" LIMIT %s) c) n ORDER BY {order}",
        [*values, wish.size, wish.offset, *values, COUNT_CAP],
    )
    total = found[0][2] if found else 0
    return _page(wish, [(one, version) for one, version, _ in found], total)


def _page(wish: Wish, found: list[tuple[int, int]], total: int) -> Found:
    reach = wish.offset + wish.size
    full = len(found) == wish.size and (total > reach or total >= COUNT_CAP)
    more = full and wish.page < LAST_PAGE
    return Found(rows=found, total=total, more=more)


# Where a word must stand (:ABC) the index does not know: that is sieved after the limit.
_KNOWN = """
WITH hits AS MATERIALIZED (
    SELECT e.product_id, {key} AS key
      FROM (SELECT e.product_id, e.published_at, e.price_minor, e.document, e.craft_id
              FROM catalog_entry e WHERE e.document @@ %s::tsquery AND {where} LIMIT %s) e
     WHERE {sieve}
)
SELECT c.product_id, p.version, (SELECT count(*) FROM hits)
  FROM (SELECT * FROM hits ORDER BY key {way}, product_id {way} LIMIT %s OFFSET %s) c
  JOIN catalog_product p ON p.id = c.product_id
 ORDER BY c.key {way}, c.product_id {way}
"""
_BROAD = """
SELECT c.product_id, p.version
  FROM (SELECT e.product_id, {key} AS key
          FROM (SELECT e.product_id, e.published_at, e.price_minor, e.document, e.craft_id
                  FROM catalog_entry e WHERE {match} AND {where}
                 ORDER BY {first} LIMIT %s) e
         WHERE {sieve}
         ORDER BY key {way}, e.product_id {way} LIMIT %s OFFSET %s) c
  JOIN catalog_product p ON p.id = c.product_id
 ORDER BY c.key {way}, c.product_id {way}
"""
# Whether a row holds the words. As a function no index answers it, so that the shelf's own index
# is walked in order until enough is found: for what is broad the shortest way, as long as the
# walk is no longer than so many rows. PostgreSQL can't choose: it plans before it knows the words.
_LOOK_UP, _WALK = "e.document @@ %s::tsquery", "ts_match_vq(e.document, %s::tsquery)"
_STEPS = 20_000
_RANK = (
    "ts_rank(%s::real[], e.document, %s::tsquery)"
    " + CASE WHEN e.craft_id = ANY(%s) THEN 0.3::float8 ELSE 0 END + 0.05::float8"
    " * greatest(0, 1 - extract(epoch FROM now() - e.published_at)::float8 / 15552000)"
)
_FIRST = " + CASE WHEN e.document @@ %s::tsquery THEN 1::float8 ELSE 0 END"
# By what a search is sorted, and which way.
_KEYS = {
    "newest": ("e.published_at", "DESC"),
    "price": ("e.price_minor", "ASC"),
    "price-down": ("e.price_minor", "DESC"),
}


def _ranked(wish: Wish, *, query: str, first: str) -> Found:
    """The page of what answers `query`; what answers `first` too comes before the rest."""
    where, values = _conditions(wish)
    key, way, ranking = _key(wish, query=query, first=first)
    sieve, sieved = ("e.document @@ %s::tsquery", [query]) if ":ABC" in query else ("TRUE", [])
    asked_of_all = query.replace(":ABC", "")
    if wish.material:
        made_of = f"'{mark(wish.material)}'"
        asked_of_all = f"({asked_of_all}) & {made_of}" if query else made_of
    page: list[tuple[int, int]] = []
    total = 0 if values or " | " in query else _expected(wish, begun=":*" in query)
    breadth = (query, wish.material, where, *map(str, values))
    if total >= _BROAD_FROM or (may_keep() and _BROAD_ONES.look(breadth)):
        total = max(total, _CANDIDATES)
    else:
        found = rows(
            _KNOWN.format(where=where, key=key, way=way, sieve=sieve),
            [*ranking, asked_of_all, *values, _CANDIDATES, *sieved, wish.size, wish.offset],
        )
        page = [(one, version) for one, version, _ in found]
        total = found[0][2] if found else 0
        if total >= _CANDIDATES and may_keep():
            _BROAD_ONES.put(breadth, True)
    if total >= _CANDIDATES:
        depth = max(_NEWEST, wish.offset + wish.size)
        order = _ORDERS.get(wish.sort, _ORDERS["newest"])
        match = _WALK if depth * _documents() <= _STEPS * _CANDIDATES else _LOOK_UP
        page = rows(
            _BROAD.format(match=match, where=where, key=key, way=way, first=order, sieve=sieve),
            [*ranking, asked_of_all, *values, depth, *sieved, wish.size, wish.offset],
        )
        if len(page) < wish.size:
            # It has become a narrow one since it was counted.
            total = wish.offset + len(page)
    return _page(wish, page, min(total, COUNT_CAP))


def _key(wish: Wish, *, query: str, first: str) -> tuple[str, str, list[object]]:
    """By what to sort, which way, and the values that it takes."""
    if wish.sort in _ORDERS or not wish.words:
        return *_KEYS.get(wish.sort, _KEYS["newest"]), []
    # Ranked by the same words, any of them: what holds more of them in better places is first.
    ranking = [_WEIGHTS, for_ranking(first or query, wish.words), named(wish.words)]
    return (_RANK + _FIRST, "DESC", [*ranking, first]) if first else (_RANK, "DESC", ranking)


def _expected(wish: Wish, *, begun: bool) -> int:
    """About how many documents hold all these words, if the words knew nothing of each other."""
    documents = _documents()
    expected = float(documents)
    if wish.material:
        expected *= _held(mark(wish.material)) / documents
    for word in wish.words:
        held = _held(lexeme(word))
        if begun and word is wish.words[-1] and len(stem(word)) >= 3:
            held = max(held, _begun(stem(word)))
        expected *= held / documents
    return int(expected)


@kept(60.0)
def _documents() -> int:
    ((count,),) = rows("SELECT reltuples FROM pg_class WHERE oid = 'catalog_entry'::regclass")
    return max(1, int(count))


@kept(60.0)
def _held(word: str) -> int:
    """In how many documents a word stands."""
    found = row("SELECT products FROM catalog_word WHERE word = %s", [word])
    return found[0] if found else 0


def materials_held() -> list[str]:
    """The materials that at least one piece is made of, in their order."""
    return [code for code in MATERIALS if _held(mark(code))]


@kept(60.0)
def _begun(beginning: str) -> int:
    """In how many documents the commonest word with this beginning stands."""
    ((most,),) = rows(
        "SELECT coalesce(max(products), 0) FROM catalog_word WHERE word LIKE %s",
        [f"{beginning}%"],
    )
    return int(most)


def wish_words(query: str) -> tuple[str, ...]:
    """The words of a typed query, ready for a `Wish`."""
    return tuple(asked(query))
