"""What is worn: caftans and djellabas on their hangers, felt hats, a doll dressed as a bride."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, smooth, spline, strokes
from maalem.demo.art.lathe import lay as lay_turned
from maalem.demo.art.lathe import smooth_profile, turn
from maalem.demo.art.light import bounced
from maalem.demo.art.shapes import cutout, lay, matt, metallic, puffed, ring, star, window

SILKS = {
    "majorelle": "#27429f",
    "madder": "#8c2c30",
    "saffron": "#cf9530",
    "mint": "#7fae93",
    "rose": "#c97f88",
    "ivory": "#e9dfca",
    "henna": "#855030",
    "indigo": "#2b3b60",
    "charcoal": "#3f3b39",
    "fawn": "#b2946c",
    "festive": "#b5304f",
}
GOLD = "#dfb65c"

ROBE = [
    (-0.06, -0.38),
    (-0.17, -0.345),
    (-0.40, -0.12),
    (-0.345, -0.035),
    (-0.195, -0.13),
    (-0.20, 0.08),
    (-0.265, 0.43),
    (0.265, 0.43),
    (0.20, 0.08),
    (0.195, -0.13),
    (0.345, -0.035),
    (0.40, -0.12),
    (0.17, -0.345),
    (0.06, -0.38),
    (0.0, -0.33),
]


def _draped(job: Job, mask: F32, *, silk: bool) -> F32:
    """The relief of cloth that hangs: long folds growing towards the hem."""
    x, y = job.grid()
    down = np.clip((y + 0.30) / 0.73, 0, 1)
    phase = job.uniform(0, 6)
    wave = np.sin(x * (34 + 10 * down) + phase + 1.4 * np.sin(y * 5 + phase))
    wave = wave + 0.5 * np.sin(x * 71 + phase * 2 + y * 3)
    soft = noise.stretched("cloud", mask.shape, job.rng, by=1.2)
    height = wave * (0.0035 + 0.0075 * down) + soft * 0.004
    edge = puffed(job, mask, radius=0.05, depth=0.030)
    return (height * job.scale * (1.0 if silk else 0.75) + edge).astype(np.float32)


def _hanger(job: Job, sheet: F32) -> None:
    rod = strokes(job, [[(-0.46, -0.405), (0.46, -0.405)]], thick=0.016)
    lay(
        job,
        sheet,
        rod,
        lit=matt(
            job, ink("#8a5a35") * np.ones_like(rod), puffed(job, rod, radius=0.008, depth=0.008)
        ),
        lift=0.03,
    )
    hook = strokes(
        job,
        [spline([(0, -0.40), (0.0, -0.455), (0.022, -0.47), (0.03, -0.45)], closed=False)],
        thick=0.008,
    )
    over(sheet, ink("#6b6259"), hook)


def caftan(job: Job) -> F32:
    """A caftan with its gold braid, its row of knotted buttons and its belt."""
    sheet = ground.floor(job)
    _hanger(job, sheet)
    mask = cutout(job, [np.array(ROBE, np.float32)])
    height = _draped(job, mask, silk=True)
    x, y = job.grid()
    sheen = noise.stretched("warp_y", mask.shape, job.rng, by=1.0)
    colour = ink(SILKS[job.palette]) * (1 + 0.06 * sheen)
    lit = matt(job, colour, height)
    lit = lit + lit * smooth(0.4, 1.0, np.sin(x * 38 + job.uniform(0, 6)) * 0.5 + 0.5) * 0.16
    lay(job, sheet, mask, lit=lit, lift=0.03, soft=0.025)
    gold = _braid(job) * mask
    relief = height + gold * 0.004 * job.scale
    over(sheet, metallic(job, ink(GOLD), relief.astype(np.float32), rough=14, dull=0.75), gold)
    for k in range(26):
        at = (0.0, -0.30 + k * 0.0275)
        part, view = window(job, sheet, at=at, half=(0.012, 0.012))
        knot = cutout(part, [ring(0.0085, at=at, count=16)])
        over(view, ink(GOLD) * (1.15 - 0.3 * (k % 2)), knot)
    belt = cutout(job, [[(-0.198, -0.045), (0.198, -0.045), (0.196, 0.005), (-0.196, 0.005)]])
    woven = metallic(
        job,
        ink(GOLD),
        (np.sin(x * 330) * np.sin(y * 330) * 0.8).astype(np.float32),
        rough=14,
        dull=0.8,
    )
    lay(job, sheet, belt * mask, lit=woven, lift=0.006, soft=0.006)
    return sheet


def _braid(job: Job) -> F32:
    """Sfifa along the front, the neck, the cuffs and the hem, with worked scrolls."""
    lines = [[(s * 0.020, -0.325), (s * 0.022, 0.43)] for s in (-1, 1)]
    lines += [
        spline(
            [(-0.065, -0.375), (-0.03, -0.335), (0, -0.322), (0.03, -0.335), (0.065, -0.375)],
            closed=False,
        )
    ]
    lines += [[(s * 0.395, -0.125), (s * 0.343, -0.04)] for s in (-1, 1)]
    lines += [[(-0.262, 0.418), (0.262, 0.418)]]
    drawn = strokes(job, lines, thick=0.015)
    curls = []
    for side in (-1, 1):
        for k in range(4):
            cy = -0.26 + k * 0.085
            a = np.linspace(0, 3.4 * np.pi, 40)
            r = 0.034 * (1 - a / (4.2 * np.pi))
            curls.append(np.stack([side * (0.075 + r * np.cos(a)), cy + r * np.sin(a)], 1))
        for k in range(5):
            cx = side * (0.05 + k * 0.045)
            m = star(8, outer=0.018, inner=0.011, at=(cx, 0.385))
            curls.append(np.concatenate([m, m[:1]]))
    return np.maximum(drawn, strokes(job, curls, thick=0.006))


def djellaba(job: Job) -> F32:
    """A djellaba of striped wool, with its pointed hood."""
    sheet = ground.floor(job)
    _hanger(job, sheet)
    hood = cutout(
        job,
        [
            spline(
                [
                    (-0.10, -0.35),
                    (-0.085, -0.43),
                    (0.0, -0.47),
                    (0.085, -0.43),
                    (0.10, -0.35),
                    (0.06, -0.28),
                    (0.0, -0.20),
                    (-0.06, -0.28),
                ]
            )
        ],
    )
    mask = cutout(job, [np.array(ROBE, np.float32)])
    height = _draped(job, mask, silk=False)
    x, _ = job.grid()
    weave = (
        noise.cut("warp_y", mask.shape, job.rng) * 0.05
        + noise.cut("warp_x", mask.shape, job.rng) * 0.05
    )
    stripes = smooth(0.55, 0.8, np.sin(x * job.uniform(90, 150)) * 0.5 + 0.5)
    base = ink(SILKS[job.palette])
    other = ink("#f0e6d2") if job.palette != "ivory" else ink("#b79b77")
    colour = (base + (other - base) * stripes * 0.30) * (1 + weave)
    lay(job, sheet, mask, lit=matt(job, colour, height, grain=0.05), lift=0.03, soft=0.025)
    rise = (
        puffed(job, hood, radius=0.06, depth=0.04)
        + noise.stretched("cloud", mask.shape, job.rng, by=1.3) * 1.5
    )
    lay(
        job,
        sheet,
        hood,
        lit=matt(job, colour, rise.astype(np.float32), grain=0.05),
        lift=0.012,
        soft=0.012,
    )
    inner = cutout(job, [spline([(-0.05, -0.375), (0.0, -0.425), (0.05, -0.375), (0.0, -0.27)])])
    over(sheet, ink("#1f1813"), blurred(inner, 0.006 * job.scale) * 0.6)
    seam = strokes(
        job,
        [
            [(0, -0.20), (0, 0.20)],
            [(-0.393, -0.12), (-0.345, -0.042)],
            [(0.393, -0.12), (0.345, -0.042)],
        ],
        thick=0.010,
    )
    over(sheet, ink(SILKS["henna"]) * np.float32(0.9), seam * 0.8)
    return sheet


def felt_hat(job: Job) -> F32:
    """A felt cap with a tassel."""
    sheet = ground.studio(job)
    y, tilt, wide = 0.22, 16.0, 0.19
    ground.standing_shadow(sheet, job, foot=(0, y), radius=wide, tall=0.25, flat=0.28)
    high = job.uniform(0.25, 0.30)
    body = turn(
        job,
        smooth_profile(
            [
                (wide, 0),
                (wide * 0.97, high * 0.6),
                (wide * 0.86, high),
                (wide * 0.86, high),
                (wide * 0.5, high + 0.012),
                (0, high + 0.015),
            ]
        ),
        at=(0, y),
        tilt=tilt,
    )
    nap = noise.cut("soft", body.shape, job.rng)
    pool = noise.stretched("fbm", body.shape, job.rng, by=1.2)
    lay_turned(
        sheet,
        body,
        bounced(
            ink(SILKS[job.palette]) * (1 + 0.05 * nap + 0.06 * pool), body.normals, body.shade
        ).astype(np.float32),
    )
    top = y - high * np.cos(np.radians(tilt)) - 0.006
    cord = spline(
        [(0, top), (0.10, top - 0.01), (0.175, top + 0.06), (0.182, top + 0.14)], closed=False
    )
    thread = strokes(job, [cord], thick=0.008)
    lay(job, sheet, thread, lit=ink("#221e1c") * np.ones_like(thread), lift=0.006, soft=0.005)
    fringe = strokes(
        job,
        [
            [(0.182 + s, top + 0.13), (0.182 + s * 2.2, top + 0.26)]
            for s in np.linspace(-0.014, 0.014, 7)
        ],
        thick=0.006,
    )
    lay(
        job,
        sheet,
        fringe,
        lit=matt(
            job,
            ink("#2a2522") * np.ones_like(fringe),
            puffed(job, fringe, radius=0.006, depth=0.004),
        ),
        lift=0.008,
    )
    return sheet


def doll(job: Job) -> F32:
    """A rag doll in a bride's dress, with her headdress and beads."""
    sheet = ground.studio(job)
    y, tilt = 0.36, 10.0
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=0.20, tall=0.4, flat=0.2)
    skirt = turn(
        job,
        smooth_profile(
            [
                (0.205, 0),
                (0.20, 0.02),
                (0.13, 0.18),
                (0.075, 0.30),
                (0.085, 0.36),
                (0.05, 0.41),
                (0.03, 0.42),
            ]
        ),
        at=(0, y),
        tilt=tilt,
    )
    folds = np.sin(skirt.angle * 15) * 0.12 * np.clip(1 - skirt.along * 1.2, 0, 1)
    bands = (np.sin(skirt.along * 70) > 0.72) * (skirt.along < 0.55)
    colour = ink(SILKS[job.palette]) * (1 + folds)
    colour = colour + (ink(GOLD) - colour) * bands * 0.8
    lay_turned(sheet, skirt, bounced(colour, skirt.normals, skirt.shade).astype(np.float32))
    _head(job, sheet, y - 0.475)
    _finery(job, sheet, y - 0.475)
    return sheet


