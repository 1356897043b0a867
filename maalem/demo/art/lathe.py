"""Things turned on a wheel or a lathe: a profile spun about its axis, seen a little from above.

For each column of pixels, rings of the profile are arcs; the highest ring that covers a pixel is
the one seen. Only half of the columns are computed: the rest is their mirror image.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maalem.demo.art.canvas import F32, Job, over, spline
from maalem.demo.art.light import Normals


def fineness(job: Job) -> int:
    """Pixels of a body for one of the sheet, each way; large sheets need no smoothing."""
    return 2 if job.scale <= 1100 else 1


@dataclass
class Body:
    """What the camera sees of a turned thing; planes are (h, w) at `fine` times the sheet."""

    at: tuple[int, int]  # left, top on the sheet
    solid: NDArray[np.bool_]
    along: F32  # place along the profile by length, 0 at its start and 1 at its end
    angle: F32  # around the axis, 0 towards the viewer, radians
    radius: F32
    height: F32  # units above the base
    normals: Normals
    shade: F32  # how open the place is (1 = open)
    fine: int = 2

    @property
    def shape(self) -> tuple[int, int]:
        return (self.along.shape[0], self.along.shape[1])


def smooth_profile(points: Sequence[tuple[float, float]], *, count: int = 1200) -> F32:
    """(count, 2) radius and height at even steps along a curve through the points.

    A point given twice in a row is a sharp corner.
    """
    runs: list[list[tuple[float, float]]] = [[points[0]]]
    for point in points[1:]:
        if point == runs[-1][-1]:
            runs.append([point])
        else:
            runs[-1].append(point)
    line = np.concatenate(
        [spline(run, closed=False, steps=24) for run in runs if len(run) > 1]
    ).astype(np.float64)
    line[:, 0] = np.maximum(line[:, 0], 1e-4)
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T) + 1e-7)])
    even = np.linspace(0, length[-1], count)
    return np.stack([np.interp(even, length, line[:, i]) for i in (0, 1)], 1).astype(np.float32)


def _count_below(values: F32, rows: int) -> NDArray[np.int32]:
    """For values (n, cols) that never fall with n: how many lie at or below each row."""
    n, cols = values.shape
    place = np.clip(np.ceil(values), 0, rows).astype(np.int32)
    found = np.zeros((rows + 1, cols), np.int32)
    flat = place * cols + np.arange(cols, dtype=np.int32)[None, :]
    # Later rings overwrite earlier ones at the same row: the last one written is the highest.
    found.reshape(-1)[flat.reshape(-1)] = np.repeat(np.arange(1, n + 1, dtype=np.int32), cols)
    return np.maximum.accumulate(found[:rows], axis=0)


def _ring_seen(
    r: F32, lift: F32, half: F32, *, se: float, rows: int, inside: bool
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Ring seen at each pixel (rows, cols), where anything is, and where it is the far side.

    lift is each ring's centre in pixels above the lowest row; half the columns' distances.
    """
    chord = r[:, None] ** 2 - half[None, :] ** 2
    there = chord > 0
    s = np.sqrt(np.maximum(chord, 0)) * se
    big = np.float32(1e6)
    front = np.where(there, lift[:, None] - s, big)
    back = np.where(there, lift[:, None] + s, -big)
    y = np.arange(rows, dtype=np.float32)[:, None]
    cols = np.arange(len(half))[None, :]
    n = len(r)
    if inside:
        # Rings go down from the rim: the deepest whose disc, and all above it, hold the pixel.
        near = _count_below(np.maximum.accumulate(np.where(there, front, big), axis=0), rows)
        far_edge = np.minimum.accumulate(back, axis=0)
        far = n - _count_below(far_edge[::-1], rows)
        ring = np.minimum(near, np.maximum(far, 0)) - 1
        seen = (ring >= 0) & (y >= front[0][None, :]) & (y <= back[0][None, :])
        return np.maximum(ring, 0), seen, far <= near
    low = np.minimum.accumulate(front[::-1], axis=0)[::-1]
    ring = _count_below(low, rows) - 1
    ring = np.maximum(ring, 0)
    missed = y > back[ring, cols]
    high = np.maximum.accumulate(back[::-1], axis=0)
    other = np.maximum(n - _count_below(high, rows) - 1, 0)
    ring = np.where(missed, other, ring)
    seen = (y >= front[ring, cols] - 0.5) & (y <= back[ring, cols] + 0.5)
    return ring, seen, missed


