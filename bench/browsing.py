"""Lists, product pages and searches: our HTML pages against what the peers answer."""

from bench import rounds
from bench.ours import Maalem
from bench.peers.shop import Shop
from bench.plan import Plan
from bench.report import Row, row
from bench.rounds import Figures

CONNECTIONS = 8
_MEASURES = {
    "list of 24": "list_requests",
    "product page": "product_requests",
    "search": "search_requests",
}
_NOTES = {
    "list of 24": "ours: whole HTML page with filters; Vendure: JSON; django-oscar: 20 a page",
    "product page": "every product once, at random; ours and django-oscar: HTML; Vendure: JSON",
    "search": "200 searches in turn; each shop with its own index",
}


def browse(plan: Plan, *, shops: list[Shop]) -> list[Row]:
    """A row per measure and peer."""
    rows: list[Row] = []
    for what, asks in _MEASURES.items():
        sides = {
            shop.name: rounds.visits(
                shop.url,
                getattr(shop, asks)(),
                connections=CONNECTIONS,
                seconds=plan.seconds,
            )
            for shop in shops
        }
        found = rounds.interleaved(sides, rounds=plan.rounds, seconds=plan.seconds, what=what)
        name = f"{what}, {len(shops[0].items):,} products"
        rows += compared(name, found=found, ours=shops[0].name, note=_NOTES[what])
    return rows


def compared(name: str, *, found: dict[str, Figures], ours: str, note: str) -> list[Row]:
    """Ours against each other side, in answers a second."""
    mine = found[ours]
    return [
        row(
            name,
            unit="1/s",
            ours=mine.rate,
            peer=figures.rate or None,
            peer_name=peer,
            note="; ".join(part for part in (note, mine.note, figures.note) if part),
        )
        for peer, figures in found.items()
        if peer != ours
    ] or [row(name, unit="1/s", ours=mine.rate, note=note)]


def browse_big(plan: Plan, *, shop: Maalem) -> list[Row]:
    """Ours alone at a size that the peers are not filled with: the slowest hundredth."""
    rows: list[Row] = []
    for what, asks in _MEASURES.items():
        side = rounds.visits(
            shop.url, getattr(shop, asks)(), connections=CONNECTIONS, seconds=plan.seconds
        )
        found = rounds.interleaved(
            {shop.name: side}, rounds=plan.rounds, seconds=plan.seconds, what=what
        )[shop.name]
        name = f"{what}, {len(shop.items):,} products"
        note = found.note or f"{CONNECTIONS} connections"
        rows.append(row(name, unit="1/s", ours=found.rate, note=note))
        rows.append(row(f"{name}, p99", unit="ms", ours=found.p99, note=note, less_is_better=True))
    return rows
