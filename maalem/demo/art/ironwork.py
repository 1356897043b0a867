"""Wrought iron: a mirror's frame, a low table."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job
from maalem.demo.art.lathe import lay, smooth_profile, turn
from maalem.demo.art.metalwork import band_mask, polished
from maalem.demo.art.relief import curve, metal, tube


def iron_table(job: Job) -> F32:
    """A low table: a chased metal top on crossed wrought legs."""
    sheet = ground.studio(job)
    stuff = metal("iron")
    ground.standing_shadow(sheet, job, foot=(0, 0.33), radius=0.25, tall=0.3, flat=0.35, dark=0.45)
    for k in (-1, 1):
        for d, foot in ((1.0, 0.30), (0.45, 0.385)):
            leg = curve((k * 0.26 * d, 0.04), (k * 0.16 * d, 0.14), (-k * 0.02,
                0.2), (k * 0.12 * d, 0.28), (k * 0.25 * d, foot), closed=False)  # fmt: skip
            tube(job, sheet, leg, stuff=stuff, thick=0.014, shadow=0)
    name = "brass" if job.palette == "brass" else "copper"
    line = smooth_profile([(0.33, 0), (0.34, 0.01), (0.345, 0.028), (0.345, 0.028),
        (0.33, 0.024), (0.31, 0.016), (0, 0.014)])  # fmt: skip
    body = turn(job, line, at=(0, 0.08), tilt=25)
    cut = band_mask(body, low=0.20, high=0.40, name="lattice", count=22)
    cut = np.maximum(
        cut,
        band_mask(
            body, low=0.42, high=0.62, name=str(job.choice(("scroll", "star", "petals"))), count=16
        ),
    )
    cut = np.maximum(cut, band_mask(body, low=0.7, high=0.98, name="petals", count=8))
    lay(sheet, body, polished(job, body, name, hammered=0.03, cut=cut * 0.8))
    return sheet
