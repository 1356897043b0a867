"""Pierced lanterns, lit."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job, blurred, ink, smooth
from maalem.demo.art.lathe import lay, smooth_profile, turn
from maalem.demo.art.metalwork import band_mask, polished
from maalem.demo.art.motifs import CELL, motif
from maalem.demo.art.relief import metal, ring, tube


def lantern(job: Job) -> F32:
    """A pierced lantern, lit: its pattern falls on the wall."""
    sheet = ground.studio(job, 2) * np.float32(0.50)
    y, tilt = 0.34, 9.0
    wide = job.uniform(0.165, 0.21)
    name = str(job.choice(("star", "lattice", "rosette", "lozenge", "scroll", "petals")))
    count = int(job.rng.choice([8, 10, 12]))
    _thrown(job, sheet, at=(0, y - 0.30), name=name, count=count * 2)
    ground.standing_shadow(sheet, job, foot=(0, y), radius=wide * 0.6, tall=0.2, flat=0.2, dark=0.5)
    belly = job.uniform(0.25, 0.36)
    out = smooth_profile([(wide * 0.55, 0), (wide * 0.6, 0.012), (wide * 0.42,
        0.04), (wide * 0.46, 0.06), (wide * 0.9, belly * 0.55), (wide, belly), (wide *
        0.82, belly + 0.12), (wide * 0.42, belly + 0.2), (wide * 0.36, belly + 0.22),
        (wide * 0.4, belly + 0.24), (wide * 0.16, belly + 0.3), (wide * 0.07, belly +
        0.32), (wide * 0.1, belly + 0.34), (0, belly + 0.37)])  # fmt: skip
    body = turn(job, out, at=(0, y), tilt=tilt)
    low, high = 0.17, 0.68
    rows = 4
    holes = np.zeros(body.shape, np.float32)
    for i in range(rows):
        a = low + (high - low) * i / rows
        holes = np.maximum(
            holes, band_mask(body, low=a, high=a + (high - low) / rows, name=name, count=count)
        )
    holes = np.maximum(holes, band_mask(body, low=0.74, high=0.80, name="dots", count=count * 2))
    surface = polished(job, body, job.palette, hammered=0.03) * 0.72
    heart = np.exp(-(((body.height - belly * 0.9) / 0.13) ** 2)) * (
        0.35 + 0.65 * np.cos(body.angle).clip(0, 1)
    )
    glow = ink("#ffb347") * (0.35 + 1.5 * heart) + ink("#fff0c0") * (0.9 * heart**3)
    near = blurred(np.ascontiguousarray(holes), 5.0)
    surface = surface + ink("#ff9a3c") * (near * heart * 0.30)
    lay(sheet, body, surface + (glow - surface) * holes)
    x, yy = job.grid()
    sheet += ink("#ff9d45") * (0.20 * np.exp(-((x / 0.30) ** 2 + ((yy - y + 0.28) / 0.32) ** 2)))
    tube(job, sheet, ring(0, y - belly - 0.39, 0.028), stuff=metal(job.palette),
        thick=0.008, shadow=0)  # fmt: skip
    return sheet


def _thrown(job: Job, sheet: F32, *, at: tuple[float, float], name: str, count: int) -> None:
    """The pierced pattern on wall and table, larger and softer with distance."""
    x, y = job.grid()
    dx, dy = x - at[0], y - at[1]
    r = np.sqrt(dx * dx + dy * dy)
    u = np.arctan2(dy, dx) * np.float32(0.5 / np.pi) * count
    v = np.log(np.maximum(r, 0.02)) * np.float32(count / 6.283 * 1.0)
    index = ((v - np.floor(v)) * 127.9).astype(np.int32) * CELL + (
        (u - np.floor(u)) * 127.9
    ).astype(np.int32)
    spots = blurred(np.take(motif(name).max(axis=0), index), 0.006 * job.scale)
    fade = np.exp(-((r / 0.46) ** 2)) * smooth(0.08, 0.22, r)
    sheet += ink("#ffae55") * (spots * fade * 0.75 + 0.16 * np.exp(-((r / 0.5) ** 2)))