def _head(job: Job, sheet: F32, face_at: float) -> None:
    """Her face, and the veil that falls from her head."""
    face = cutout(
        job,
        [
            spline(
                [
                    (0, face_at - 0.062),
                    (0.052, face_at - 0.01),
                    (0.032, face_at + 0.05),
                    (0, face_at + 0.066),
                    (-0.032, face_at + 0.05),
                    (-0.052, face_at - 0.01),
                ]
            )
        ],
    )
    lay(
        job,
        sheet,
        face,
        lit=matt(
            job, ink("#d6a67c") * np.ones_like(face), puffed(job, face, radius=0.05, depth=0.03)
        ),
        lift=0.006,
    )
    veil = cutout(
        job,
        [
            spline(
                [
                    (0, face_at - 0.095),
                    (0.075, face_at - 0.04),
                    (0.085, face_at + 0.06),
                    (0.115, face_at + 0.21),
                    (0.05, face_at + 0.12),
                    (0.044, face_at - 0.01),
                    (0, face_at - 0.05),
                    (-0.044, face_at - 0.01),
                    (-0.05, face_at + 0.12),
                    (-0.115, face_at + 0.21),
                    (-0.085, face_at + 0.06),
                    (-0.075, face_at - 0.04),
                ]
            )
        ],
    )
    lay(
        job,
        sheet,
        veil,
        lit=matt(
            job, ink("#a5332f") * np.ones_like(veil), puffed(job, veil, radius=0.03, depth=0.02)
        ),
        lift=0.006,
    )


