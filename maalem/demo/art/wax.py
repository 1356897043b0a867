"""Candles."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, ink, over
from maalem.demo.art.lathe import lay, smooth_profile, turn
from maalem.demo.art.light import bounced, fresnel, mirrored


def candle_body(
    job: Job,
    sheet: F32,
    *,
    at: tuple[float, float],
    wide: float,
    high: float,
    tilt: float,
    colour: str,
) -> None:
    """A lit candle: wax that glows near the flame."""
    body = turn(
        job,
        smooth_profile(
            [
                (wide, 0),
                (wide, high * 0.97),
                (wide * 0.96, high),
                (wide * 0.8, high - 0.004),
                (0, high - 0.012),
            ]
        ),
        at=at,
        tilt=tilt,
    )
    wax = ink(colour) * (1 + 0.03 * noise.stretched("fbm", body.shape, job.rng, by=1.5))
    glow = np.exp(-(high - body.height) / (0.055 + high * 0.1))
    lit = bounced(wax, body.normals, body.shade) * 0.9 + ink("#ffb45e") * glow * 0.42
    lit += mirrored(body.normals, rough=12) * fresnel(body.normals, 0.03) * 0.6
    lay(sheet, body, lit)
    flame(job, sheet, at=(at[0], at[1] - high * np.cos(np.radians(tilt)) - 0.002), size=0.07)


def flame(job: Job, sheet: F32, *, at: tuple[float, float], size: float) -> None:
    """A wick, its flame, and the warm air around it."""
    x, y = job.grid()
    dx, up = x - at[0], (at[1] - y) / size
    halo = np.exp(-((dx / (size * 2.6)) ** 2 + ((up - 0.5) / 2.8) ** 2))
    sheet += ink("#ff9d3f") * (halo * 0.16)
    wick = np.exp(-((dx / (size * 0.035)) ** 4)) * (up > -0.06) * (up < 0.22)
    over(sheet, ink("#1d130d"), wick.astype(np.float32))
    wide = size * 0.20 * np.sqrt(np.clip(up, 0, 1)) * np.clip(1.08 - up, 0, 1) * 1.9
    body = (
        np.clip(1.6 - 1.6 * np.abs(dx) / np.maximum(wide, 1e-4), 0, 1) * (up > 0.02) * (up < 1.06)
    )
    sheet += ink("#ffd98c") * (body * 1.1).astype(np.float32)


COLOURS = {"ivory": "#efe6d2", "saffron": "#d99a35", "madder": "#9c3b2c", "mint": "#9dbf9f"}


def candle(job: Job) -> F32:
    """Three candles of three heights."""
    sheet = ground.studio(job)
    colour = COLOURS[job.palette]
    tilt = 15.0
    high = job.uniform(0.30, 0.38)
    for x, y, share, wide in (
        (0.03, 0.16, 1.0, 0.085),
        (-0.17, 0.24, 0.68, 0.095),
        (0.19, 0.28, 0.42, 0.105),
    ):
        ground.standing_shadow(
            sheet, job, foot=(x, y - 0.005), radius=wide, tall=high * share, flat=0.26
        )
        candle_body(job, sheet, at=(x, y), wide=wide, high=high * share, tilt=tilt, colour=colour)
    return sheet
