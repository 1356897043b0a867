"""Leather: babouches, poufs, bags, belts and saddles, with grain, stitches and silk."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, smooth, spline, strokes
from maalem.demo.art.shapes import cutout, glossy, lay, matt, metallic, puffed, ring, star, turned

HIDES = {
    "saffron": "#d29a2e",
    "ivory": "#e6dac2",
    "madder": "#8f2f28",
    "majorelle": "#2745a0",
    "black": "#2a2523",
    "rose": "#cf7f88",
    "henna": "#8a4c2a",
}
THREADS = {
    "saffron": "#7a3b20",
    "ivory": "#a9772f",
    "madder": "#e3c07a",
    "majorelle": "#e9cf8a",
    "black": "#c9a45a",
    "rose": "#7d2b45",
    "henna": "#e2c08a",
}


def hide(job: Job, shape: tuple[int, int]) -> F32:
    """The colour (3, h, w) of a tanned skin: never quite even."""
    pool = noise.stretched("fbm", shape, job.rng, by=1.2)
    grain = noise.cut("soft", shape, job.rng)
    return ink(HIDES[job.palette]) * (1 + 0.10 * pool + 0.035 * grain)


def _stitches(job: Job, line: F32, *, thick: float = 0.0045, gap: int = 2) -> F32:
    """A seam: every other short piece of a line."""
    dashes = [line[i : i + 2] for i in range(0, len(line) - 2, gap)]
    return strokes(job, dashes, thick=thick)


SOLE = [
    (0.0, -0.40),
    (0.075, -0.33),
    (0.105, -0.20),
    (0.098, -0.05),
    (0.080, 0.08),
    (0.086, 0.22),
    (0.070, 0.31),
    (0.0, 0.345),
    (-0.070, 0.31),
    (-0.082, 0.22),
    (-0.072, 0.08),
    (-0.090, -0.05),
    (-0.100, -0.20),
    (-0.070, -0.33),
]
VAMP = [
    (0.0, -0.385),
    (0.070, -0.32),
    (0.100, -0.20),
    (0.094, -0.05),
    (0.082, 0.03),
    (0.0, -0.02),
    (-0.078, 0.03),
    (-0.088, -0.05),
    (-0.095, -0.20),
    (-0.066, -0.32),
]
HEEL = [
    (0.076, 0.13),
    (0.084, 0.22),
    (0.068, 0.302),
    (0.0, 0.335),
    (-0.068, 0.302),
    (-0.080, 0.22),
    (-0.070, 0.13),
    (-0.045, 0.22),
    (0.0, 0.255),
    (0.048, 0.22),
]


def babouche(job: Job) -> F32:
    """A pair seen from above, toes up."""
    sheet = ground.floor(job)
    rounded = job.rng.random() < 0.4
    lean = job.uniform(2, 7)
    embroidered = job.rng.random() < 0.65
    for side in (-1, 1):

        def put(points: object, s: int = side) -> F32:
            shape = np.asarray(points, np.float32).copy()
            if rounded:
                shape[:, 1] = np.where(
                    shape[:, 1] < -0.33, -0.33 + (shape[:, 1] + 0.33) * 0.4, shape[:, 1]
                )
            shape[:, 0] *= s
            return turned(spline([tuple(p) for p in shape]), by=s * lean, at=(s * 0.155, 0.02))

        _shoe(job, sheet, put=put, embroidered=embroidered)
    return sheet


def _shoe(job: Job, sheet: F32, *, put: object, embroidered: bool) -> None:
    sole, vamp, heel = (cutout(job, [put(p)]) for p in (SOLE, VAMP, HEEL))  # type: ignore[operator]
    shape = sole.shape
    inner = ink("#c9a678") * (1 + 0.05 * noise.cut("fbm", shape, job.rng))
    lay(
        job,
        sheet,
        sole,
        lit=matt(job, inner, puffed(job, sole, radius=0.02, depth=0.006)),
        lift=0.016,
    )
    shade = blurred(np.clip(vamp + heel, 0, 1), 0.012 * job.scale) * sole
    over(sheet, ink("#3a2416"), np.clip(shade - vamp - heel, 0, 1) * 0.55)
    colour = hide(job, shape)
    if embroidered:
        centre = put([(0.0, -0.20), (0.001, -0.2), (0, -0.201)]).mean(axis=0)  # type: ignore[operator]
        at = (float(centre[0]), float(centre[1]))
        thread = ink(THREADS[job.palette])
        marks = [star(8, outer=0.052, inner=0.036, at=at), star(8, outer=0.026, inner=0.012, at=at)]
        drawn = strokes(job, [np.concatenate([m, m[:1]]) for m in marks], thick=0.006)
        for k, r in ((16, 0.068), (16, 0.076)):
            dots = [
                ring(0.004, at=(at[0] + r * np.cos(a), at[1] + r * np.sin(a)), count=10)
                for a in np.arange(k) * 2 * np.pi / k
            ]
            drawn = np.maximum(drawn, cutout(job, dots))
        colour = colour + (thread - colour) * drawn * vamp
    for part in (heel, vamp):
        height = puffed(job, part, radius=0.05, depth=0.030)
        ground.drop_shadow(sheet, part, job, lift=0.006, soft=0.006, dark=0.4)
        over(sheet, glossy(job, colour, height, shine=0.04, rough=14), part)
    edge = put(VAMP)  # type: ignore[operator]
    seam = _stitches(job, edge * np.float32(1.0), thick=0.004) * vamp
    over(sheet, ink(THREADS[job.palette]), seam * 0.5)


def pouf(job: Job) -> F32:
    """A round pouf of stitched panels, seen from above and a little in front."""
    sheet = ground.floor(job)
    x, y = job.grid()
    radius = np.hypot(x, y * 1.03)
    angle = np.arctan2(y, x)
    panels = int(job.rng.choice([8, 10, 12]))
    mask = cutout(job, [ring(0.36)])
    ground.drop_shadow(sheet, mask, job, lift=0.05, soft=0.04, dark=0.6)
    puff = np.clip(1 - (radius / 0.372) ** 3, 0, 1) ** 0.5
    wedge = np.abs(((angle / (2 * np.pi) * panels) % 1) - 0.5)
    seam = smooth(0.5 - 0.010 / np.maximum(radius, 0.03), 0.5, wedge)
    seam *= smooth(0.075, 0.09, radius)
    height = (puff * 0.115 - seam * 0.010) * job.scale
    colour = hide(job, mask.shape)
    thread = ink(THREADS[job.palette])
    flower = np.abs(np.sin(angle * panels / 2)) * 0.5 + 0.5
    lines = smooth(0.006, 0.002, np.abs(radius - 0.20 * flower - 0.07))
    lines = np.maximum(lines, smooth(0.006, 0.002, np.abs(radius - 0.12 * flower - 0.05)))
    lines = np.maximum(lines, smooth(0.004, 0.001, np.abs(radius - 0.31)))
    dashes = np.sin(angle * 160) > -0.2
    colour = colour + (thread - colour) * (lines * dashes * 0.9)
    button = smooth(0.075, 0.07, radius)
    petals = (np.cos(angle * 8) * 0.012 + 0.052 - radius) > 0
    colour = colour + (thread - colour) * (button * petals * 0.9)
    lit = glossy(job, colour, height.astype(np.float32), shine=0.045, rough=12)
    over(sheet, (lit * (1 - 0.45 * seam)).astype(np.float32), mask)
    return sheet


def leather_bag(job: Job) -> F32:
    """A satchel with a tooled flap and a strap."""
    sheet = ground.floor(job)
    strap = spline(
        [(-0.25, -0.08), (-0.20, -0.36), (0.0, -0.43), (0.20, -0.36), (0.25, -0.08)], closed=False
    )
    band = strokes(job, [strap], thick=0.030)
    colour = hide(job, band.shape)
    lay(
        job,
        sheet,
        band,
        lit=glossy(job, colour * 0.92, puffed(job, band, radius=0.012, depth=0.006)),
        lift=0.010,
    )
    body = _rounded((-0.29, -0.13), (0.29, 0.36), 0.05)
    mask = cutout(job, [body])
    height = puffed(job, mask, radius=0.07, depth=0.045)
    lay(
        job,
        sheet,
        mask,
        lit=glossy(job, colour, height, shine=0.045, rough=12),
        lift=0.022,
        soft=0.018,
    )
    flap_line = [
        (-0.295, -0.135),
        (0.295, -0.135),
        (0.295, 0.05),
        (0.20, 0.155),
        (0.0, 0.20),
        (-0.20, 0.155),
        (-0.295, 0.05),
    ]
    flap_shape = np.array(flap_line, np.float32)
    flap = cutout(job, [flap_shape])
    tooled = _tooling(job) * flap
    rise = puffed(job, flap, radius=0.05, depth=0.028) - tooled * 0.006 * job.scale
    lit = glossy(job, colour * (1 - 0.35 * tooled), rise.astype(np.float32), shine=0.05, rough=12)
    lay(job, sheet, flap, lit=lit, lift=0.008, soft=0.008)
    inner = flap_shape * np.float32(0.93) + np.array([0, 0.002], np.float32)
    seam = _stitches(job, spline([tuple(p) for p in inner], steps=30), thick=0.005, gap=3)
    over(sheet, ink(THREADS[job.palette]), seam * flap * 0.85)
    knob = cutout(job, [ring(0.022, at=(0.0, 0.165))])
    brass = metallic(job, ink("#d9ad5a"), puffed(job, knob, radius=0.02, depth=0.016), rough=5)
    lay(job, sheet, knob, lit=brass, lift=0.005, soft=0.005)
    return sheet


def _rounded(low: tuple[float, float], high: tuple[float, float], r: float) -> F32:
    corners = [
        (high[0] - r, low[1] + r, -90),
        (high[0] - r, high[1] - r, 0),
        (low[0] + r, high[1] - r, 90),
        (low[0] + r, low[1] + r, 180),
    ]
    points = []
    for cx, cy, start in corners:
        for a in np.radians(np.linspace(start, start + 90, 8)):
            points.append((cx + r * np.cos(a), cy + r * np.sin(a)))
    return np.array(points, np.float32)


def _tooling(job: Job) -> F32:
    """A stamped rosette with its leaves."""
    points = int(job.rng.choice([8, 10, 12, 16]))
    at = (0.0, 0.01)
    rings = [star(points, outer=r, inner=r * 0.74, at=at) for r in (0.115, 0.085, 0.05)]
    drawn = strokes(job, [np.concatenate([m, m[:1]]) for m in rings], thick=0.007)
    drawn = np.maximum(
        drawn, strokes(job, [np.concatenate([m, m[:1]]) for m in (ring(0.13, at=at),)], thick=0.006)
    )
    for side in (-1, 1):
        for k in range(3):
            leaf = [
                (side * (0.15 + k * 0.035), 0.0 + s * 0.03 * np.sin(t * np.pi))
                for s in (1,)
                for t in np.linspace(0, 1, 6)
            ]
            drawn = np.maximum(
                drawn, strokes(job, [leaf, [(p[0], -p[1] + 0.02) for p in leaf]], thick=0.006)
            )
    return drawn


def belt(job: Job) -> F32:
    """A coiled belt with a brass buckle."""
    sheet = ground.planks(job) if job.rng.random() < 0.5 else ground.floor(job)
    turns = np.linspace(0, 3 * 2 * np.pi, 260)
    r = 0.105 + 0.030 * turns / (2 * np.pi) * 2.6
    coil = np.stack([r * np.cos(turns), r * np.sin(turns) * 0.92 + 0.0], 1)
    tail = np.array([[0.36, 0.02], [0.42, 0.10]])
    for piece in (coil[:90], coil[90:180], np.concatenate([coil[180:], tail])):
        band = strokes(job, [piece], thick=0.060)
        colour = hide(job, band.shape)
        height = puffed(job, band, radius=0.02, depth=0.010)
        lay(
            job,
            sheet,
            band,
            lit=glossy(job, colour, height, shine=0.05, rough=10),
            lift=0.010,
            soft=0.010,
        )
        for shift in (0.88, 1.12):
            seam = _stitches(
                job, (piece * [shift**0.35, shift**0.35]).astype(np.float32), thick=0.004, gap=3
            )
            over(sheet, ink(THREADS[job.palette]), seam * band * 0.8)
    outer, hole = (
        _rounded((0.34, 0.03), (0.47, 0.19), 0.02),
        _rounded((0.365, 0.055), (0.445, 0.165), 0.012),
    )
    buckle = np.clip(cutout(job, [outer]) - cutout(job, [hole]), 0, 1)
    brass = metallic(job, ink("#d9ad5a"), puffed(job, buckle, radius=0.012, depth=0.012), rough=4)
    lay(job, sheet, buckle, lit=brass, lift=0.008, soft=0.006)
    return sheet


def saddle(job: Job) -> F32:
    """A parade saddle-cloth: felt, leather and gold thread."""
    sheet = ground.floor(job)
    seat = spline(
        [
            (-0.36, -0.20),
            (-0.18, -0.33),
            (0.0, -0.27),
            (0.18, -0.33),
            (0.36, -0.20),
            (0.33, 0.12),
            (0.20, 0.36),
            (0.0, 0.30),
            (-0.20, 0.36),
            (-0.33, 0.12),
        ]
    )
    mask = cutout(job, [seat])
    colour = hide(job, mask.shape)
    gold = ink("#dcb45e")
    drawn = np.zeros_like(mask)
    for scale in (0.94, 0.90, 0.66):
        line = (seat * scale).astype(np.float32)
        drawn = np.maximum(drawn, strokes(job, [np.concatenate([line, line[:1]])], thick=0.008))
    for k in range(8):
        a = k * np.pi / 4
        at = (0.13 * np.cos(a), 0.12 * np.sin(a))
        m = star(8, outer=0.045, inner=0.030, at=at)
        drawn = np.maximum(drawn, strokes(job, [np.concatenate([m, m[:1]])], thick=0.006))
    m = star(16, outer=0.085, inner=0.062)
    drawn = np.maximum(drawn, strokes(job, [np.concatenate([m, m[:1]])], thick=0.008))
    drawn = drawn * mask
    height = puffed(job, mask, radius=0.10, depth=0.05) + drawn * 0.004 * job.scale
    lit = glossy(job, colour, height.astype(np.float32), shine=0.04, rough=12)
    thread = metallic(job, gold, height.astype(np.float32), rough=10, dull=0.6)
    lay(job, sheet, mask, lit=lit + (thread - lit) * drawn, lift=0.022, soft=0.02)
    return sheet