def _finery(job: Job, sheet: F32, face_at: float) -> None:
    """Eyes and mouth in stitches, beads at the neck, coins on the forehead."""
    marks = [ring(0.005, at=(s * 0.020, face_at + 0.002), count=10) for s in (-1, 1)]
    over(sheet, ink("#2a1a12"), cutout(job, [*marks]))
    over(
        sheet,
        ink("#9c3b34"),
        strokes(
            job,
            [
                spline(
                    [(-0.012, face_at + 0.033), (0, face_at + 0.038), (0.012, face_at + 0.033)],
                    closed=False,
                )
            ],
            thick=0.004,
        ),
    )
    for k in range(9):
        a = np.pi * (0.15 + 0.7 * k / 8)
        at = (0.062 * np.cos(a), face_at + 0.062 + 0.045 * np.sin(a))
        over(
            sheet,
            ink(("#d9a436", "#c4422f", "#2f6fae")[k % 3]),
            cutout(job, [ring(0.008, at=at, count=14)]),
        )
    coins = [
        ring(0.007, at=(0.060 * np.cos(a), face_at - 0.012 + 0.052 * np.sin(a)), count=14)
        for a in np.pi * np.linspace(1.12, 1.88, 9)
    ]
    over(sheet, ink("#e5e0d2"), cutout(job, coins))
