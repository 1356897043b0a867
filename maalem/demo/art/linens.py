"""Blankets, cushions, scarves and embroidered cloths."""

import numpy as np

from maalem.demo.art import ground, noise, weave
from maalem.demo.art.canvas import (
    F32,
    Job,
    blurred,
    darken,
    ink,
    inks,
    over,
    painted,
    smooth,
    spline,
)
from maalem.demo.art.light import bounced, of_height
from maalem.demo.art.textile import YARNS, Sheetcut, _fringe, _spread, _yarn, lay_wool


def blanket(job: Job) -> F32:
    """A fine wool blanket: quiet stripes and small pompoms along its ends."""
    sheet = ground.floor(job)
    yarns = YARNS[job.palette]
    cut = Sheetcut(0.36, 0.37, wave=0.004)
    knots = np.zeros((180, 170), np.int8)
    for row in (10, 14, 24, 44, 48):
        deep, yarn = int(job.rng.integers(2, 6)), int(job.rng.integers(1, 6))
        for at in (row, 180 - row - deep):
            knots[at : at + deep] = yarn
    if job.rng.random() < 0.6:
        for top in (30, 140):
            weave.lozenges(
                knots, (top, top + 10, 0, 170), across=17, yarns=[int(job.rng.integers(1, 6)), 0, 0]
            )
    base = (yarns[0] if job.palette != "indigo" else "#e6dfce", *yarns[1:])
    lay_wool(job, sheet, knots, cut=cut, pile=0.0, yarns=base)
    for end in (-1, 1):
        for i in range(13):
            x = -0.335 * (1 if end > 0 else 0.95) + i * 0.67 / 12 * (1 if end > 0 else 0.95)
            pompom(
                job, sheet, at=(x, end * 0.378), size=0.019, colour=base[1 + (i + (end > 0)) % 3]
            )
    return sheet


def pompom(job: Job, sheet: F32, *, at: tuple[float, float], size: float, colour: str) -> None:
    """A ball of cut yarn."""
    x, y = job.grid()
    c0, c1 = (
        job.px(at[0] - size * 1.6, at[1] - size * 1.6),
        job.px(at[0] + size * 1.9, at[1] + size * 1.9),
    )
    box = (
        slice(max(0, int(c0[1])), max(0, int(c1[1]))),
        slice(max(0, int(c0[0])), max(0, int(c1[0]))),
    )
    part = sheet[(slice(None), *box)]
    if part.size == 0:
        return
    dx, dy = (x[:, box[1]] - at[0]) / size, (y[box[0]] - at[1]) / size
    far = np.sqrt(dx * dx + dy * dy) + noise.cut("soft", part.shape[1:], job.rng) * 0.07
    part *= 1 - 0.45 * smooth(1.5, 0.6, np.hypot(dx - 0.25, dy - 0.3))
    shade = (1.05 - 0.35 * (dx * 0.6 + dy * 0.7)) * (
        1 + 0.14 * noise.cut("soft", part.shape[1:], job.rng)
    )
    part += (ink(colour) * shade - part) * smooth(1.05, 0.88, far)


def cushion(job: Job) -> F32:
    """A cushion of woven wool, plump, leaning on the wall."""
    sheet = ground.studio(job)
    yarns = YARNS[job.palette]
    size = job.uniform(0.29, 0.31)
    bulge = 0.90
    outline = spline([(-size, -size), (-size * 0.5, -size * bulge), (size * 0.5,
        -size * bulge), (size, -size), (size * bulge, -size * 0.4), (size * bulge, size
        * 0.4), (size, size), (0.4 * size, size * 0.93), (-0.4 * size, size * 0.93),
        (-size, size), (-size * bulge, 0.4 * size), (-size * bulge, -0.4 * size)])  # fmt: skip
    outline = outline + np.float32([0, 0.03])
    mask = painted(job, [outline])
    ground.standing_shadow(sheet, job, foot=(0.02, 0.315), radius=size, tall=0.3, flat=0.16)
    ground.drop_shadow(sheet, mask, job, lift=0.02, soft=0.02, dark=0.3)
    x, y = job.grid()
    u, v = x / (2 * size) + 0.5, (y - 0.03) / (2 * size) + 0.5
    dome = blurred(mask, 0.05 * job.scale) * 0.5 + blurred(mask, 0.12 * job.scale) * 0.9
    u = u + 0 * y + (x * (dome - 1) * 0.18)
    v = v + 0 * x + ((y - 0.03) * (dome - 1) * 0.18)
    knots = (weave.azilal if job.rng.random() < 0.5 else weave.bands)(job, (90, 90))
    paint, _, fy = _spread(_yarn(job, knots, inks(yarns), abrash=0.06, spread=0.05), u, v)
    soft = noise.cut("soft", mask.shape, job.rng)
    height = dome * 0.13 * job.scale + soft * 0.22 - np.abs(fy - 0.5) * 0.9
    lit = (
        bounced(paint, of_height(height.astype(np.float32), depth=1.0))
        * (0.8 + 0.2 * np.sin(fy * 3.14))
        * 1.1
    )
    over(sheet, lit * (0.55 + 0.45 * smooth(0.3, 0.95, blurred(mask, 0.016 * job.scale))), mask)
    for sx, sy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        pompom(
            job, sheet, at=(sx * size * 1.0, 0.03 + sy * size * 1.0), size=0.034, colour=yarns[1]
        )
    return sheet


