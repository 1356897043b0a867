"""Ornaments that painters repeat around a pot: cells of 128 x 128 that join left to right.

A motif is a stack of masks (layers, 128, 128): what is painted first comes first. y = 0 is the
upper edge of the band (the rim's side).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw

from maalem.demo.art.canvas import F32, spline

CELL = 128
FINE = 4
Points = Sequence[tuple[float, float]]


class Pen:
    """Draws on one layer in cell units (0..1 both ways), wrapped around left and right."""

    def __init__(self) -> None:
        self.image = Image.new("L", (CELL * FINE, CELL * FINE))
        self.draw = ImageDraw.Draw(self.image)

    def _copies(self, points: Points) -> list[list[tuple[float, float]]]:
        side = CELL * FINE
        return [[((x + k) * side, y * side) for x, y in points] for k in (-1, 0, 1)]

    def fill(self, points: Points, *, value: int = 255) -> None:
        for copy in self._copies(points):
            self.draw.polygon(copy, fill=value)

    def line(self, points: Points, thick: float = 0.04, *, value: int = 255) -> None:
        width = max(1, round(thick * CELL * FINE))
        for copy in self._copies(points):
            self.draw.line(copy, fill=value, width=width, joint="curve")

    def dot(self, x: float, y: float, radius: float, *, value: int = 255, wide: float = 1) -> None:
        ring = [
            (x + wide * radius * cos(a / 12 * pi), y + radius * sin(a / 12 * pi)) for a in range(24)
        ]
        self.fill(ring, value=value)

    def mask(self) -> F32:
        return np.asarray(self.image.reduce(FINE), np.float32) / 255


def _leaf(x: float, y: float, *, turn: float, long: float, wide: float) -> Points:
    shape = [(0, 0), (0.35, 0.5), (0.75, 0.32), (1, 0), (0.75, -0.32), (0.35, -0.5)]
    c, s = cos(turn), sin(turn)
    put = [(x + long * u * c - wide * v * s, y + long * u * s + wide * v * c) for u, v in shape]
    return [(float(a), float(b)) for a, b in spline(put, steps=6)]


def _curve(points: Points) -> Points:
    return [(float(a), float(b)) for a, b in spline(points, closed=False, steps=10)]


def _zigzag() -> list[Pen]:
    a, b = Pen(), Pen()
    a.line([(0, 0.85), (0.5, 0.15), (1, 0.85)], 0.10)
    b.dot(0.5, 0.68, 0.08)
    b.dot(0, 0.30, 0.08)
    return [a, b]


def _lozenge() -> list[Pen]:
    a, b, c = Pen(), Pen(), Pen()
    for pen, size in ((a, 0.49), (b, 0.36), (c, 0.17)):
        pen.fill([(0.5, 0.5 - size), (0.5 + size, 0.5), (0.5, 0.5 + size), (0.5 - size, 0.5)])
    a.fill([(0.5, 0.12), (0.88, 0.5), (0.5, 0.88), (0.12, 0.5)], value=0)
    for y in (0.12, 0.88):
        a.dot(0, y, 0.07)
    return [a, b, c]


def _petals() -> list[Pen]:
    line, body, heart = Pen(), Pen(), Pen()
    petal = _curve([(0.02, 1.02), (0.06, 0.45), (0.5, 0.03), (0.94, 0.45), (0.98, 1.02)])
    inner = _curve([(0.2, 1.02), (0.24, 0.55), (0.5, 0.24), (0.76, 0.55), (0.8, 1.02)])
    line.line(petal, 0.055)
    body.fill(inner)
    heart.fill(_leaf(0.5, 1.0, turn=-pi / 2, long=0.55, wide=0.26))
    heart.dot(0.0, 0.16, 0.07)
    return [line, body, heart]


def _scroll() -> list[Pen]:
    stem, leaves, berries = Pen(), Pen(), Pen()
    wave = [(x / 24, 0.5 + 0.26 * sin(x / 24 * 2 * pi)) for x in range(-4, 29)]
    stem.line(wave, 0.05)
    for x, y, turn in ((0.25, 0.74, -1.9), (0.75, 0.26, 1.25), (0.05, 0.6, 2.2), (0.55, 0.4, -0.9)):
        leaves.fill(_leaf(x, y, turn=turn, long=0.40, wide=0.24))
    for x, y, turn in ((0.40, 0.62, 0.5), (0.90, 0.36, -0.6)):
        leaves.fill(_leaf(x, y, turn=turn, long=0.26, wide=0.16))
    berries.dot(0.25, 0.20, 0.085)
    berries.dot(0.75, 0.80, 0.085)
    for k in range(5):
        a = k * 2 * pi / 5
        stem.dot(0.25 + 0.14 * cos(a), 0.20 + 0.14 * sin(a), 0.035)
        stem.dot(0.75 + 0.14 * cos(a), 0.80 + 0.14 * sin(a), 0.035)
    return [stem, leaves, berries]


def _star(points: int = 8) -> list[Pen]:
    line, body, heart = Pen(), Pen(), Pen()

    def star(outer: float, inner: float) -> Points:
        return [
            (
                0.5 + (outer if k % 2 == 0 else inner) * sin(k * pi / points),
                0.5 - (outer if k % 2 == 0 else inner) * cos(k * pi / points),
            )
            for k in range(2 * points)
        ]

    line.fill(star(0.48, 0.36))
    line.fill(star(0.41, 0.30), value=0)
    body.fill(star(0.36, 0.26))
    heart.fill(star(0.17, 0.09))
    for y in (0.06, 0.94):
        line.fill([(0, y - 0.09), (0.09, y), (0, y + 0.09), (-0.09, y)])
    heart.fill([(0, 0.34), (0.08, 0.5), (0, 0.66), (-0.08, 0.5)])
    return [line, body, heart]


def _dots() -> list[Pen]:
    a = Pen()
    a.dot(0.5, 0.5, 0.26)
    return [a]


def _scales() -> list[Pen]:
    line, heart = Pen(), Pen()
    for row in range(5):
        y, shift = 0.02 + row * 0.25, 0.5 * (row % 2)
        arc = [
            (shift + 0.5 * (1 - cos(k / 10 * pi)), y + 0.28 * sin(k / 10 * pi)) for k in range(11)
        ]
        line.line(arc, 0.045)
        heart.fill(_leaf(shift + 0.5, y + 0.02, turn=pi / 2, long=0.19, wide=0.15))
    return [line, heart]


def _lattice() -> list[Pen]:
    line, body, heart = Pen(), Pen(), Pen()
    for k in (-1, 0, 1):
        line.line([(k * 0.5, 0), (k * 0.5 + 1, 1)], 0.045)
        line.line([(k * 0.5 + 1, 0), (k * 0.5, 1)], 0.045)
    for x, y in ((0.25, 0.25), (0.75, 0.75), (0.25, 0.75), (0.75, 0.25)):
        heart.dot(x + 0.25, y + 0.25 - 0.25, 0.055)
    for x, y in ((0.0, 0.5), (0.5, 0.0), (0.5, 1.0)):
        body.fill([(x, y - 0.17), (x + 0.17, y), (x, y + 0.17), (x - 0.17, y)])
    return [line, body, heart]


def _arcade() -> list[Pen]:
    line, body, heart = Pen(), Pen(), Pen()
    arch = _curve(
        [
            (0.08, 1.02),
            (0.08, 0.55),
            (0.14, 0.34),
            (0.5, 0.05),
            (0.86, 0.34),
            (0.92, 0.55),
            (0.92, 1.02),
        ]
    )
    line.line(arch, 0.07)
    body.fill(_curve([(0.28, 0.86), (0.30, 0.52), (0.5, 0.26), (0.70, 0.52), (0.72, 0.86)]))
    heart.dot(0.5, 0.60, 0.10)
    heart.dot(0.0, 0.18, 0.08)
    return [line, body, heart]


def _sprig() -> list[Pen]:
    stem, leaves, flower = Pen(), Pen(), Pen()
    stem.line(_curve([(0.5, 1.0), (0.46, 0.7), (0.54, 0.45), (0.5, 0.25)]), 0.045)
    for y, side in ((0.82, 1), (0.70, -1), (0.56, 1), (0.46, -1)):
        leaves.fill(
            _leaf(0.5, y, turn=-pi / 2 + side * 0.95, long=0.30 + 0.1 * (y - 0.5), wide=0.17)
        )
    for k in range(7):
        a = k * 2 * pi / 7
        flower.dot(0.5 + 0.115 * cos(a), 0.20 + 0.115 * sin(a), 0.062)
    stem.dot(0.5, 0.20, 0.06)
    stem.dot(0.0, 0.9, 0.05)
    stem.dot(0.0, 0.5, 0.04)
    return [stem, leaves, flower]


def _checker() -> list[Pen]:
    a, b = Pen(), Pen()
    for row in range(2):
        for col in range(2):
            pen = a if (row + col) % 2 == 0 else b
            x, y = col / 2, row / 2
            pen.fill([(x, y), (x + 0.5, y), (x + 0.5, y + 0.5), (x, y + 0.5)])
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        a.dot(x, y, 0.09, value=0)
    return [a, b]


def _waves() -> list[Pen]:
    a = Pen()
    for y in (0.25, 0.55, 0.85):
        a.line([(x / 16, y + 0.09 * sin(x / 16 * 2 * pi)) for x in range(-2, 19)], 0.07)
    return [a]


def _drops() -> list[Pen]:
    a, b = Pen(), Pen()
    a.fill(_curve([(0.5, 0.02), (0.24, 0.62), (0.5, 0.9), (0.76, 0.62), (0.5, 0.02)]))
    b.dot(0.5, 0.64, 0.12)
    b.fill([(0, 0.1), (0.09, 0.28), (0, 0.46), (-0.09, 0.28)])
    return [a, b]


def _rosette() -> list[Pen]:
    line, body, heart = Pen(), Pen(), Pen()
    for k in range(8):
        a = k * pi / 4
        body.fill(_leaf(0.5 + 0.1 * cos(a), 0.5 + 0.1 * sin(a), turn=a, long=0.32, wide=0.17))
    heart.dot(0.5, 0.5, 0.10)
    line.line(_curve([(0, 0.1), (0.1, 0.5), (0, 0.9)]), 0.05)
    line.line(_curve([(0, 0.1), (-0.1, 0.5), (0, 0.9)]), 0.05)
    for y in (0.04, 0.96):
        line.dot(0.5, y, 0.045)
        line.dot(0.25, y, 0.035)
        line.dot(0.75, y, 0.035)
    return [line, body, heart]


MOTIFS: dict[str, Callable[[], list[Pen]]] = {
    "zigzag": _zigzag,
    "lozenge": _lozenge,
    "petals": _petals,
    "scroll": _scroll,
    "star": _star,
    "dots": _dots,
    "scales": _scales,
    "lattice": _lattice,
    "arcade": _arcade,
    "sprig": _sprig,
    "checker": _checker,
    "waves": _waves,
    "drops": _drops,
    "rosette": _rosette,
}


@lru_cache(maxsize=64)
def motif(name: str) -> F32:
    """The layers (n, 128, 128) of a motif."""
    return np.stack([pen.mask() for pen in MOTIFS[name]()])
