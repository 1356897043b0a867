"""Noise made once and cut at random places afterwards: each field is a seamless tile."""

from functools import lru_cache

import numpy as np

from maalem.demo.art.canvas import F32

SIDE = 1024


@lru_cache(maxsize=16)
def tile(name: str) -> F32:
    """A seamless (1024, 1024) field of mean 0 and deviation 1.

    Names: white, soft (2 px), fbm (natural, all scales), cloud (broad), mid (blobs of ~25 px),
    warp_x (threads running sideways), warp_y (threads running down), wood (long streaks down).
    """
    rng = np.random.default_rng(sum(map(ord, name)) * 7919)
    white = rng.normal(size=(SIDE, SIDE)).astype(np.float32)
    if name == "white":
        return _doubled(white)
    fy = np.fft.fftfreq(SIDE)[:, None] * SIDE
    fx = np.fft.rfftfreq(SIDE)[None, :] * SIDE
    f = np.hypot(fx, fy)
    f[0, 0] = 1
    shapes = {
        "soft": np.exp(-((f / 300) ** 2)),
        "fbm": f**-1.5,
        "cloud": f**-1.2 * np.exp(-((f / 7) ** 2)),
        "mid": np.exp(-((f / 26) ** 2)) * (1 - np.exp(-((f / 12) ** 2))),
        "warp_x": np.exp(-((fx / 26) ** 2) - (fy / 330) ** 2),
        "warp_y": np.exp(-((fx / 330) ** 2) - (fy / 26) ** 2),
        "wood": np.exp(-((fx / 220) ** 2) - (fy / 5) ** 2) * (0.2 + 6 / f),
    }
    spectrum = np.fft.rfft2(white) * shapes[name]
    spectrum[0, 0] = 0
    shaped = np.fft.irfft2(spectrum, s=(SIDE, SIDE)).astype(np.float32)
    return _doubled(shaped / shaped.std())


def _doubled(field: F32) -> F32:
    """Twice each way, so that any cut up to one tile's size is a view without a copy."""
    return np.ascontiguousarray(np.tile(field, (2, 2)))


def cut(name: str, shape: tuple[int, int], rng: np.random.Generator) -> F32:
    """A (height, width) piece of a field from a random place; larger than a tile it repeats."""
    field = tile(name)
    top, left = (int(v) for v in rng.integers(0, SIDE, 2))
    height, width = shape
    if height <= SIDE and width <= SIDE:
        return field[top : top + height, left : left + width]
    rows = (top + np.arange(height)) % SIDE
    cols = (left + np.arange(width)) % SIDE
    return field[rows[:, None], cols[None, :]]


def sample(name: str, x: F32, y: F32) -> F32:
    """A field read at float places in tile pixels (nearest)."""
    field = tile(name)
    rows = y.astype(np.int32) & (SIDE - 1)
    cols = x.astype(np.int32) & (SIDE - 1)
    return np.take(field.reshape(-1), rows * (2 * SIDE) + cols)


def stretched(name: str, shape: tuple[int, int], rng: np.random.Generator, *, by: float) -> F32:
    """A cut of a field grown by a factor (> 1 makes it coarser), bicubic."""
    from PIL import Image  # here: only the coarse fields need it

    height, width = shape
    small = cut(name, (max(4, int(height / by)), max(4, int(width / by))), rng)
    grown = Image.fromarray(np.ascontiguousarray(small)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return np.asarray(grown, np.float32)


def scatter(number: int, salt: int) -> F32:
    """The same `number` random values in 0..1 for a salt: to give each tile or knot its own."""
    return np.random.default_rng(salt).random(number, dtype=np.float32)
