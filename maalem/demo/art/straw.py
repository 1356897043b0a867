"""Palm, rush and raffia: coiled baskets and hats."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, ink, mix, smooth
from maalem.demo.art.lathe import Body, lay, smooth_profile, turn
from maalem.demo.art.light import Normals, bounced

STRAW = ("#d9b877", "#b98f4e")
DYES = {"straw": "#a9743a", "madder": "#9a3326", "indigo": "#2a4478", "black": "#2c2622"}


def coiled(
    job: Job, body: Body, *, rows: int, count: int, bands: tuple[tuple[float, float], ...]
) -> F32:
    """Light on coils bound with strips: ridges along, stitches across, some of them dyed."""
    turns = body.angle * np.float32(0.5 / np.pi) + 0.5
    row = body.along * rows
    inside = row - np.floor(row)
    stitch = turns * count + np.floor(row) * 0.5
    across = stitch - np.floor(stitch)
    own = noise.scatter(4096, 3)[
        (np.floor(row).astype(np.int64) * 71 + np.floor(stitch).astype(np.int64) * 13) & 4095
    ]
    colour = mix(ink(STRAW[1]), ink(STRAW[0]), own) * (
        0.92 + 0.12 * noise.stretched("fbm", body.shape, job.rng, by=1.2)
    )
    dyed = np.zeros_like(row)
    for low, high in bands:
        within = (body.along > low) & (body.along < high)
        v = (np.floor(row) / rows - low) / (high - low)
        zig = np.abs((turns * count / 8) % 1 - 0.5) * 2
        dyed = np.maximum(dyed, within * (np.abs(zig - v) < 0.32))
    colour = colour + (ink(DYES[job.palette]) * (0.8 + 0.4 * own) - colour) * dyed
    ridge = (inside - 0.5) * 1.25
    twist = (across - 0.5) * 0.75
    n = body.normals
    nx = n.x + twist * n.z
    ny = n.y - ridge * np.sqrt(np.clip(1 - n.y**2, 0.05, 1))
    inv = 1 / np.sqrt(nx * nx + ny * ny + n.z * n.z + 1e-9)
    dark = (
        1
        - 0.55 * smooth(0.34, 0.5, np.abs(inside - 0.5))
        - 0.25 * smooth(0.36, 0.5, np.abs(across - 0.5))
    )
    return bounced(colour, Normals(nx * inv, ny * inv, n.z * inv), body.shade) * dark


def basket(job: Job) -> F32:
    """A coiled basket, with or without its pointed lid."""
    sheet = ground.studio(job)
    y, tilt = 0.30, 17.0
    wide, high = job.uniform(0.22, 0.27), job.uniform(0.20, 0.30)
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=wide * 0.86, tall=0.36, flat=0.3)
    belly = job.uniform(1.0, 1.14)
    lidded = job.rng.random() < 0.5
    out = smooth_profile(
        [
            (wide * 0.82, 0),
            (wide * 0.9, 0.02),
            (wide * belly, high * 0.5),
            (wide, high),
            (wide, high),
            (wide * 0.96, high + 0.012),
        ]
    )
    rows = int(high / 0.021) + 4
    bands = ((0.20, 0.46), (0.58, 0.84)) if job.rng.random() < 0.6 else ((0.34, 0.70),)
    body = turn(job, out, at=(0, y), tilt=tilt)
    lay(sheet, body, coiled(job, body, rows=rows, count=72, bands=bands).astype(np.float32))
    if lidded:
        peak = job.uniform(0.16, 0.24)
        top = smooth_profile(
            [
                (wide * 1.06, high - 0.01),
                (wide * 1.04, high + 0.02),
                (wide * 0.6, high + peak * 0.6),
                (wide * 0.12, high + peak),
                (wide * 0.16, high + peak + 0.02),
                (0, high + peak + 0.035),
            ]
        )
        lid = turn(job, top, at=(0, y), tilt=tilt)
        lay(sheet, lid, coiled(job, lid, rows=15, count=72, bands=((0.2, 0.5),)).astype(np.float32))
    else:
        hollow = smooth_profile(
            [(wide * 0.96, high + 0.012), (wide * 0.9, high * 0.5), (wide * 0.6, 0.02), (0, 0.015)]
        )
        inner = turn(job, hollow, at=(0, y), tilt=tilt, inside=True)
        paint = coiled(job, inner, rows=rows + 4, count=72, bands=())
        lay(
            sheet,
            inner,
            (paint * np.clip(0.15 + inner.height / high * 0.85, 0.1, 1)).astype(np.float32),
        )
    return sheet


def hat(job: Job) -> F32:
    """A wide straw hat."""
    sheet = ground.studio(job)
    y, tilt, wide = 0.22, 24.0, 0.38
    crown, high = job.uniform(0.155, 0.18), job.uniform(0.16, 0.21)
    ground.standing_shadow(
        sheet, job, foot=(0, y), radius=wide * 0.92, tall=0.12, flat=0.4, dark=0.6
    )
    shape = smooth_profile(
        [
            (wide, 0.015),
            (wide * 0.99, 0.02),
            (crown * 1.25, 0.0),
            (crown * 1.04, 0.012),
            (crown, 0.03),
            (crown * 0.94, high * 0.8),
            (crown * 0.7, high),
            (0, high + 0.012),
        ]
    )
    body = turn(job, shape, at=(0, y), tilt=tilt)
    lay(
        sheet,
        body,
        coiled(job, body, rows=26, count=64, bands=((0.02, 0.12), (0.52, 0.60))).astype(np.float32),
    )
    return sheet
