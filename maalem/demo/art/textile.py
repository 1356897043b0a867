"""Rugs, blankets, scarves, cushions and cloths: knots made into wool and laid on the floor."""

from dataclasses import dataclass

import numpy as np

from maalem.demo.art import ground, noise, weave
from maalem.demo.art.canvas import (
    F32,
    Job,
    blurred,
    ink,
    inks,
    over,
    smooth,
    strokes,
)
from maalem.demo.art.light import bounced, of_height

YARNS: dict[str, tuple[str, ...]] = {
    "saffron": ("#cf8f2c", "#8f2f22", "#27355c", "#5b2a1b", "#e9d6ad", "#b8552a"),
    "madder": ("#96301f", "#d99a3a", "#2a3157", "#3f1d17", "#e6d2ac", "#b9673a"),
    "indigo": ("#2b3f6e", "#c8862c", "#93321f", "#18223f", "#e3d6b8", "#5d7ba3"),
    "henna": ("#a3582c", "#e0b35e", "#40261c", "#6d2b1c", "#ead9b8", "#38506b"),
    "ivory": ("#ebe1cc", "#4a3527", "#c9b591", "#8d7355", "#f2ebdb", "#b3552f"),
    "charcoal": ("#e7decb", "#25201d", "#54483e", "#8f8272", "#f0e9da", "#a2957f"),
    "fawn": ("#d9c29a", "#5a3a23", "#a67b4f", "#eadbbd", "#8c5f3a", "#f0e6cf"),
    "festive": ("#ebe2cf", "#d2452f", "#e39a2a", "#2c5d97", "#3f8757", "#b94a7c"),
    "majorelle": ("#e9e3d6", "#2b4fb8", "#5c86d6", "#e0a93a", "#1f2d5c", "#c9593b"),
    "rose": ("#efe3d6", "#cf5c77", "#e7a39a", "#8d2f4e", "#e0a448", "#5d7d79"),
    "mint": ("#ece6d4", "#3f9078", "#8cc2a4", "#d9893b", "#21504a", "#c95f55"),
}

RUGS = ("rug_taznakht", "rug_beni_ourain", "rug_azilal", "rug_boucherouite", "hanbel")


@dataclass(frozen=True)
class Sheetcut:
    """How a cloth lies: half its width and height in units, how much narrower far away."""

    wide: float
    high: float
    lean: float = 0.06
    wave: float = 0.003


def _place(job: Job, cut: Sheetcut) -> tuple[F32, F32, F32]:
    """Across (0..1) and down (0..1) the cloth at each pixel, and where the cloth is."""
    x, y = job.grid()
    v = (y + cut.high) / (2 * cut.high)
    wide = cut.wide * (1 - cut.lean * (1 - v))
    wave = (
        noise.sample("cloud", y * 300 + 40 + job.seed * 37 % 900, np.full_like(y, 7.0)) * cut.wave
    )
    u = (x + wave) / wide * 0.5 + 0.5
    depth = v + cut.lean * v * (1 - v) * -0.6 + 0 * x
    edge = np.float32(1.2 / job.scale)
    ripple = (
        noise.sample("cloud", x * 300 + 400 + job.seed * 53 % 900, np.full_like(x, 90.0))
        * cut.wave
        * 0.6
    )
    mask = np.clip((cut.wide * 0 + wide - np.abs(x + wave)) / edge, 0, 1)
    mask = mask * np.clip((cut.high - np.abs(y + ripple)) / edge, 0, 1)
    return u.astype(np.float32), depth.astype(np.float32), mask.astype(np.float32)


def _yarn(job: Job, knots: weave.Knots, table: F32, *, abrash: float, spread: float) -> F32:
    """Colours (3, ny, nx) of knots: dye lots row by row, and no two knots quite alike."""
    ny, nx = knots.shape
    colour = table[:, knots.astype(np.intp)]
    lots = noise.stretched("warp_x", (ny, 8), job.rng, by=0.6)[:, :1] * 0.5
    lots = lots + noise.stretched("cloud", (ny, nx), job.rng, by=0.4) * 0.6
    each = job.rng.normal(size=(ny, nx)).astype(np.float32)
    warm = job.rng.normal(size=(ny, nx)).astype(np.float32) * spread * 0.35
    shade = 1 + abrash * lots + spread * each
    return colour * np.stack([shade + warm, shade, shade - warm]).clip(0.25, 1.9)