def _openness(line: F32) -> F32:
    """Rings that lie in a hollow of the profile get less light from around."""
    r = line[:, 0]
    wide = np.ones(121, np.float32) / 121
    around = np.convolve(np.pad(r, 60, mode="edge"), wide, "valid")
    hollow = np.clip((around - r) / (0.10 * r.max()), 0, 1)
    foot = np.clip((line[:, 1] - line[:, 1].min()) / (0.10 * r.max()), 0, 1)
    return (1 - 0.45 * hollow) * (0.62 + 0.38 * np.sqrt(foot))


def turn(
    job: Job,
    line: F32,
    *,
    at: tuple[float, float],
    tilt: float,
    size: float = 1.0,
    inside: bool = False,
) -> Body:
    """Spin a profile (n, 2) of radius and height standing at a place; tilt in degrees from level.

    inside: the profile runs from the rim down into a vessel. Units are those of the job.
    """
    ce, se = float(np.cos(np.radians(tilt))), float(np.sin(np.radians(tilt)))
    fine = fineness(job)
    unit = job.scale * fine * size
    r, h = line[:, 0] * unit, line[:, 1] * unit
    foot_x, foot_y = job.px(*at)
    bottom = float((h * ce - r * se).min()) - 2
    top = float((h * ce + r * se).max()) + 2
    cols = int(np.ceil(r.max())) // fine * fine + fine
    rows = int(np.ceil((top - bottom) / fine)) * fine
    half = np.arange(cols, dtype=np.float32) + 0.5
    ring, seen, far = _ring_seen(r, h * ce - bottom, half, se=se, rows=rows, inside=inside)

    def whole(plane: NDArray) -> NDArray:
        up = plane[::-1]
        return np.concatenate([up[:, ::-1], up], axis=1)

    ring, seen, far = whole(ring), whole(seen), whole(far)
    x = np.concatenate([-half[::-1], half])[None, :]
    radius = np.take(r, ring)
    s = np.sqrt(np.maximum(radius * radius - x * x, 0))
    s = np.where(far, -s, s)
    step = np.gradient(line, axis=0)
    length = np.hypot(step[:, 0], step[:, 1]) + 1e-9
    out_r, out_h = (
        (step[:, 1] / length).astype(np.float32),
        (-step[:, 0] / length).astype(np.float32),
    )
    nr, nh = np.take(out_r, ring), np.take(out_h, ring)
    inv = 1 / np.maximum(radius, 1e-3)
    nx, nz = nr * x * inv, nr * s * inv
    seen_n = Normals(nx, nh * ce - nz * se, nh * se + nz * ce)
    flip = np.where(seen_n.z < 0, np.float32(-1), np.float32(1))
    seen_n = Normals(seen_n.x * flip, seen_n.y * flip, seen_n.z * flip)
    along = np.take(np.linspace(0, 1, len(line), dtype=np.float32), ring)
    open_ = np.ones(len(line), np.float32) if inside else _openness(line).astype(np.float32)
    left = round(foot_x) - cols // fine
    base_row = round(foot_y) + round(bottom / -fine) - rows // fine
    return Body(
        at=(left, base_row),
        solid=seen,
        along=along,
        angle=np.arctan2(np.broadcast_to(x, s.shape), s),
        radius=radius / unit,
        height=np.take(line[:, 1], ring),
        normals=seen_n,
        shade=np.take(open_, ring),
        fine=fine,
    )


def _halved(plane: F32, fine: int) -> F32:
    if fine == 1:
        return plane
    return (
        plane[..., ::2, ::2]
        + plane[..., 1::2, ::2]
        + plane[..., ::2, 1::2]
        + plane[..., 1::2, 1::2]
    ) * np.float32(0.25)


def lay(sheet: F32, body: Body, colour: F32, *, cover: F32 | None = None) -> None:
    """Put a shaded body (3, h, w) on the sheet; cover makes parts of it see-through."""
    alpha = body.solid.astype(np.float32)
    if cover is not None:
        alpha *= cover
    small = _halved(alpha, body.fine)
    paint = _halved(colour * alpha, body.fine) / np.maximum(small, 1e-4)
    over(sheet, paint, small, at=body.at)


Painter = Callable[[Body], F32]
