"""Grids of knots: each school of weaving as numbers of wools, row by row."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.int64]
Dice = np.random.Generator


def _axes(rows: int, cols: int) -> tuple[Grid, Grid]:
    return np.mgrid[0:rows, 0:cols][0], np.mgrid[0:rows, 0:cols][1]


def lozenge(r: Grid, c: Grid, *, half: int, slope: int = 1) -> Grid:
    """Distance from the middle of the nearest lozenge of a lattice, in steps."""
    dr = np.abs((r % (2 * half)) - half)
    dc = np.abs((c % (2 * half)) - half) * slope
    return dr + dc


def taznakht(rows: int, cols: int, dice: Dice) -> Grid:
    """Bands between borders, each with its own small motif, and a field of nested lozenges."""
    r, c = _axes(rows, cols)
    middle = np.abs(c - cols // 2)
    half = int(dice.integers(13, 19))
    d = lozenge(r + rows // 2, middle, half=half)
    grid = np.zeros((rows, cols), np.int64)
    step = int(dice.integers(3, 5))
    ring = d // step
    wools = dice.permutation([1, 2, 3, 4, 5])
    for k in range(1, 8):
        if k % 2 or k > 5:
            grid[ring == k] = wools[k % 5]
    star = lozenge(r + rows // 2, middle, half=half) <= 2
    grid[star] = wools[0]
    teeth = (d == half) & ((r + c) % 3 == 0)
    grid[teeth] = wools[1]
    grid[(lozenge(r + half, middle, half=half) == half + 2) & (r % 2 == 0)] = wools[2]
    _bands(grid, dice, wools, count=int(dice.integers(2, 4)))
    _border(grid, dice, wools)
    return grid


def _bands(grid: Grid, dice: Dice, wools: Grid, *, count: int) -> None:
    rows, cols = grid.shape
    r, c = _axes(rows, cols)
    for k in range(count):
        at = int(rows * (0.10 + 0.07 * k))
        high = 7 if k % 2 == 0 else 5
        for top in (at, rows - at - high):
            band = (r >= top) & (r < top + high)
            inner = r - top
            grid[band] = wools[(k + 1) % 5]
            zig = np.abs((c + k * 3) % (2 * high) - high) == np.abs(inner - 0)
            grid[band & zig] = wools[(k + 3) % 5]
            cross = (inner == high // 2) & (c % 6 < 3)
            grid[band & cross] = 0


def _border(grid: Grid, dice: Dice, wools: Grid) -> None:
    rows, cols = grid.shape
    r, c = _axes(rows, cols)
    edge = np.minimum(np.minimum(r, rows - 1 - r), np.minimum(c, cols - 1 - c))
    wide = int(dice.integers(5, 9))
    grid[edge < wide] = wools[3]
    grid[(edge < wide) & ((r + c) % 8 < 4) & (edge > 1)] = wools[0]
    grid[edge == wide] = wools[4]
    grid[edge < 2] = wools[2]


def beni_ourain(rows: int, cols: int, dice: Dice) -> Grid:
    """Ivory wool with a drawn net of dark lozenges, never quite regular."""
    r, c = _axes(rows, cols)
    half = int(dice.integers(14, 24))
    sway = np.round(
        np.cumsum(dice.normal(0, 0.55, rows))[:, None] * 0.8 + 1.6 * np.sin(c / 9 + r / 23)
    ).astype(np.int64)
    d = lozenge(r, c + sway, half=half)
    grid = np.zeros((rows, cols), np.int64)
    grid[np.abs(d - half) <= 1] = 1
    if dice.random() < 0.6:
        grid[d == 2] = 1
    if dice.random() < 0.4:
        grid[np.abs(d - half // 2) == 0] = 2
    if dice.random() < 0.45:
        edge = (c < 6) | (c > cols - 7)
        grid[edge & ((r // 3) % 2 == 0)] = 1
    return grid


def azilal(rows: int, cols: int, dice: Dice) -> Grid:
    """Free signs in many colours on a pale ground: a woman's diary in wool."""
    grid = np.zeros((rows, cols), np.int64)
    r, c = _axes(rows, cols)
    half = int(dice.integers(16, 26))
    sway = np.round(3 * np.sin(r / 19 + dice.uniform(0, 6))).astype(np.int64)
    d = lozenge(r, c + sway, half=half)
    wools = dice.permutation([1, 2, 3, 4, 5])
    grid[np.abs(d - half) <= 1] = wools[0]
    for _ in range(int(rows * cols / 420)):
        _sign(grid, dice, int(dice.integers(1, 6)))
    grid[np.abs(d - half // 2) <= 0] = wools[1]
    return grid


def _sign(grid: Grid, dice: Dice, wool: int) -> None:
    rows, cols = grid.shape
    top, left = int(dice.integers(4, rows - 12)), int(dice.integers(4, cols - 12))
    size = int(dice.integers(3, 7))
    r, c = np.mgrid[-size : size + 1, -size : size + 1]
    shape = int(dice.integers(5))
    mark = [
        (np.abs(r) + np.abs(c) <= size) & (np.abs(r) + np.abs(c) > size - 3),
        (r == 0) | (c == 0),
        (np.abs(r) == np.abs(c)),
        (r == -np.abs(c)) | (r == 1 - np.abs(c)),
        ((np.abs(r) + np.abs(c)) % 4 == 0) & (np.abs(c) <= size // 2),
    ][shape]
    part = grid[top : top + 2 * size + 1, left : left + 2 * size + 1]
    part[mark[: part.shape[0], : part.shape[1]]] = wool


def boucherouite(rows: int, cols: int, dice: Dice) -> Grid:
    """Rags in blocks and shards: what was a dress is a rug."""
    r, c = _axes(rows, cols)
    points = dice.uniform(0, 1, (int(dice.integers(26, 44)), 2)) * [rows, cols]
    wool = dice.integers(0, 6, len(points))
    far = np.stack(
        [
            np.abs(r - p[0]) + np.abs(c - p[1]) * (1.5 if i % 3 else 0.6)
            for i, p in enumerate(points)
        ]
    )
    grid = wool[far.argmin(axis=0)]
    stripes = (r // 4) % 5 == 0
    return np.where(stripes, (grid + 1) % 6, grid).astype(np.int64)


def hanbel(rows: int, cols: int, dice: Dice) -> Grid:
    """Flat-weave: stripes of every width, some filled with teeth, lozenges or crosses."""
    grid = np.zeros((rows, cols), np.int64)
    c = np.arange(cols)
    at = 0
    while at < rows:
        high = int(dice.choice([2, 3, 4, 6, 9, 13], p=[0.2, 0.2, 0.2, 0.15, 0.15, 0.1]))
        ground_, motif = (int(v) for v in dice.permutation(6)[:2])
        for k in range(min(high, rows - at)):
            line = np.full(cols, ground_)
            if high >= 6:
                up = min(k, high - 1 - k)
                period = high + high % 2
                line[np.abs(c % period - period // 2) <= up] = motif
                line[(np.abs(c % period - period // 2) <= up - 2)] = (motif + 2) % 6
            elif high == 4 and k in (1, 2):
                line[c % 4 < 2] = motif
            grid[at + k] = line
        at += high
    half = rows // 2
    grid[rows - half :] = grid[:half][::-1]
    return grid


def embroidered(rows: int, cols: int, dice: Dice) -> Grid:
    """Fès stitch: one colour, counted, stars and trees in a frame and a medallion."""
    r, c = _axes(rows, cols)
    mr, mc = np.abs(r - rows // 2), np.abs(c - cols // 2)
    grid = np.zeros((rows, cols), np.int64)
    edge = np.minimum(np.minimum(r, rows - 1 - r), np.minimum(c, cols - 1 - c))
    along = np.where(np.minimum(r, rows - 1 - r) < np.minimum(c, cols - 1 - c), mc, mr)
    inner = edge - 10
    frame = (inner >= 0) & (inner < 16)
    tree = np.abs(along % 16 - 8)
    grid[frame & ((tree + np.abs(inner - 8)) % 5 < 2) & (tree + np.abs(inner - 8) < 11)] = 1
    grid[(edge == 8) | (edge == 27)] = 1
    grid[(edge == 6) & (along % 2 == 0)] = 2
    d = mr + mc
    star = np.maximum(mr, mc) + np.minimum(mr, mc) // 2
    size = int(dice.integers(20, 28))
    grid[(star < size) & ((star % 6 < 2) | ((d % 9 < 2) & (star > 8)))] = 1
    grid[(star < 5) & (d % 2 == 0)] = 2
    return grid


def striped(rows: int, cols: int, dice: Dice) -> Grid:
    """A few calm stripes at the ends of a plain cloth."""
    grid = np.zeros((rows, cols), np.int64)
    at = 6
    for _ in range(int(dice.integers(3, 6))):
        high, wool = int(dice.choice([2, 3, 5, 8])), int(dice.integers(1, 6))
        grid[at : at + high] = wool
        grid[rows - at - high : rows - at] = wool
        at += high + int(dice.integers(2, 6))
    return grid


SCHOOLS: dict[str, Callable[[int, int, Dice], Grid]] = {
    "rug_taznakht": taznakht,
    "rug_beni_ourain": beni_ourain,
    "rug_azilal": azilal,
    "rug_boucherouite": boucherouite,
    "hanbel": hanbel,
    "tablecloth": embroidered,
    "blanket": striped,
    "scarf": striped,
}
