"""Where things stand or lie: plaster, linen, wood, a floor. Made once per size, tinted per seed."""

from functools import lru_cache

import numpy as np

from maalem.demo.art import noise
from maalem.demo.art.canvas import F32, Job, blurred, darken, ink, mix, smooth

# Wall, table: warm and quiet, so that a page of many pictures looks like one catalogue.
SETTINGS = (
    ("#e9dfd0", "#ddcdb6"),
    ("#e4d3bf", "#d9c0a3"),
    ("#ead9c8", "#cfae8e"),
    ("#dfd8ca", "#cbbfa9"),
    ("#e6cfba", "#d3ab88"),
    ("#d9d6c8", "#c9bda4"),
)
HORIZON = 0.17


@lru_cache(maxsize=4)
def _fields(height: int, width: int) -> tuple[F32, F32]:
    rng = np.random.default_rng(height * 31 + width)
    plaster = noise.stretched("fbm", (height, width), rng, by=1.6) * 0.5
    plaster += noise.cut("fbm", (height, width), rng) * 0.5
    return plaster, noise.cut("soft", (height, width), rng).copy()


@lru_cache(maxsize=12)
def _studio(height: int, width: int, setting: int) -> F32:
    """A wall and a table of one plaster, with a window's light across."""
    wall, table = (ink(code) for code in SETTINGS[setting])
    unit = min(height, width)
    y = ((np.arange(height, dtype=np.float32) - height / 2) / unit)[:, None]
    x = ((np.arange(width, dtype=np.float32) - width / 2) / unit)[None, :]
    plaster, fine = _fields(height, width)
    low = smooth(HORIZON - 0.05, HORIZON + 0.055, y + 0 * x)
    sheet = wall + (table - wall) * low
    # The window's light: a slanted soft patch on the wall, fading to the lower right.
    slant = x * 0.8 + y * 0.62
    lit = 1.06 - 0.30 * smooth(-0.35, 0.75, slant)
    beam = smooth(-0.62, -0.36, x + y * 0.45) * smooth(0.02, -0.20, x + y * 0.45)
    lit = lit + 0.075 * beam * (1 - low)
    corner = 1 - 0.10 * np.exp(-((y - HORIZON) ** 2) / 0.004)
    near = 1 + 0.10 * smooth(HORIZON, 0.5, y) * smooth(0.5, -0.4, x)
    texture = 1 + plaster * (0.030 - 0.012 * low) + fine * 0.008
    return (sheet * (lit * corner * near * texture)).astype(np.float32)


def studio(job: Job, setting: int | None = None) -> F32:
    """A wall with a table before it (the horizon blurred as by a lens)."""
    pick = int(job.rng.integers(len(SETTINGS))) if setting is None else setting
    sheet = _studio(job.height, job.width, pick).copy()
    if job.zoom > 1.3:  # close up, the ground is far out of focus
        sheet = sheet * np.float32(0.96)
    return sheet


FLOORS = ("#e2d6c4", "#d8c7b0", "#e6ddd0", "#d3c3ac")


@lru_cache(maxsize=12)
def _floor(height: int, width: int, setting: int) -> F32:
    unit = min(height, width)
    y = ((np.arange(height, dtype=np.float32) - height / 2) / unit)[:, None]
    x = ((np.arange(width, dtype=np.float32) - width / 2) / unit)[None, :]
    plaster, fine = _fields(height, width)
    lit = 1.08 - 0.26 * smooth(-0.7, 0.8, x * 0.8 + y * 0.75)
    texture = 1 + plaster * 0.035 + fine * 0.012
    return (ink(FLOORS[setting]) * (lit * texture)).astype(np.float32)


def floor(job: Job, setting: int | None = None) -> F32:
    """A plaster floor seen from above, for what lies flat."""
    pick = int(job.rng.integers(len(FLOORS))) if setting is None else setting
    return _floor(job.height, job.width, pick).copy()


