"""What a weaver counts: patterns as grids of knots, each knot a number of a yarn."""

import numpy as np
from numpy.typing import NDArray

from maalem.demo.art import noise
from maalem.demo.art.canvas import Job

Knots = NDArray[np.int8]


def _fold(values: NDArray, period: float) -> NDArray:
    """Distance from the nearest multiple of a period's middle: 0 in the middle of each repeat."""
    return np.abs((values % period) - period / 2)


def lozenges(
    knots: Knots, area: tuple[int, int, int, int], *, across: int, yarns: list[int]
) -> None:
    """Nested stepped lozenges, `across` side by side, in (top, bottom, left, right)."""
    top, bottom, left, right = area
    y = np.arange(bottom - top)[:, None]
    x = np.arange(right - left)[None, :]
    wide = (right - left) / across
    high = (bottom - top) / max(1, round((bottom - top) / (wide * 1.35)))
    far = (_fold(x, wide) / wide + _fold(y, high) / high) * 2  # 0 in the heart, 1 on the outline
    ring = np.clip((far * len(yarns)).astype(int), 0, len(yarns) * 2 - 1) % len(yarns)
    part = np.array(yarns, np.int8)[ring]
    hooks = (np.abs(far - 1.0) < 0.07) & ((x + y) % 4 < 2)
    part[hooks] = yarns[0]
    knots[top:bottom, left:right] = part


