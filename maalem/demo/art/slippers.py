"""Babouches, from above."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job
from maalem.demo.art.relief import curve, leather, plump, ring, stitches
from maalem.demo.art.skins import HIDES, THREAD

SOLE = curve(
    (0.0, -0.385),
    (0.055, -0.32),
    (0.098, -0.20),
    (0.10, -0.06),
    (0.082, 0.10),
    (0.085, 0.25),
    (0.06, 0.345),
    (0, 0.37),
    (-0.06, 0.345),
    (-0.082, 0.25),
    (-0.076, 0.10),
    (-0.098, -0.06),
    (-0.098, -0.20),
    (-0.058, -0.31),
)
BED = curve(
    (0, -0.10),
    (0.078, -0.05),
    (0.070, 0.10),
    (0.072, 0.25),
    (0.05, 0.325),
    (0, 0.35),
    (-0.05, 0.325),
    (-0.07, 0.25),
    (-0.064, 0.10),
    (-0.078, -0.05),
)
BACK = curve(
    (0.078, 0.17),
    (0.078, 0.27),
    (0.052, 0.345),
    (0, 0.365),
    (-0.052, 0.345),
    (-0.078, 0.27),
    (-0.078, 0.17),
    (-0.055, 0.22),
    (-0.03, 0.26),
    (0, 0.27),
    (0.03, 0.26),
    (0.055, 0.22),
)
VAMP = curve(
    (0.0, -0.40),
    (0.05, -0.325),
    (0.095, -0.20),
    (0.10, -0.06),
    (0.088, 0.06),
    (0.05, 0.02),
    (0.0, -0.005),
    (-0.05, 0.02),
    (-0.085, 0.06),
    (-0.098, -0.06),
    (-0.095, -0.20),
    (-0.055, -0.315),
)


def _shoe(job: Job, sheet: F32, *, x: float, lean: float, flip: int) -> None:
    hide = leather(HIDES[job.palette])
    c, s = np.cos(lean), np.sin(lean)

    def put(points: F32) -> F32:
        p = points * np.float32([flip, 1])
        return np.stack(
            [x + p[:, 0] * c - p[:, 1] * s, 0.01 + p[:, 0] * s + p[:, 1] * c], 1
        ).astype(np.float32)

    sole = put(SOLE)
    plump(job, sheet, sole, stuff=leather("#b98a5a"), round_=0.012, shadow=0.016)
    bed = put(BED)
    plump(job, sheet, bed, stuff=leather("#c79a68"), round_=0.02, depth=-0.25, shadow=0)
    back = put(BACK)
    plump(job, sheet, back, stuff=hide, round_=0.025, depth=0.4, shadow=0.005)
    vamp = put(VAMP)
    plump(job, sheet, vamp, stuff=hide, round_=0.075, depth=0.42, shadow=0.012)
    thread = THREAD.get(job.palette, "#e6cf9a")
    mouth = put(curve((0.08, 0.045), (0.05, 0.008), (0, -0.018), (-0.05, 0.008),
        (-0.078, 0.045), closed=False))  # fmt: skip
    stitches(job, sheet, mouth, colour=thread)
    stitches(job, sheet, put(curve((0.072, 0.27), (0.048, 0.335), (0, 0.353),
        (-0.048, 0.335), (-0.072, 0.27), closed=False)), colour=thread)  # fmt: skip
    _embroider(job, sheet, put, thread=thread)


def _embroider(job: Job, sheet: F32, put: object, *, thread: str) -> None:
    style = job.seed % 4
    lines = []
    if style == 0:
        return
    for k in range(3 if style == 1 else 6):
        r = 0.016 + 0.012 * k
        if style == 1:
            lines.append(ring(0, -0.13, r * 1.6, flat=1.4))
        elif style == 2:
            lines.append(
                np.float32(
                    [(-r, -0.13), (0, -0.13 - 2 * r), (r, -0.13), (0, -0.13 + 2 * r), (-r, -0.13)]
                )
            )
        else:
            a = k * np.pi / 3
            lines.append(curve((0, -0.14), (0.03 * np.cos(a - 0.4), -0.14 + 0.04 *
                np.sin(a - 0.4)), (0.045 * np.cos(a), -0.14 + 0.06 * np.sin(a)), (0.03 *
                np.cos(a + 0.4), -0.14 + 0.04 * np.sin(a + 0.4)), (0, -0.14)))  # fmt: skip
    for line in lines:
        stitches(
            job, sheet, put(np.asarray(line, np.float32)), colour=thread, step=0.008, thick=0.003
        )  # type: ignore[operator]


def babouche(job: Job) -> F32:
    """A pair of slippers seen from above."""
    sheet = ground.floor(job)
    lean = job.uniform(0.05, 0.12)
    state = job.rng.bit_generator.state
    _shoe(job, sheet, x=-0.125, lean=-lean, flip=1)
    job.rng.bit_generator.state = state
    _shoe(job, sheet, x=0.125, lean=lean * 0.5, flip=-1)
    return sheet
