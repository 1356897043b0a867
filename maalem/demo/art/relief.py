"""Soft things from an outline: the inside of a polygon swells, and takes the studio's light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, painted, smooth, spline, strokes
from maalem.demo.art.light import bounced, fresnel, mirrored, of_height

METALS = {
    "brass": ("#e3b25c", 4),
    "copper": ("#d98a5c", 4),
    "silver": ("#dcdad6", 3),
    "iron": ("#4a4644", 12),
}


@dataclass(frozen=True)
class Stuff:
    """What a thing is made of. metal mirrors the room in its own colour."""

    colour: str
    gloss: float = 0.2
    rough: int = 12
    metal: bool = False
    grain: str = "soft"
    bump: float = 0.12
    mottle: float = 0.05


def leather(colour: str) -> Stuff:
    """Vegetable-tanned goatskin."""
    return Stuff(colour, gloss=0.55, rough=16, grain="soft", bump=0.16, mottle=0.07)


def metal(name: str) -> Stuff:
    """A metal of METALS."""
    colour, rough = METALS[name]
    return Stuff(colour, metal=True, rough=rough, bump=0.02, mottle=0.04)


def window(job: Job, points: F32, margin: float) -> tuple[Job, tuple[int, int]]:
    """A smaller job that sees just these points, and its corner on the sheet in pixels."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    x0, y0 = (int(v) for v in job.px(float(low[0]), float(low[1])))
    x1, y1 = (int(v) + 1 for v in job.px(float(high[0]), float(high[1])))
    # A piece wholly outside the picture still gets a sliver of it, and paints nothing there.
    x0, y0 = min(max(x0, 0), job.width - 4), min(max(y0, 0), job.height - 4)
    x1, y1 = max(min(x1, job.width), x0 + 4), max(min(y1, job.height), y0 + 4)
    wide, high_px = x1 - x0, y1 - y0
    focus = (
        job.focus[0] + ((x0 + x1) / 2 - job.width / 2) / job.scale,
        job.focus[1] + ((y0 + y1) / 2 - job.height / 2) / job.scale,
    )
    zoom = job.scale / min(wide, high_px)
    return Job(job.kind, job.seed, job.palette, wide, high_px, job.view, zoom, focus, job.rng), (
        x0,
        y0,
    )


def lit(sub: Job, height: F32, stuff: Stuff, *, colour: F32 | None = None) -> F32:
    """A relief (heights in pixels) of a stuff under the window; colour replaces the stuff's own."""
    shape = height.shape
    grain = noise.cut(stuff.grain, shape, sub.rng)
    pool = noise.stretched("fbm", shape, sub.rng, by=1.4)
    normals = of_height((height + grain * stuff.bump).astype(np.float32), depth=1.0)
    own = ink(stuff.colour) if colour is None else colour
    if stuff.metal:
        seen = mirrored(normals, rough=stuff.rough)
        return (
            own * (seen * 1.15 + 0.22 * bounced(np.float32(1), normals)) * (1 + stuff.mottle * pool)
        )
    out = bounced(own * (1 + stuff.mottle * pool), normals)
    return out + mirrored(normals, rough=stuff.rough) * (fresnel(normals, 0.05) * stuff.gloss)


def plump(
    job: Job,
    sheet: F32,
    outline: F32,
    *,
    stuff: Stuff,
    round_: float = 0.05,
    depth: float = 0.4,
    shadow: float = 0.012,
    holes: Sequence[F32] = (),
    colour: F32 | None = None,
) -> None:
    """A swollen outline on the sheet. round_ is how far from the edge it still rises, in units;
    depth its steepness; shadow how far above the ground it hovers (0 for none)."""
    points = np.asarray(outline, np.float32)
    sub, at = window(job, points, round_ * 0.5 + shadow * 4 + 0.01)
    mask = painted(sub, [points])
    for hole in holes:
        mask = mask * (1 - painted(sub, [hole]))
    part = sheet[:, at[1] : at[1] + sub.height, at[0] : at[0] + sub.width]
    if shadow > 0:
        ground.drop_shadow(part, mask, sub, lift=shadow, soft=shadow)
    wide, tight = blurred(mask, round_ * job.scale * 0.55), blurred(mask, round_ * job.scale * 0.2)
    dome = smooth(0.42, 1.05, wide) * 0.75 + smooth(0.45, 1.0, tight) * 0.3
    height = dome * (depth * round_ * 1.6 * job.scale)
    edge = 0.68 + 0.32 * smooth(0.5, 0.95, tight)
    over(part, lit(sub, height, stuff, colour=colour) * edge, mask)


def tube(
    job: Job,
    sheet: F32,
    line: F32 | Sequence[tuple[float, float]],
    *,
    stuff: Stuff,
    thick: float,
    shadow: float = 0.01,
) -> None:
    """A rod, a strap, a cord or a chain along a line."""
    points = np.asarray(line, np.float32)
    sub, at = window(job, points, thick + shadow * 4 + 0.01)
    mask = strokes(sub, [points], thick=thick)
    part = sheet[:, at[1] : at[1] + sub.height, at[0] : at[0] + sub.width]
    if shadow > 0:
        ground.drop_shadow(part, mask, sub, lift=shadow, soft=shadow * 0.8)
    soft = blurred(mask, max(thick * job.scale * 0.3, 0.8))
    over(part, lit(sub, soft * (thick * job.scale * 0.9), stuff), mask)


def bead(
    job: Job, sheet: F32, at: tuple[float, float], *, stuff: Stuff, size: float, wide: float = 1.0
) -> None:
    """A bead, a stud or a button."""
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    ring = np.stack([at[0] + size * wide * np.cos(a), at[1] + size * np.sin(a)], 1)
    plump(
        job,
        sheet,
        ring.astype(np.float32),
        stuff=stuff,
        round_=size * 1.2,
        depth=0.75,
        shadow=size * 0.35,
    )


def curve(*points: tuple[float, float], closed: bool = True) -> F32:
    """A smooth outline through points."""
    return spline(points, closed=closed, steps=10)


def ring(x: float, y: float, radius: float, *, flat: float = 1.0, count: int = 64) -> F32:
    """A circle's or an ellipse's points."""
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + radius * np.cos(a), y + radius * flat * np.sin(a)], 1).astype(np.float32)


def stitches(
    job: Job, sheet: F32, line: F32, *, colour: str, step: float = 0.013, thick: float = 0.0035
) -> None:
    """A seam of short stitches along a line."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    places = np.arange(0, length[-1], step)
    lines = []
    for a in places:
        ends = [
            [float(np.interp(t, length, line[:, i])) for i in (0, 1)] for t in (a, a + step * 0.62)
        ]
        lines.append([tuple(e) for e in ends])
    sub, at = window(job, np.asarray(line, np.float32), 0.02)
    mask = strokes(sub, lines, thick=thick)
    part = sheet[:, at[1] : at[1] + sub.height, at[0] : at[0] + sub.width]
    ground.drop_shadow(part, mask, sub, lift=0.0016, soft=0.001, dark=0.6)
    over(part, ink(colour), mask)
