"""Brass, copper, silver plate and iron: lanterns, trays, teapots, mirrors and tables."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, smooth, spline, strokes
from maalem.demo.art.lathe import Body, lay, smooth_profile, turn
from maalem.demo.art.light import Normals, bounced, mirrored
from maalem.demo.art.motifs import CELL, motif
from maalem.demo.art.shapes import cutout, metallic, ring
from maalem.demo.art.shapes import lay as lay_flat

TINTS = {"brass": "#e2b45c", "copper": "#d8875c", "silver": "#dcdcd6", "iron": "#57524d"}


def shone(job: Job, body: Body, *, rough: int = 3, engraved: F32 | None = None) -> F32:
    """Metal on a turned body; engraving darkens and roughens where it is cut."""
    n = body.normals
    wave = noise.stretched("mid", body.shape, job.rng, by=2.0) * 0.02
    spun = np.sin(body.along * 400) * 0.010
    bent = Normals(n.x + wave, n.y + spun + wave * 0.5, n.z)
    inv = 1 / np.sqrt(bent.x**2 + bent.y**2 + bent.z**2 + 1e-9)
    bent = Normals(bent.x * inv, bent.y * inv, bent.z * inv)
    tint = ink(TINTS[job.palette])
    lit = tint * (bounced(ink("#ffffff"), bent, body.shade) * 0.30 + mirrored(bent, rough=rough))
    lit = lit * (0.35 + 0.65 * body.shade)
    if engraved is not None:
        lit = lit * (1 - 0.55 * engraved)
    return lit


def wrapped(body: Body, name: str, *, low: float, high: float, count: int) -> F32:
    """A motif's outlines around a body between two places along its profile."""
    turns = body.angle * np.float32(0.5 / np.pi) + 0.5
    v = (body.along - low) / (high - low)
    u = turns * count
    col = ((u - np.floor(u)) * (CELL - 0.01)).astype(np.int32)
    row = (np.clip(v, 0, 0.999) * CELL).astype(np.int32)
    layers = motif(name)
    drawn = np.take(np.max(layers[: max(1, len(layers) - 1)], axis=0), row * CELL + col)
    return (drawn * ((v > 0) & (v < 1))).astype(np.float32)


def _thrown(sheet: F32, place: tuple[F32, F32], job: Job, *, count: int, middle: float) -> None:
    """Rays and stars of light on wall and table."""
    x, y = place
    dx, dy = x, y - middle
    angle = np.arctan2(dy, dx)
    radius = np.hypot(dx, dy)
    rays = 0.5 + 0.5 * np.cos(angle * count * 2 + job.uniform(0, 6))
    rings = 0.5 + 0.5 * np.cos(radius * 42)
    spots = smooth(0.55, 0.95, rays * (0.45 + 0.55 * rings)) * np.exp(-((radius / 0.42) ** 2))
    soft = blurred(np.clip(spots, 0, 1).astype(np.float32), 0.006 * job.scale)
    sheet += ink("#ffb765") * (soft * 0.55 * smooth(0.10, 0.24, radius))
    sheet += ink("#ff9a45") * (np.exp(-((radius / 0.30) ** 2)) * 0.22).astype(np.float32)


def teapot(job: Job) -> F32:
    """The pot for mint tea: belly, dome, spout and handle."""
    sheet = ground.studio(job)
    y, wide, tilt = 0.30, job.uniform(0.17, 0.19), 13.0
    ground.standing_shadow(sheet, job, foot=(0, y), radius=wide * 0.9, tall=0.4, flat=0.24)
    spout = [(0.10, 0.16), (0.20, 0.13), (0.25, 0.02), (0.29, -0.10), (0.33, -0.145)]
    arm = [(-0.10, -0.13), (-0.24, -0.15), (-0.31, -0.05), (-0.25, 0.10), (-0.13, 0.17)]
    for line, thick in ((spout, 0.052), (arm, 0.026)):
        tube = strokes(job, [spline(line, closed=False)], thick=thick)
        height = np.sqrt(np.clip(blurred(tube, thick * job.scale * 0.3) * 1.6 - 0.5, 0, 1))
        lit = metallic(job, ink(TINTS[job.palette]), height * thick * job.scale * 0.55, rough=4)
        lay_flat(job, sheet, tube, lit=lit, lift=0.010, soft=0.010)
    profile = smooth_profile(
        [
            *((wide * 0.62, 0), (wide * 0.66, 0.015), (wide * 0.52, 0.03), (wide * 0.52, 0.03)),
            *((wide, 0.13), (wide * 0.92, 0.22), (wide * 0.5, 0.30), (wide * 0.46, 0.33)),
            *((wide * 0.56, 0.345), (wide * 0.56, 0.345), (wide * 0.5, 0.40), (wide * 0.22, 0.46)),
            *((wide * 0.07, 0.485), (wide * 0.13, 0.51), (wide * 0.02, 0.54), (0, 0.545)),
        ]
    )
    body = turn(job, profile, at=(0, y), tilt=tilt)
    count = int(job.rng.choice([8, 10, 12]))
    name = str(job.choice(("arcade", "petals", "rosette")))
    cut = wrapped(body, name, low=0.2, high=0.44, count=count)
    cut = np.maximum(cut, wrapped(body, "petals", low=0.66, high=0.84, count=count))
    lay(sheet, body, shone(job, body, rough=2, engraved=cut * 0.5).astype(np.float32))
    return sheet


def iron_mirror(job: Job) -> F32:
    """A mirror in a wrought frame of scrolls, on a wall."""
    sheet = ground.floor(job)
    frame = [ring(0.30), ring(0.235)]
    scrolls = []
    for k in range(12):
        a = np.linspace(0, 1.6 * np.pi, 26)
        r = 0.045 * (1 - a / (2.4 * np.pi))
        spin = k * np.pi / 6
        cx, cy = 0.345 * np.cos(spin), 0.345 * np.sin(spin)
        scrolls.append(np.stack([cx + r * np.cos(a + spin + 2), cy + r * np.sin(a + spin + 2)], 1))
    bars = strokes(job, [*(np.concatenate([f, f[:1]]) for f in frame), *scrolls], thick=0.014)
    bars = np.maximum(bars, strokes(job, [_closed(ring(0.385))], thick=0.012))
    glass = cutout(job, [ring(0.232)])
    x, y = job.grid()
    sky = ink("#cfd6d4") * (0.75 + 0.35 * smooth(0.3, -0.3, x + y)) + ink("#d8b98c") * (
        smooth(0.0, 0.25, y) * 0.35
    )
    streak = smooth(0.03, 0.0, np.abs(x + y * 0.8 + 0.09)) * 0.25
    lay_flat(job, sheet, glass, lit=(sky + streak).astype(np.float32), lift=0.01)
    height = np.sqrt(np.clip(blurred(bars, 0.004 * job.scale), 0, 1)) * 0.008 * job.scale
    tint = ink(TINTS["iron" if job.palette == "iron" else "brass"])
    lay_flat(job, sheet, bars, lit=metallic(job, tint, height, rough=12, dull=0.6), lift=0.020)
    return sheet


def _closed(points: F32) -> F32:
    return np.concatenate([points, points[:1]])