def _spread(colour: F32, u: F32, v: F32) -> tuple[F32, np.ndarray, np.ndarray]:
    """Knots' colours at each pixel, and the place inside the knot."""
    _, ny, nx = colour.shape
    fx, fy = np.clip(u, 0, 0.9999) * nx, np.clip(v, 0, 0.9999) * ny
    col, row = fx.astype(np.int32), fy.astype(np.int32)
    index = row * nx + col
    flat = colour.reshape(3, -1)
    return np.stack([np.take(p, index) for p in flat]), fx - col, fy - row


def _fringe(job: Job, sheet: F32, cut: Sheetcut, *, colour: str, long: float) -> None:
    lines = []
    for end in (-1, 1):
        wide = cut.wide * (1 - (cut.lean if end < 0 else 0))
        count = 92
        for i in range(count):
            x = -wide + 2 * wide * (i + 0.5) / count
            drop = long * job.uniform(0.7, 1.1)
            bend, y = job.uniform(-0.008, 0.008), end * (cut.high - 0.004)
            lines.append(
                [(x, y), (x + bend * 0.3, y + end * drop * 0.5), (x + bend, y + end * drop)]
            )
    mask = strokes(job, lines, thick=0.0032)
    ground.drop_shadow(sheet, mask, job, lift=0.004, soft=0.003, dark=0.5)
    over(sheet, ink(colour) * np.float32(0.86), mask)


def lay_wool(
    job: Job, sheet: F32, knots: weave.Knots, *, cut: Sheetcut, pile: float, yarns: tuple[str, ...]
) -> None:
    """Knots as wool on the floor. pile is the depth of the fleece (0 flat-woven to 1 shaggy)."""
    u, v, mask = _place(job, cut)
    if pile > 0.2:  # the fleece leans: outlines are not sharp
        shape = mask.shape
        u = u + noise.cut("soft", shape, job.rng) * 0.0022 * pile
        v = v + noise.cut("soft", shape, job.rng) * 0.0022 * pile
    colour = _yarn(job, knots, inks(yarns), abrash=0.085, spread=0.06 + 0.05 * pile)
    paint, fx, fy = _spread(colour, u, v)
    soft = noise.cut("soft", mask.shape, job.rng)
    if pile > 0.2:
        tufts = noise.cut("mid", mask.shape, job.rng)
        height = soft * (0.35 + 0.35 * pile) + tufts * 0.5 * pile
        knot = 0.84 + 0.16 * np.sin(fy * np.float32(np.pi))
    else:
        height = np.abs(fy - 0.5) * -1.6 + np.abs(fx - 0.5) * 0.5 + soft * 0.18
        knot = 0.80 + 0.20 * np.sin(fy * np.float32(np.pi))
    normals = of_height(height.astype(np.float32), depth=0.55)
    folds = noise.stretched("cloud", mask.shape, job.rng, by=1.6)
    lit = bounced(paint, normals) * (knot * (1.10 + 0.035 * folds + 0.04 * soft))
    x, y = job.grid()
    lit = lit * (1.07 - 0.20 * smooth(-0.6, 0.7, x * 0.8 + y * 0.7))
    edge = blurred(mask, 0.006 * job.scale)
    ground.drop_shadow(sheet, mask, job, lift=0.007 + 0.006 * pile, soft=0.008)
    over(sheet, lit * (0.72 + 0.28 * smooth(0.5, 0.98, edge)), mask)


def rug(job: Job) -> F32:
    """Any of the knotted and flat-woven rugs, by the job's kind."""
    sheet = ground.floor(job)
    yarns = YARNS[job.palette]
    long = job.uniform(0.40, 0.435)
    cut = Sheetcut(long * job.uniform(0.64, 0.76), long, wave=0.004)
    name = job.kind
    if job.view == 2:
        cut = Sheetcut(0.62, 0.36, lean=0.30)
    maker, shape, pile = {
        "rug_taznakht": (weave.taznakht, (190, 132), 0.35),
        "rug_beni_ourain": (weave.beni, (150, 105), 1.0),
        "rug_azilal": (weave.azilal, (150, 105), 0.85),
        "rug_boucherouite": (weave.rags, (120, 84), 1.0),
        "hanbel": (weave.bands, (170, 120), 0.0),
        "blanket": (weave.bands, (170, 120), 0.3),
    }[name]
    knots = maker(job, shape)
    _fringe(
        job, sheet, cut, colour="#e8dcc2" if name != "rug_boucherouite" else yarns[0], long=0.035
    )
    lay_wool(job, sheet, knots, cut=cut, pile=pile, yarns=yarns)
    return sheet