def zigzag(knots: Knots, area: tuple[int, int, int, int], *, wide: int, yarns: list[int]) -> None:
    """Chevrons running along the longer way of an area."""
    top, bottom, left, right = area
    y = np.arange(bottom - top)[:, None]
    x = np.arange(right - left)[None, :]
    if (right - left) < (bottom - top):
        y, x = x, y
    lift = np.abs((x % wide) - wide // 2)
    step = ((y + lift) // max(2, wide // 4)) % len(yarns)
    knots[top:bottom, left:right] = np.array(yarns, np.int8)[step]


def triangles(
    knots: Knots, area: tuple[int, int, int, int], *, wide: int, yarns: list[int]
) -> None:
    """Teeth of two yarns."""
    top, bottom, left, right = area
    y = np.arange(bottom - top)[:, None]
    x = np.arange(right - left)[None, :]
    deep, run = (bottom - top), (right - left)
    if run < deep:
        y, x, deep = x, y, run
    tooth = np.abs((x % wide) - wide / 2) / (wide / 2) > y / max(deep, 1)
    knots[top:bottom, left:right] = np.where(tooth, yarns[0], yarns[1]).astype(np.int8)


def motif(knots: Knots, at: tuple[int, int], *, size: int, yarn: int, kind: int) -> None:
    """A small sign (cross, comb, eye, star, tree) with its middle at row, col."""
    y = np.arange(-size, size + 1)[:, None]
    x = np.arange(-size, size + 1)[None, :]
    ay, ax = np.abs(y), np.abs(x)
    thin = max(1, size // 4)
    shapes = (
        (ax < thin) | (ay < thin),
        (np.abs(ax + ay - size) < thin) | (ax + ay < size // 2),
        ((x + size) % 4 < 2) & (y > 0) | (ay < thin),
        (np.abs(ax - ay) < thin) | (ax < thin) | (ay < thin),
        (np.abs(ax - (y + size) % max(4, size // 2)) < thin) | (ax < thin),
    )
    sign = shapes[kind % len(shapes)]
    rows, cols = at
    h, w = knots.shape
    if rows - size < 0 or cols - size < 0 or rows + size + 1 > h or cols + size + 1 > w:
        return
    part = knots[rows - size : rows + size + 1, cols - size : cols + size + 1]
    part[sign] = yarn


def taznakht(job: Job, shape: tuple[int, int]) -> Knots:
    """Saffron, madder and indigo: a column of great lozenges in a frame of bands."""
    ny, nx = shape
    rng = job.rng
    knots = np.zeros(shape, np.int8)
    edge = int(rng.integers(5, 8))
    zigzag(knots, (0, ny, 0, edge), wide=10, yarns=[1, 0, 2])
    zigzag(knots, (0, ny, nx - edge, nx), wide=10, yarns=[1, 0, 2])
    band = int(rng.integers(14, 20))
    stripes = [0, 3, 1, 2, 4, 0]
    for flip in (False, True):
        view = knots[::-1] if flip else knots
        row = 0
        for i, deep in enumerate((4, band // 2, 4, band, 4, band // 2)):
            area = (row, row + deep, edge, nx - edge)
            if i % 2 == 0:
                view[row : row + deep, edge : nx - edge] = stripes[i]
            elif i == 3:
                lozenges(view, area, across=int(nx // 14), yarns=[1, 4, 2, 0])
            else:
                triangles(view, area, wide=10, yarns=[stripes[i], 4])
            row += deep
    top = row + 2
    left, right = edge + 6, nx - edge - 6
    triangles(knots, (top, ny - top, edge, left), wide=10, yarns=[3, 0])
    triangles(knots, (top, ny - top, right, nx - edge), wide=10, yarns=[0, 3])
    order = [[4, 1, 0, 2, 3, 0], [0, 2, 4, 1, 0, 3], [2, 0, 3, 4, 1, 0]][int(rng.integers(3))]
    across = int(rng.choice([1, 1, 2, 3]))
    lozenges(knots, (top, ny - top, left, right), across=across, yarns=order)
    for _ in range(int(rng.integers(14, 30))):
        at = (
            int(rng.integers(top + 4, ny - top - 4)),
            int(rng.integers(left + 4, (left + right) // 2)),
        )
        size, kind, yarn = int(rng.integers(2, 5)), int(rng.integers(5)), int(rng.integers(5))
        motif(knots, at, size=size, yarn=yarn, kind=kind)
        motif(knots, (at[0], nx - 1 - at[1]), size=size, yarn=yarn, kind=kind)
    return knots


def beni(job: Job, shape: tuple[int, int]) -> Knots:
    """Ivory wool with dark lines: a net of lozenges drawn by eye, not by rule."""
    ny, nx = shape
    rng = job.rng
    y, x = np.arange(ny)[:, None].astype(float), np.arange(nx)[None, :].astype(float)
    drift = noise.stretched("mid", shape, rng, by=0.5) * 1.3
    x = x + drift + 2.2 * np.sin(y / ny * 7 + rng.uniform(0, 6))
    y = y + noise.stretched("cloud", shape, rng, by=0.5) * 1.5
    style = int(rng.integers(4))
    across = int(rng.choice([2, 3, 4]))
    wide = nx / across
    high = wide * rng.uniform(1.0, 1.6)
    a = (x / wide + y / high) % 1
    b = (x / wide - y / high) % 1
    line = 1.5 / wide
    net = (np.abs(a - 0.5) < line) | (np.abs(b - 0.5) < line)
    knots = np.where(net, 1, 0).astype(np.int8)
    if style == 1:
        knots[((np.abs(a - 0.5 + 5 / wide) < line) | (np.abs(b - 0.5 - 5 / wide) < line))] = 1
    if style == 2:
        knots = np.where(
            (np.abs(np.abs((x % wide) - wide / 2) / wide * 2 - (y % high) / high) < line * 2), 1, 0
        )
        knots = knots.astype(np.int8)
    if style == 3:
        knots[(np.abs(a) < line * 1.2) & (np.abs((b * 8) % 1 - 0.5) < 0.3)] = 1
    for _ in range(int(rng.integers(3, 12))):
        at = (int(rng.integers(8, ny - 8)), int(rng.integers(8, nx - 8)))
        motif(knots, at, size=int(rng.integers(3, 6)), yarn=1, kind=int(rng.integers(5)))
    return knots


def azilal(job: Job, shape: tuple[int, int]) -> Knots:
    """Colours at play on ivory: every lozenge another yarn, signs strewn between."""
    ny, nx = shape
    rng = job.rng
    y, x = np.arange(ny)[:, None].astype(float), np.arange(nx)[None, :].astype(float)
    x = x + noise.stretched("mid", shape, rng, by=0.5) * 1.8
    y = y + noise.stretched("mid", shape, rng, by=0.5) * 1.8
    wide = nx / float(rng.choice([2, 3, 4]))
    high = wide * rng.uniform(0.9, 1.5)
    a, b = x / wide + y / high, x / wide - y / high
    pick = (
        noise.scatter(256, job.seed)[((a.astype(int) * 7 + b.astype(int) * 13) % 256)] * 5
    ).astype(int) + 1
    fa, fb = np.abs(a % 1 - 0.5), np.abs(b % 1 - 0.5)
    knots = np.zeros(shape, np.int8)
    far = np.maximum(fa, fb)
    knots = np.where((far > 0.44), pick, knots)
    knots = np.where((far < 0.26) & (far > 0.18), (pick % 5) + 1, knots)
    if rng.random() < 0.6:
        knots = np.where(far < 0.10, (pick + 2) % 5 + 1, knots)
    knots = knots.astype(np.int8)
    for _ in range(int(rng.integers(20, 46))):
        at = (int(rng.integers(6, ny - 6)), int(rng.integers(6, nx - 6)))
        motif(
            knots,
            at,
            size=int(rng.integers(2, 6)),
            yarn=int(rng.integers(1, 6)),
            kind=int(rng.integers(5)),
        )
    return knots


def rags(job: Job, shape: tuple[int, int]) -> Knots:
    """Boucherouite: strips of old cloth, in fields that lean into each other."""
    ny, nx = shape
    rng = job.rng
    y, x = np.arange(ny)[:, None] / ny, np.arange(nx)[None, :] / nx
    y = y + noise.stretched("cloud", shape, rng, by=0.5) * 0.05
    x = x + noise.stretched("cloud", shape, rng, by=0.5) * 0.05
    a = np.floor((x + y * rng.uniform(0.5, 1.1)) * rng.integers(3, 6))
    b = np.floor((x - y * rng.uniform(0.5, 1.1)) * rng.integers(3, 6))
    field = (a * 5 + b * 3).astype(int)
    strip = (y * ny / 3).astype(int)
    return (
        (field + (noise.scatter(512, job.seed)[(strip * 31 + field * 17) % 512] > 0.72) * 2) % 6
    ).astype(np.int8)


def bands(job: Job, shape: tuple[int, int]) -> Knots:
    """Hanbel: flat-woven stripes, plain ones between figured ones, the same from both ends."""
    ny, nx = shape
    rng = job.rng
    knots = np.zeros(shape, np.int8)
    row, half = 0, ny // 2 + 1
    while row < half:
        deep = int(rng.choice([3, 4, 6, 8, 12, 16]))
        area = (row, min(row + deep, ny), 0, nx)
        a, b, c = (int(v) for v in rng.permutation(6)[:3])
        style = int(rng.integers(5)) if deep >= 8 else 0
        if style == 1:
            lozenges(knots, area, across=nx // (deep + 4), yarns=[a, b, c])
        elif style == 2:
            triangles(knots, area, wide=deep, yarns=[a, b])
        elif style == 3:
            zigzag(knots, area, wide=deep * 2, yarns=[a, b, c])
        else:
            knots[row : row + deep] = a
        row += deep
    knots[ny - half :] = knots[:half][::-1]
    return knots