@lru_cache(maxsize=6)
def _linen(height: int, width: int) -> F32:
    rng = np.random.default_rng(5)
    weave = noise.cut("warp_x", (height, width), rng) + noise.cut("warp_y", (height, width), rng)
    base = _floor(height, width, 2) * ink("#f4efe6") / ink("#e6ddd0")
    return base * (1 + 0.035 * weave).astype(np.float32)


def linen(job: Job) -> F32:
    """Linen cloth seen from above."""
    return _linen(job.height, job.width).copy()


@lru_cache(maxsize=6)
def _planks(height: int, width: int) -> F32:
    rng = np.random.default_rng(9)
    unit = min(height, width)
    grain = noise.cut("wood", (width, height), rng).T
    y = ((np.arange(height, dtype=np.float32)) / unit)[:, None]
    board = np.floor(y * 5.0)
    seam = np.abs(y * 5.0 - board - 0.5)
    tone = noise.scatter(64, 4)[board.astype(int) % 64]
    colour = mix(
        ink("#a57b52"), ink("#c79e70"), np.clip(0.5 + 0.16 * grain + 0.3 * (tone - 0.5), 0, 1)
    )
    lit = _floor(height, width, 0) / ink(FLOORS[0])
    return (colour * lit * (1 - 0.55 * smooth(0.488, 0.5, seam))).astype(np.float32)


def planks(job: Job) -> F32:
    """A table of boards seen from above."""
    return _planks(job.height, job.width).copy()


def drop_shadow(
    sheet: F32,
    mask: F32,
    job: Job,
    *,
    lift: float = 0.012,
    soft: float = 0.012,
    dark: float = 0.55,
) -> None:
    """The shadow of something lying flat: its mask moved away from the window and blurred."""
    dx = round(lift * job.scale * 0.9)
    dy = round(lift * job.scale)
    near = blurred(mask, max(soft * job.scale, 0.8))
    height, width = mask.shape
    dx, dy = min(dx, width - 1), min(dy, height - 1)
    moved = np.zeros_like(mask)
    moved[dy:, dx:] = near[: height - dy, : width - dx]
    far = blurred(moved, soft * job.scale * 3)
    darken(sheet, np.clip(dark * (0.62 * moved + 0.45 * far), 0, 0.9), ink("#6b4a36"))


def standing_shadow(
    sheet: F32,
    job: Job,
    *,
    foot: tuple[float, float],
    radius: float,
    tall: float,
    flat: float = 0.3,
    dark: float = 0.62,
) -> None:
    """The shadow of something round standing on the table: dark at the foot, long to the right.

    foot is the middle of the base in units, radius its half width, tall the object's height,
    flat the squash of a circle on the table (sine of the camera's tilt).
    """
    x, y = job.grid()
    dx, dy = (x - foot[0]), (y - foot[1]) / max(flat, 0.08)
    contact = np.exp(-(((dx - radius * 0.06) / (radius * 1.08)) ** 4 + (dy / (radius * 1.12)) ** 4))
    # The long shadow: an ellipse stretched along the light's way on the table.
    along = dx * 0.93 + dy * 0.36 * 0.5
    across = -dx * 0.25 + dy * 0.97
    reach = radius + tall * 0.55
    spread = 1 + np.clip(along / reach, 0, 1) * 0.5
    cast = np.exp(-((across / (radius * 0.95 * spread)) ** 2) * 1.3)
    cast = cast * smooth(reach * 1.5, 0.0, along) * smooth(-radius * 1.3, -radius * 0.2, along)
    around = np.exp(-((dx / (radius * 1.75)) ** 2 + (dy / (radius * 1.9)) ** 2))
    shade = np.clip(dark * (0.55 * contact + 0.62 * cast + 0.22 * around), 0, 0.88)
    darken(sheet, shade.astype(np.float32), ink("#70482f"))
