"""Silver of the south: fibulas, necklaces, bracelets and earrings with enamel, coral and amber."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, spline, strokes
from maalem.demo.art.lathe import lay as lay_turned
from maalem.demo.art.lathe import smooth_profile, turn
from maalem.demo.art.light import bounced, mirrored, rippled
from maalem.demo.art.metal import wrapped
from maalem.demo.art.shapes import (
    around,
    cutout,
    glossy,
    lay,
    metallic,
    puffed,
    ring,
    star,
    turned,
    window,
)

SILVER = "#dcdbd3"
ENAMELS = ("#2f7a4f", "#d8a22c", "#2b5aa0", "#b23a2c")
STONES = {"coral": "#c4422f", "amber": "#d8922c", "enamel": "#2f7a4f", "silver": "#2a2a2c"}


def _velvet(job: Job) -> F32:
    """A dark cloth, so that the metal speaks."""
    base = ground.floor(job, 3)
    tone = ink(str(job.choice(("#2b2f3f", "#3b2a2c", "#2d3a35", "#3a332b"))))
    nap = noise.cut("soft", (job.height, job.width), job.rng)
    return (base * tone * 2.3 * (1 + 0.05 * nap)).astype(np.float32)


def plate(job: Job, sheet: F32, outlines: list[F32], *, thick: float = 0.012) -> None:
    """Cut silver with a raised edge, laid down."""
    job, sheet = window(job, sheet, **around(outlines))
    mask = cutout(job, outlines)
    edge = strokes(job, [np.concatenate([o, o[:1]]) for o in outlines], thick=0.007) * mask
    height = puffed(job, mask, radius=thick * 2, depth=thick) + edge * 0.004 * job.scale
    beaten = noise.stretched("mid", mask.shape, job.rng, by=0.7) * 0.3
    lit = metallic(job, ink(SILVER), (height + beaten).astype(np.float32), rough=9, dull=0.45)
    lay(job, sheet, mask, lit=lit, lift=0.010, soft=0.010)


def engraved(job: Job, sheet: F32, lines: list[F32], *, thick: float = 0.0045) -> None:
    """Lines cut into the metal and blackened."""
    job, sheet = window(job, sheet, **around(lines))
    drawn = strokes(job, lines, thick=thick)
    over(sheet, ink("#2a2826"), drawn * 0.75)


def cell(job: Job, sheet: F32, outline: F32, *, colour: str) -> None:
    """A stone or a drop of enamel in its collar."""
    job, sheet = window(job, sheet, **around([outline], margin=0.03))
    mask = cutout(job, [outline])
    collar = strokes(job, [np.concatenate([outline, outline[:1]])], thick=0.009)
    height = puffed(job, mask, radius=0.02, depth=0.014)
    over(sheet, glossy(job, ink(colour) * np.ones_like(mask), height, shine=0.10, rough=4), mask)
    wire = np.sqrt(np.clip(blurred(collar, 0.003 * job.scale), 0, 1)) * 0.006 * job.scale
    over(sheet, metallic(job, ink(SILVER), wire.astype(np.float32), rough=6), collar)


def bead(job: Job, sheet: F32, *, at: tuple[float, float], radius: float, colour: str) -> None:
    """A round bead, of stone or of silver."""
    job, sheet = window(job, sheet, at=at, half=(radius + 0.03, radius + 0.03))
    mask = cutout(job, [ring(radius, at=at, count=40)])
    x, y = job.grid()
    lift = np.clip(1 - ((x - at[0]) ** 2 + (y - at[1]) ** 2) / radius**2, 0, 1)
    height = (np.sqrt(lift) * radius * job.scale).astype(np.float32)
    if colour == SILVER:
        lit = metallic(job, ink(SILVER), height, rough=5)
    else:
        lit = glossy(job, ink(colour) * np.ones_like(mask), height, shine=0.07, rough=4)
    lay(job, sheet, mask, lit=lit, lift=0.006, soft=0.005)


def _accent(job: Job, number: int) -> str:
    return ENAMELS[number % 4] if job.palette == "enamel" else STONES[job.palette]


def fibula(job: Job) -> F32:
    """A tazerzit: the triangle, its arches, its ring and pin."""
    sheet = _velvet(job)
    pin = strokes(job, [[(-0.04, -0.16), (0.06, -0.46)]], thick=0.012)
    height = np.sqrt(np.clip(blurred(pin, 0.004 * job.scale), 0, 1)) * 0.01 * job.scale
    lay(job, sheet, pin, lit=metallic(job, ink(SILVER), height.astype(np.float32), rough=5))
    shape = [
        (0.0, -0.20),
        (0.05, -0.12),
        (0.26, 0.16),
        (0.20, 0.24),
        (0.13, 0.21),
        (0.07, 0.29),
        (0.0, 0.235),
        (-0.07, 0.29),
        (-0.13, 0.21),
        (-0.20, 0.24),
        (-0.26, 0.16),
        (-0.05, -0.12),
    ]
    outline = np.array(shape, np.float32)
    hoop = ring(0.065, at=(0, -0.25))
    band = strokes(job, [np.concatenate([hoop, hoop[:1]])], thick=0.020)
    rise = np.sqrt(np.clip(blurred(band, 0.006 * job.scale), 0, 1)) * 0.016 * job.scale
    lay(job, sheet, band, lit=metallic(job, ink(SILVER), rise.astype(np.float32), rough=5))
    plate(job, sheet, [outline])
    lines = [
        np.concatenate([o, o[:1]]) for o in (outline * 0.86 + np.array([0, 0.012], np.float32),)
    ]
    for k in range(3):
        lines.append(
            spline(
                [(-0.12 + 0.03 * k, 0.10), (0, -0.06 + 0.05 * k), (0.12 - 0.03 * k, 0.10)],
                closed=False,
            )
        )
    engraved(job, sheet, [np.asarray(line, np.float32) for line in lines])
    places = [
        (0, 0.13, 0.034),
        (-0.13, 0.15, 0.022),
        (0.13, 0.15, 0.022),
        (0, -0.02, 0.020),
        (0, -0.11, 0.013),
    ]
    for k, (cx, cy, r) in enumerate(places):
        cell(job, sheet, ring(r, at=(cx, cy), count=32), colour=_accent(job, k))
    for k, cx in enumerate((-0.20, -0.07, 0.07, 0.20)):
        cy = 0.27 if k in (0, 3) else 0.32
        drop = turned(
            [(0, -0.03), (0.022, 0.02), (0, 0.045), (-0.022, 0.02)], by=0, at=(cx, cy + 0.03)
        )
        plate(job, sheet, [drop], thick=0.008)
    return sheet


def necklace(job: Job) -> F32:
    """Beads on a curve, and a pendant."""
    sheet = _velvet(job) if job.rng.random() < 0.6 else ground.linen(job)
    line = spline(
        [
            (-0.30, -0.40),
            (-0.33, -0.10),
            (-0.20, 0.14),
            (0.0, 0.21),
            (0.20, 0.14),
            (0.33, -0.10),
            (0.30, -0.40),
        ],
        closed=False,
        steps=40,
    )
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    stone = STONES["coral"] if job.palette == "silver" else _accent(job, 1)
    count = 27
    for k, s in enumerate(np.linspace(0.01, 0.99, count) * length[-1]):
        at = (float(np.interp(s, length, line[:, 0])), float(np.interp(s, length, line[:, 1])))
        middle = abs(k - count // 2)
        if middle == 0:
            continue
        radius = 0.026 - 0.0008 * middle
        colour = stone if k % 3 == 0 else SILVER
        if job.palette == "amber" and k % 3 != 1:
            colour, radius = STONES["amber"], radius * 1.15
        bead(job, sheet, at=at, radius=radius if colour != SILVER else radius * 0.82, colour=colour)
    disc = star(int(job.rng.choice([8, 12, 16])), outer=0.125, inner=0.098, at=(0, 0.31))
    plate(job, sheet, [disc], thick=0.014)
    engraved(
        job,
        sheet,
        [
            np.concatenate([o, o[:1]])
            for o in (ring(0.082, at=(0, 0.31)), star(8, outer=0.068, inner=0.046, at=(0, 0.31)))
        ],
    )
    cell(job, sheet, ring(0.032, at=(0, 0.31)), colour=_accent(job, 0))
    for k in range(4):
        a = np.pi / 4 + k * np.pi / 2
        cell(
            job,
            sheet,
            ring(0.012, at=(0.075 * np.cos(a), 0.31 + 0.075 * np.sin(a)), count=24),
            colour=_accent(job, k + 1),
        )
    return sheet


def bracelet(job: Job) -> F32:
    """A wide engraved cuff standing on a table."""
    sheet = ground.studio(job)
    y, tilt, wide, high = 0.16, 34.0, job.uniform(0.25, 0.28), job.uniform(0.11, 0.16)
    ground.standing_shadow(sheet, job, foot=(0, y), radius=wide, tall=0.2, flat=0.56)
    out = smooth_profile(
        [
            (wide * 0.97, 0),
            (wide, 0.012),
            (wide * 1.02, high * 0.5),
            (wide, high - 0.012),
            (wide * 0.97, high),
        ]
    )
    into = smooth_profile([(wide * 0.96, high), (wide * 0.95, high * 0.5), (wide * 0.95, 0.0)])
    for profile, inside in ((into, True), (out, False)):
        body = turn(job, profile, at=(0, y), tilt=tilt, inside=inside)
        n = body.normals
        beaten = noise.stretched("mid", body.shape, job.rng, by=1.4) * 0.05
        bent = rippled(n, beaten)
        lit = ink(SILVER) * (
            bounced(ink("#ffffff"), bent, body.shade) * 0.4 + mirrored(bent, rough=6) * 0.8
        )
        if not inside:
            cut = wrapped(
                body, str(job.choice(("lozenge", "star", "lattice"))), low=0.28, high=0.72, count=16
            )
            cut = np.maximum(cut, wrapped(body, "dots", low=0.10, high=0.22, count=44))
            cut = np.maximum(cut, wrapped(body, "dots", low=0.78, high=0.90, count=44))
            tone = ink("#232322") if job.palette == "silver" else ink(_accent(job, 0))
            lit = lit + (tone * bounced(ink("#ffffff"), bent) - lit) * cut * (
                0.55 if job.palette == "silver" else 0.85
            )
        else:
            lit = lit * np.float32(0.55)
        lay_turned(sheet, body, lit.astype(np.float32))
    return sheet


def earrings(job: Job) -> F32:
    """A pair: hoop, plate and drops."""
    sheet = _velvet(job) if job.rng.random() < 0.6 else ground.linen(job)
    points = int(job.rng.choice([6, 8, 12]))
    for cx in (-0.18, 0.18):
        hook = spline(
            [(cx, -0.20), (cx + 0.01, -0.30), (cx - 0.035, -0.34), (cx - 0.06, -0.28)], closed=False
        )
        wire = strokes(job, [hook], thick=0.009)
        rise = np.sqrt(np.clip(blurred(wire, 0.003 * job.scale), 0, 1)) * 0.006 * job.scale
        lay(job, sheet, wire, lit=metallic(job, ink(SILVER), rise.astype(np.float32), rough=5))
        disc = star(points, outer=0.125, inner=0.10, at=(cx, -0.06))
        plate(job, sheet, [disc])
        engraved(job, sheet, [np.concatenate([o, o[:1]]) for o in (ring(0.080, at=(cx, -0.06)),)])
        cell(job, sheet, ring(0.036, at=(cx, -0.06)), colour=_accent(job, 0))
        for k, shift in enumerate((-0.07, 0.0, 0.07)):
            top = 0.07 - 0.02 * abs(k - 1) + 0.02
            chain = strokes(
                job, [[(cx + shift, top - 0.04), (cx + shift, top + 0.06)]], thick=0.006
            )
            lay(job, sheet, chain, lit=ink(SILVER) * np.ones_like(chain), lift=0.005, soft=0.004)
            bead(job, sheet, at=(cx + shift, top + 0.08), radius=0.022, colour=_accent(job, k + 1))
            leaf = turned(
                [(0, -0.02), (0.018, 0.02), (0, 0.05), (-0.018, 0.02)],
                by=0,
                at=(cx + shift, top + 0.13),
            )
            plate(job, sheet, [leaf], thick=0.007)
    return sheet
