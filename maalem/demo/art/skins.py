"""Leather: babouches, poufs, bags, belts, saddles."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job, darken, ink, smooth, strokes
from maalem.demo.art.lathe import lay, smooth_profile, turn
from maalem.demo.art.light import bounced, fresnel, mirrored
from maalem.demo.art.metalwork import band_mask
from maalem.demo.art.relief import bead, curve, leather, metal, plump, stitches, tube

HIDES = {
    "saffron": "#d9a02f",
    "ivory": "#e6dac2",
    "madder": "#8f2a22",
    "majorelle": "#2c4bb3",
    "black": "#2a2422",
    "rose": "#c9768a",
    "henna": "#8a4b27",
}
THREAD = {"ivory": "#b08a4a", "saffron": "#8a4b1f", "black": "#c79a4e"}


def pouf(job: Job) -> F32:
    """A round pouf of sewn panels with an embroidered star on its top."""
    sheet = ground.studio(job)
    wide, high = 0.33, job.uniform(0.27, 0.31)
    y, tilt = 0.265, 27.0
    ground.standing_shadow(sheet, job, foot=(0, y - 0.02), radius=wide * 0.88, tall=0.3, flat=0.45)
    line = smooth_profile([(wide * 0.8, 0), (wide * 0.93, 0.03), (wide, high *
        0.45), (wide * 0.95, high * 0.82), (wide * 0.8, high), (wide * 0.45, high +
        0.018), (0, high + 0.022)])  # fmt: skip
    body = turn(job, line, at=(0, y), tilt=tilt)
    panels = 16
    turns = body.angle * np.float32(panels / 2 / np.pi)
    seam = np.abs(turns - np.floor(turns) - 0.5) * 2
    quilt = (
        np.float32(0.24)
        * np.sin((turns - np.floor(turns) - 0.5) * np.float32(2 * np.pi))
        * (body.along < 0.62)
    )
    n = body.normals
    n.x = n.x + quilt * np.cos(body.angle)
    inv = 1 / np.sqrt(n.x**2 + n.y**2 + n.z**2)
    n.x, n.y, n.z = n.x * inv, n.y * inv, n.z * inv
    from maalem.demo.art import noise

    pool, grain = (
        noise.stretched("fbm", body.shape, job.rng, by=1.2),
        noise.cut("soft", body.shape, job.rng),
    )
    colour = ink(HIDES[job.palette]) * (1 + 0.08 * pool + 0.05 * grain)
    thread = ink(THREAD.get(job.palette, "#e8d3a2"))
    count = int(job.rng.choice([8, 12, 16]))
    for low, high_, name in (
        (0.66, 0.71, "zigzag"),
        (0.72, 0.84, str(job.choice(("star", "petals", "lattice")))),
        (0.85, 0.99, "petals"),
    ):
        mask = band_mask(body, low=low, high=high_, name=name, count=count if high_ < 0.98 else 8)
        colour += (thread - colour) * (mask * 0.85 * (0.8 + 0.2 * grain).clip(0, 1))
    colour = colour * (1 - 0.45 * smooth(0.93, 1.0, seam) * (body.along < 0.62))
    stitch = (
        smooth(0.05, 0.03, np.abs(seam - 0.90))
        * (np.sin(body.along * 300) > -0.1)
        * (body.along < 0.6)
    )
    colour += (thread - colour) * (stitch * 0.7)
    lit = bounced(colour, n, body.shade) + mirrored(n, rough=14) * (
        fresnel(n, 0.05) * 0.55 * body.shade
    )
    lay(sheet, body, lit)
    return sheet


def leather_bag(job: Job) -> F32:
    """A satchel with a tooled flap."""
    sheet = ground.studio(job)
    hide = leather(HIDES[job.palette])
    thread = THREAD.get(job.palette, "#e2c48c")
    ground.standing_shadow(sheet, job, foot=(0.0, 0.33), radius=0.30, tall=0.35, flat=0.14)
    strap = curve((-0.25, -0.04), (-0.22, -0.25), (-0.06, -0.4), (0.1, -0.4), (0.24,
        -0.24), (0.26, -0.04), closed=False)  # fmt: skip
    tube(job, sheet, strap, stuff=hide, thick=0.028, shadow=0.012)
    round_ = job.uniform(0.02, 0.07)
    body = curve((-0.27, -0.05), (0.0, -0.062), (0.27, -0.05), (0.295, 0.14), (0.29,
        0.28), (0.26 - round_ * 0.3, 0.325), (0, 0.335), (-0.26 + round_ * 0.3, 0.325),
        (-0.29, 0.28), (-0.295, 0.14))  # fmt: skip
    plump(job, sheet, body, stuff=hide, round_=0.10, depth=0.42, shadow=0.015)
    low = job.uniform(0.15, 0.24)
    flap = curve((-0.285, -0.065), (0.0, -0.085), (0.285, -0.065), (0.3, 0.04),
        (0.27, low - 0.03), (0.12, low + 0.02), (0, low + 0.035), (-0.12, low + 0.02),
        (-0.27, low - 0.03), (-0.3, 0.04))  # fmt: skip
    plump(job, sheet, flap, stuff=hide, round_=0.05, depth=0.35, shadow=0.012)
    middle = flap.mean(axis=0)
    stitches(
        job,
        sheet,
        (np.concatenate([flap, flap[:1]]) - middle) * np.float32([0.95, 0.91]) + middle,
        colour=thread,
    )
    star = 8
    for r in (0.085, 0.06, 0.03):
        a = np.arange(star * 2 + 1) * np.pi / star
        rr = np.where(np.arange(star * 2 + 1) % 2, r * 0.72, r)
        line = np.stack([rr * np.sin(a), 0.055 - rr * np.cos(a)], 1).astype(np.float32)
        mask = strokes(job, [line], thick=0.004)
        darken(sheet, mask * 0.5)
    bead(job, sheet, (0, low + 0.004), stuff=metal("brass"), size=0.017)
    return sheet
