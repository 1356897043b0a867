"""Flat outlines given body: cut from a sheet, puffed up, lit, and laid with their shadow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, painted
from maalem.demo.art.light import bounced, fresnel, mirrored, of_height, rippled

Outline = Sequence[tuple[float, float]] | F32


def puffed(job: Job, mask: F32, *, radius: float, depth: float) -> F32:
    """A height for a cut-out that rises from its edge over `radius` units, up to `depth` units."""
    near = blurred(mask, max(radius * job.scale * 0.5, 1.0))
    far = blurred(mask, max(radius * job.scale, 1.5))
    rise = np.clip((near + far) - 0.9, 0, 1.1) / 1.1
    return (np.sqrt(rise) * depth * job.scale).astype(np.float32)


def matt(job: Job, colour: F32, height: F32, *, grain: float = 0.02) -> F32:
    """Light on a matt thing of this relief."""
    rough = noise.cut("soft", height.shape, job.rng)
    return bounced(colour * (1 + grain * rough), of_height(height, depth=1.0))


def glossy(job: Job, colour: F32, height: F32, *, shine: float = 0.06, rough: int = 8) -> F32:
    """Light on a polished or oiled thing."""
    normals = of_height(height, depth=1.0)
    wave = noise.stretched("mid", height.shape, job.rng, by=1.5) * 0.02
    bent = rippled(normals, wave)
    return bounced(colour, bent) + mirrored(bent, rough=rough) * fresnel(bent, shine)


def metallic(job: Job, tint: F32, height: F32, *, rough: int = 4, dull: float = 0.35) -> F32:
    """Light on metal: the room in it, in the metal's own colour."""
    normals = of_height(height, depth=1.0)
    wave = noise.stretched("mid", height.shape, job.rng, by=1.8) * 0.035
    bent = rippled(normals, wave)
    room = mirrored(bent, rough=rough)
    return tint * (bounced(np.float32(1.0) * ink("#ffffff"), bent) * dull + room * (1.15 - dull))


def lay(
    job: Job, sheet: F32, mask: F32, *, lit: F32, lift: float = 0.012, soft: float = 0.012
) -> None:
    """Drop its shadow, then lay it."""
    ground.drop_shadow(sheet, mask, job, lift=lift, soft=soft)
    over(sheet, lit.astype(np.float32), mask)


def window(
    job: Job, sheet: F32, *, at: tuple[float, float], half: tuple[float, float]
) -> tuple[Job, F32]:
    """A part of the sheet around a place, to paint something small without touching the rest.

    The sheet that is returned is a view: what is painted on it is painted on the whole.
    """
    cx, cy = job.px(*at)
    wide, high = half[0] * job.scale + 3, half[1] * job.scale + 3
    x0 = min(max(0, int(cx - wide)), job.width - 4)
    y0 = min(max(0, int(cy - high)), job.height - 4)
    x1 = max(min(job.width, int(cx + wide) + 1), x0 + 4)
    y1 = max(min(job.height, int(cy + high) + 1), y0 + 4)
    width, height = x1 - x0, y1 - y0
    focus = (
        job.focus[0] + ((x0 + x1) / 2 - job.width / 2) / job.scale,
        job.focus[1] + ((y0 + y1) / 2 - job.height / 2) / job.scale,
    )
    zoom = job.scale / min(width, height)
    part = replace(job, width=width, height=height, zoom=zoom, focus=focus)
    return part, sheet[:, y0:y1, x0:x1]


def around(outlines: Sequence[Outline], *, margin: float = 0.05) -> dict[str, tuple[float, float]]:
    """The window that holds some outlines and their shadow."""
    points = np.concatenate([np.asarray(o, np.float32) for o in outlines])
    low, high = points.min(axis=0), points.max(axis=0)
    return {
        "at": (float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)),
        "half": (
            float((high[0] - low[0]) / 2) + margin,
            float((high[1] - low[1]) / 2) + margin,
        ),
    }


def cutout(job: Job, outlines: Sequence[Outline]) -> F32:
    """The mask of filled outlines."""
    return painted(job, list(outlines), fine=3)


def ring(radius: float, *, at: tuple[float, float] = (0, 0), count: int = 64) -> F32:
    """A circle's outline."""
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.stack([at[0] + radius * np.cos(a), at[1] + radius * np.sin(a)], 1)
    return points.astype(np.float32)


def star(points: int, *, outer: float, inner: float, at: tuple[float, float] = (0, 0)) -> F32:
    """A star's outline, its first point upwards."""
    a = np.arange(2 * points) * np.pi / points - np.pi / 2
    r = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([at[0] + r * np.cos(a), at[1] + r * np.sin(a)], 1).astype(np.float32)


def turned(outline: Outline, *, by: float, at: tuple[float, float] = (0, 0)) -> F32:
    """An outline turned `by` degrees about the origin, then moved."""
    points = np.asarray(outline, np.float32)
    c, s = np.cos(np.radians(by)), np.sin(np.radians(by))
    x = points[:, 0] * c - points[:, 1] * s + at[0]
    y = points[:, 0] * s + points[:, 1] * c + at[1]
    return np.stack([x, y], 1).astype(np.float32)
