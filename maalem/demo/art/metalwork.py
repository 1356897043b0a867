"""Brass, copper, silver plate and iron."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, ink, smooth
from maalem.demo.art.lathe import Body, lay, smooth_profile, turn
from maalem.demo.art.light import Normals, bounced, mirrored
from maalem.demo.art.motifs import CELL, motif
from maalem.demo.art.relief import METALS


def polished(
    job: Job, body: Body, name: str, *, hammered: float = 0.02, cut: F32 | None = None
) -> F32:
    """A turned body of a metal; cut (0..1) is engraved into it."""
    code, rough = METALS[name]
    n = body.normals
    dents = noise.stretched("mid", body.shape, job.rng, by=1.1) * hammered
    brushed = noise.sample("warp_x", body.angle * 160 + 500, body.along * 900) * 0.012
    bent = Normals(n.x + dents, n.y + dents * 0.6 + brushed, n.z)
    inv = 1 / np.sqrt(bent.x**2 + bent.y**2 + bent.z**2 + 1e-9)
    bent = Normals(bent.x * inv, bent.y * inv, bent.z * inv)
    age = noise.stretched("fbm", body.shape, job.rng, by=1.3)
    tint = ink(code) * (1 + 0.05 * age)
    out = (
        tint
        * (mirrored(bent, rough=rough) * 1.05 + 0.25 * bounced(np.float32(1), bent))
        * body.shade
    )
    if cut is not None:
        out = out * (1 - 0.62 * cut)
    return out


def band_mask(body: Body, *, low: float, high: float, name: str, count: int) -> F32:
    """A motif's first layers as one mask around a body."""
    v = (body.along - low) / (high - low)
    u = body.angle * np.float32(0.5 / np.pi) * count + 0.5
    index = (np.clip(v, 0, 0.999) * CELL).astype(np.int32) * CELL + (
        (u - np.floor(u)) * 127.9
    ).astype(np.int32)
    mask = np.take(motif(name).max(axis=0), index)
    return mask * ((v > 0) & (v < 1))


def tray(job: Job) -> F32:
    """A round tray chased with rings of ornament."""
    sheet = ground.floor(job)
    tilt, wide = 66.0 if job.view != 2 else 40.0, 0.41
    ground.standing_shadow(
        sheet, job, foot=(0.01, 0.05), radius=wide * 0.97, tall=0.06, flat=0.9, dark=0.75
    )
    into = smooth_profile([(wide, 0.036), (wide * 0.985, 0.038), (wide * 0.965,
        0.03), (wide * 0.9, 0.008), (wide * 0.86, 0.006), (0, 0.004)])  # fmt: skip
    body = turn(job, into, at=(0, 0.03), tilt=tilt, inside=True)
    names = list(
        job.rng.permutation(["scroll", "star", "petals", "lattice", "lozenge", "arcade", "scales"])
    )
    count = int(job.rng.choice([12, 16, 20]))
    cut = band_mask(body, low=0.02, high=0.08, name="dots", count=count * 4)
    for low, high, name, times in (
        (0.13, 0.19, "zigzag", count * 4),
        (0.20, 0.36, names[0], count * 2),
        (0.38, 0.54, names[1], count),
        (0.55, 0.59, "dots", count * 3),
        (0.60, 0.80, names[2], count),
        (0.82, 0.98, "petals", 8),
    ):
        cut = np.maximum(cut, band_mask(body, low=low, high=high, name=str(name), count=times))
    for at in (0.12, 0.195, 0.37, 0.545, 0.595, 0.81):
        cut = np.maximum(cut, smooth(0.004, 0.0015, np.abs(body.along - at)))
    lay(sheet, body, polished(job, body, job.palette, hammered=0.035, cut=cut * 0.8))
    return sheet
