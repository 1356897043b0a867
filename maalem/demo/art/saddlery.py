"""What a saddler sews."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job
from maalem.demo.art.relief import Stuff, bead, curve, leather, metal, plump, ring, stitches, tube
from maalem.demo.art.skins import HIDES, THREAD


def belt(job: Job) -> F32:
    """A belt rolled up, its buckle in front."""
    sheet = ground.linen(job)
    hide = leather(HIDES[job.palette])
    a = np.linspace(0, 2 * np.pi * 2.6, 220)
    r = 0.10 + 0.245 * a / a[-1]
    spiral = np.stack([r * np.cos(a + 2.0), r * np.sin(a + 2.0) * 0.95], 1).astype(np.float32)
    tube(job, sheet, spiral, stuff=hide, thick=0.062, shadow=0.012)
    stitches(job, sheet, spiral * np.float32(1.068), colour=THREAD.get(job.palette, "#e2c48c"))
    stitches(job, sheet, spiral * np.float32(0.925), colour=THREAD.get(job.palette, "#e2c48c"))
    for i in range(12, 200, 9):
        bead(
            job, sheet, (float(spiral[i, 0]), float(spiral[i, 1])), stuff=metal("brass"), size=0.010
        )
    end = spiral[-1]
    frame = np.float32([(-0.055, -0.05), (0.055, -0.05), (0.055, 0.05), (-0.055,
        0.05), (-0.055, -0.05), (0.055, -0.05)]) + end  # fmt: skip
    tube(job, sheet, frame, stuff=metal("brass"), thick=0.016, shadow=0.008)
    return sheet


def saddle(job: Job) -> F32:
    """A fantasia saddle: high pommel and cantle, embroidered cloth beneath."""
    sheet = ground.studio(job)
    hide = leather(HIDES[job.palette])
    gold = "#e0b45a"
    ground.standing_shadow(sheet, job, foot=(0, 0.34), radius=0.30, tall=0.4, flat=0.15)
    cloth = curve((-0.31, -0.02), (0, 0.04), (0.31, -0.02), (0.34, 0.16), (0.31,
        0.34), (0, 0.36), (-0.31, 0.34), (-0.34, 0.16))  # fmt: skip
    plump(
        job,
        sheet,
        cloth,
        stuff=Stuff("#7a1f24" if job.palette != "madder" else "#24365f", bump=0.3),
        round_=0.06,
        depth=0.3,
    )
    for share in (0.94, 0.86, 0.80):
        stitches(job, sheet, (np.concatenate([cloth, cloth[:1]]) - np.float32([0,
            0.17])) * np.float32(share) + np.float32([0, 0.17]), colour=gold,
            step=0.008, thick=0.005)  # fmt: skip
    seat = curve((-0.28, -0.3), (-0.22, -0.31), (-0.17, -0.1), (0, -0.03), (0.17,
        -0.08), (0.23, -0.24), (0.28, -0.25), (0.29, -0.06), (0.24, 0.12), (0.1, 0.17),
        (-0.1, 0.17), (-0.24, 0.12), (-0.29, -0.08))  # fmt: skip
    plump(job, sheet, seat, stuff=hide, round_=0.09, depth=0.5, shadow=0.012)
    stitches(job, sheet, (np.concatenate([seat, seat[:1]]) - np.float32([0, -0.03]))
        * np.float32([0.92, 0.88]) + np.float32([0, -0.03]), colour=gold, step=0.009)  # fmt: skip
    for x in (-0.15, 0.15):
        tube(job, sheet, np.float32([(x, 0.12), (x * 1.05, 0.29)]), stuff=hide, thick=0.022)
        tube(
            job,
            sheet,
            np.concatenate([ring(x * 1.05, 0.315, 0.035), ring(x * 1.05, 0.315, 0.035)[:1]]),
            stuff=metal("silver"),
            thick=0.011,
        )
    return sheet
