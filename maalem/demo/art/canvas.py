"""The sheet everything is painted on, and the few ways to put paint on it.

A sheet is a float32 array (3, height, width) in linear light (gamma 2 stands in for sRGB: a square
root is much cheaper than a power and nobody sees the difference here). Planes come first because
numpy broadcasts a mask over three planes several times faster than over pixels of three.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

F32 = NDArray[np.float32]


@dataclass
class Job:
    """One picture being made. Places are in units of the shorter side, origin at the middle,
    x to the right and y downwards, so that a painter need not know the size of the sheet."""

    kind: str
    seed: int
    palette: str
    width: int
    height: int
    view: int = 0
    zoom: float = 1.0
    focus: tuple[float, float] = (0.0, 0.0)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    @property
    def scale(self) -> float:
        """Pixels for one unit."""
        return min(self.width, self.height) * self.zoom

    def px(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a place given in units."""
        return (
            self.width / 2 + (x - self.focus[0]) * self.scale,
            self.height / 2 + (y - self.focus[1]) * self.scale,
        )

    def grid(self) -> tuple[F32, F32]:
        """Places of all pixels: a row of x and a column of y, to broadcast."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.scale
        y = (np.arange(self.height, dtype=np.float32) + 0.5 - self.height / 2) / self.scale
        return (
            (x + self.focus[0])[None, :].astype(np.float32),
            (y + self.focus[1])[:, None].astype(np.float32),
        )

    def polygon(self, points: Sequence[tuple[float, float]] | F32) -> list[tuple[float, float]]:
        """A polygon's points in pixels."""
        return [self.px(float(x), float(y)) for x, y in points]

    def uniform(self, low: float, high: float) -> float:
        """A number between two, from the picture's own dice."""
        return float(self.rng.uniform(low, high))

    def choice(self, options: Sequence[object]) -> object:
        """One of several, from the picture's own dice."""
        return options[int(self.rng.integers(len(options)))]


@lru_cache(maxsize=512)
def _linear(code: str) -> tuple[float, float, float]:
    raw = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return (raw[0] ** 2, raw[1] ** 2, raw[2] ** 2)


def ink(code: str) -> F32:
    """A colour like #c8962d as a linear (3, 1, 1) array."""
    return np.array(_linear(code), np.float32).reshape(3, 1, 1)


def inks(codes: Sequence[str]) -> F32:
    """Several colours as a (3, n) table to index with a map of numbers."""
    return np.array([_linear(code) for code in codes], np.float32).T.copy()


def lookup(table: F32, index: NDArray[np.intp]) -> F32:
    """Colours (3, h, w) for a map of indices into a (3, n) table."""
    return np.stack([np.take(row, index) for row in table])


def smooth(low: float, high: float, value: F32) -> F32:
    """Hermite step from 0 at low to 1 at high (low may be the larger)."""
    t = np.clip((value - low) * np.float32(1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: F32, b: F32, share: F32 | float) -> F32:
    """a where share is 0, b where it is 1."""
    return a + (b - a) * share


def over(sheet: F32, paint: F32, alpha: F32, *, at: tuple[int, int] = (0, 0)) -> None:
    """Lay paint (3, h, w or 1) by alpha (h, w) on the sheet, its corner at (left, top) pixels."""
    left, top = at
    height, width = alpha.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, sheet.shape[2]), min(top + height, sheet.shape[1])
    if x1 <= x0 or y1 <= y0:
        return
    inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    below = sheet[:, y0:y1, x0:x1]
    cover = alpha[inner]
    full = paint[(slice(None), *inner)] if paint.shape[1] > 1 else paint
    below += (full - below) * cover


def darken(sheet: F32, shade: F32, tint: F32 | None = None) -> None:
    """Multiply the sheet by 1 - shade; a tint keeps some of its own colour in the dark."""
    if tint is None:
        sheet *= 1 - shade
    else:
        sheet *= 1 - shade * (1 - tint)


def blurred(mask: F32, radius: float) -> F32:
    """Gaussian blur of a plane between 0 and 1; wide ones are done small and grown again."""
    height, width = mask.shape
    shrink = max(1, min(int(radius / 2.5), 8))
    small = Image.fromarray(np.ascontiguousarray(mask, np.float32))
    if shrink > 1:
        size = (max(2, width // shrink), max(2, height // shrink))
        small = small.resize(size, Image.Resampling.BILINEAR)
    levels = Image.fromarray((np.clip(np.asarray(small), 0, 1) * 255 + 0.5).astype(np.uint8))
    soft = levels.filter(ImageFilter.GaussianBlur(radius / shrink))
    out = np.asarray(soft, np.float32) / 255
    if shrink > 1:
        grown = Image.fromarray(out).resize((width, height), Image.Resampling.BICUBIC)
        out = np.asarray(grown, np.float32)
    return out


def painted(
    job: Job, polygons: Sequence[Sequence[tuple[float, float]] | F32], *, fine: int = 2
) -> F32:
    """Antialiased mask (height, width) of filled polygons given in units."""
    image = Image.new("L", (job.width * fine, job.height * fine))
    pen = ImageDraw.Draw(image)
    for points in polygons:
        pen.polygon([(x * fine, y * fine) for x, y in job.polygon(points)], fill=255)
    return np.asarray(image.reduce(fine), np.float32) / 255


def strokes(
    job: Job,
    lines: Sequence[Sequence[tuple[float, float]] | F32],
    *,
    thick: float,
    fine: int = 2,
) -> F32:
    """Antialiased mask of round-jointed lines, thick in units."""
    image = Image.new("L", (job.width * fine, job.height * fine))
    pen = ImageDraw.Draw(image)
    width = max(1, round(thick * job.scale * fine))
    for points in lines:
        pen.line(
            [(x * fine, y * fine) for x, y in job.polygon(points)],
            fill=255,
            width=width,
            joint="curve",
        )
    return np.asarray(image.reduce(fine), np.float32) / 255


def spline(points: Sequence[tuple[float, float]], *, closed: bool = True, steps: int = 12) -> F32:
    """A Catmull-Rom curve through points, as (n, 2)."""
    knots = np.array(points, np.float32)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    p0, p1, p2, p3 = (knots[i : len(knots) - 3 + i][:, None, :] for i in range(4))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    flat = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, knots[-2:-1]])


@lru_cache(maxsize=8)
def _finish(height: int, width: int) -> tuple[F32, F32]:
    """The lens's fall-off, and film grain in the 0..255 scale."""
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    far = x * x + y * y
    vignette = 1 - 0.10 * far - 0.035 * far * far
    grain = np.random.default_rng(7).normal(0, 1.1, (height, width)).astype(np.float32)
    return vignette.astype(np.float32), grain + 0.5


def to_image(sheet: F32, *, vignette: bool = True) -> Image.Image:
    """Develop a sheet: fall-off, a soft shoulder for the highlights, grain, 8 bits."""
    _, height, width = sheet.shape
    fall, grain = _finish(height, width)
    light = sheet * fall if vignette else sheet
    np.maximum(light, 0, out=light)
    # x (1 + 0.16 x) / (1 + 0.36 x) bends only the brightest part; 1.172 puts white near white.
    light = light * (1.172 + 0.30 * light) / (1 + 0.36 * light + 0.10 * light * light)
    np.sqrt(light, out=light)
    light *= 255
    light += grain
    np.clip(light, 0, 255, out=light)
    return Image.fromarray(np.ascontiguousarray(light.astype(np.uint8).transpose(1, 2, 0)))