def folded(job: Job, *, cream: str, pattern: weave.Knots, yarns: tuple[str, ...]) -> F32:
    """A cloth folded in three and laid down, its end showing."""
    sheet = ground.linen(job) if job.palette != "ivory" else ground.planks(job)
    for i, (cx, cy, w, h) in enumerate(
        ((0.0, 0.02, 0.31, 0.37), (-0.02, 0.0, 0.305, 0.35), (0.0, -0.02, 0.30, 0.34))
    ):
        top = i == 2
        sub = Job(job.kind, job.seed + i, job.palette, job.width, job.height,
            zoom=job.zoom, focus=(job.focus[0] - cx, job.focus[1] - cy), rng=job.rng)  # fmt: skip
        knots = pattern if top else np.zeros((30, 30), np.int8)
        lay_wool(sub, sheet, knots, cut=Sheetcut(w, h, lean=0.02, wave=0.005),
            pile=0.0, yarns=(cream, *yarns[1:]))  # fmt: skip
    return sheet


def scarf(job: Job) -> F32:
    """A long scarf laid with a fold, stripes at its end and a knotted fringe."""
    sheet = ground.linen(job)
    yarns = YARNS[job.palette]
    knots = np.zeros((220, 90), np.int8)
    for row in range(150, 212, int(job.rng.integers(6, 12))):
        knots[row : row + int(job.rng.integers(1, 5))] = int(job.rng.integers(1, 6))
    if job.rng.random() < 0.5:
        knots[::9] = 5
    cut = Sheetcut(0.20, 0.40, lean=0.03, wave=0.012)
    for dx, share in ((0.10, 0.82), (-0.06, 1.0)):
        sub = Job(job.kind, job.seed, job.palette, job.width, job.height,
            zoom=job.zoom, focus=(job.focus[0] - dx, job.focus[1]), rng=job.rng)  # fmt: skip
        mine = Sheetcut(cut.wide, cut.high * share, cut.lean, cut.wave)
        _fringe(sub, sheet, mine, colour=yarns[0], long=0.05)
        lay_wool(sub, sheet, knots, cut=mine, pile=0.0, yarns=yarns)
        x, y = sub.grid()
        fold = np.exp(-(((x - 0.06 + 0.03 * np.sin(y * 7)) / 0.02) ** 2)) + 0.8 * np.exp(
            -(((x + 0.09 - 0.02 * np.sin(y * 5)) / 0.03) ** 2)
        )
        darken(
            sheet,
            (fold * 0.20 * (np.abs(x) < 0.19) * (np.abs(y) < cut.high * share)).astype(np.float32),
        )
    return sheet


def tablecloth(job: Job) -> F32:
    """Fès embroidery: one colour, counted stitches, stars and combs on white linen."""
    colour = {"fes": "#274a94", "madder": "#9c3b2c", "mint": "#3c7a5f", "ivory": "#b89256"}[
        job.palette
    ]
    knots = np.zeros((200, 180), np.int8)
    y, x = np.arange(200)[:, None], np.arange(180)[None, :]
    edge = np.minimum(np.minimum(x, 179 - x), np.minimum(y, 199 - y))
    t = np.where((np.minimum(x, 179 - x) < np.minimum(y, 199 - y)), y, x)
    wide = int(job.rng.choice([16, 20, 24]))
    saw = np.abs((t % wide) - wide // 2)
    knots[
        ((edge == 6) | (edge == 8) | (edge == 34))
        | ((edge > 8) & (edge < 20) & (np.abs(edge - 8 - saw) < 2))
    ] = 1
    ring = np.abs(saw + np.abs(edge - 21))
    knots[((ring < 9) & (ring % 3 != 2)) & (edge > 12) & (edge < 30)] = 1
    knots[(edge > 34) & (edge < 40) & ((t % 6) < 3) & ((edge + t) % 2 == 0)] = 1
    far = (
        np.maximum(np.abs(x - 90), np.abs(y - 100)) + np.abs(np.abs(x - 90) - np.abs(y - 100)) // 2
    )
    star = (np.abs(x - 90) + np.abs(y - 100)) * 0.7
    middle = (np.minimum(far, star + 6) < 30) & ((far // 3 + (star // 4).astype(int)) % 2 == 0)
    knots[middle] = 1
    for cy in (62, 138):
        for cx in (55, 125):
            weave.motif(knots, (cy, cx), size=9, yarn=1, kind=int(job.rng.integers(5)))
    sheet = ground.planks(job)
    lay_wool(
        job,
        sheet,
        knots,
        cut=Sheetcut(0.39, 0.41, lean=0.04, wave=0.004),
        pile=0.0,
        yarns=("#f3efe5", colour),
    )
    return sheet
