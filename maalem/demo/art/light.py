"""The studio: one window upper left, a pale reflector on the right, a warm floor.

All shading goes through pictures of a ball lit by that studio (one for matt surfaces, one for each
roughness of shiny ones). A surface's normal picks its light there: rich lighting for the price of
an index, and the same in every picture of the catalogue.
Normals are in camera space: x right, y up, z towards the viewer.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maalem.demo.art.canvas import F32, blurred, smooth

BALL = 256
KEY = (-0.56, 0.62, 0.55)
FILL = (0.85, 0.10, 0.50)
WARM = np.array([1.09, 1.0, 0.88], np.float32)
SKY = np.array([0.93, 0.98, 1.08], np.float32)
FLOOR = np.array([1.0, 0.80, 0.58], np.float32)


@dataclass
class Normals:
    """Three planes of a unit normal."""

    x: F32
    y: F32
    z: F32

    def index(self) -> NDArray[np.int32]:
        """Where to look on the ball."""
        half = np.float32(BALL / 2 - 1.01)
        col = (self.x * half + (BALL / 2)).astype(np.int32)
        row = (self.y * -half + (BALL / 2)).astype(np.int32)
        return row * BALL + col


def _ball() -> tuple[F32, F32, F32]:
    half = BALL / 2 - 1.01
    x = ((np.arange(BALL) - BALL / 2) / half).astype(np.float32)[None, :].repeat(BALL, 0)
    y = (-(np.arange(BALL) - BALL / 2) / half).astype(np.float32)[:, None].repeat(BALL, 1)
    lift = 1 - x * x - y * y
    out = np.maximum(1, np.sqrt(np.maximum(x * x + y * y, 1e-9)))
    return x / out, y / out, np.sqrt(np.maximum(lift, 0))


@lru_cache(maxsize=1)
def matt_ball() -> F32:
    """(3, BALL * BALL): light falling on a matt surface, about 1 where the window faces it."""
    x, y, z = _ball()
    key = (x * KEY[0] + y * KEY[1] + z * KEY[2]) / np.linalg.norm(KEY)
    fill = (x * FILL[0] + y * FILL[1] + z * FILL[2]) / np.linalg.norm(FILL)
    lit = np.clip((key + 0.22) / 1.22, 0, 1) ** 1.25
    out = np.stack(
        [
            0.86 * WARM[c] * lit
            + 0.10 * SKY[c] * np.clip(fill, 0, 1)
            + 0.20 * SKY[c] * (0.5 + 0.5 * y)
            + 0.13 * FLOOR[c] * (0.5 - 0.5 * y)
            for c in range(3)
        ]
    )
    return out.reshape(3, -1).astype(np.float32)


def _room(rx: F32, ry: F32, rz: F32) -> F32:
    """What a mirror would see in each direction: window with its bars, wall, reflector, floor."""
    a, b = rx, ry

    def box(low: float, high: float, value: F32) -> F32:
        soft = 0.045
        return smooth(low - soft, low + soft, value) * smooth(high + soft, high - soft, value)

    window = box(-0.86, -0.36, a) * box(0.16, 0.84, b)
    bars = 1 - 0.75 * box(-0.615, -0.600, a) - 0.6 * box(0.49, 0.51, b)
    window = window * np.clip(bars, 0.2, 1) * smooth(-0.6, 0.1, rz)
    strip = box(0.72, 0.93, a) * box(-0.45, 0.62, b)
    top = smooth(0.55, 1.0, b) * 0.55
    wall = 0.20 + 0.16 * smooth(-0.2, 0.7, b)
    floor = 0.16 * smooth(0.05, -0.45, b)
    dark = 1 - 0.75 * smooth(0.35, -0.15, np.abs(b + 0.12)) * smooth(0.2, -0.6, rz)
    layers = [
        (5.2 * window, WARM),
        (1.15 * strip, SKY),
        (top, SKY),
        (wall * dark, np.array([1.0, 0.93, 0.84], np.float32)),
        (floor, FLOOR),
    ]
    out = np.zeros((3, *a.shape), np.float32)
    for level, colour in layers:
        out += level * colour[:, None, None]
    return out


@lru_cache(maxsize=8)
def shiny_ball(rough: int) -> F32:
    """(3, BALL * BALL): the room seen in a polished surface; rough is the blur in ball pixels."""
    x, y, z = _ball()
    room = _room(2 * z * x, 2 * z * y, 2 * z * z - 1)
    if rough > 0:
        room = np.stack([blurred(p / 6.5, rough) * 6.5 for p in room])
    return room.reshape(3, -1).astype(np.float32)


def bounced(albedo: F32, normals: Normals, shade: F32 | None = None) -> F32:
    """Matt light on a surface of this colour; shade is ambient occlusion (1 = open)."""
    index = normals.index()
    ball = matt_ball()
    out = np.stack([np.take(plane, index) for plane in ball])
    if shade is not None:
        out *= shade
    return out * albedo


def mirrored(normals: Normals, *, rough: int = 3) -> F32:
    """The studio reflected in the surface."""
    index = normals.index()
    return np.stack([np.take(plane, index) for plane in shiny_ball(rough)])


def fresnel(normals: Normals, base: float = 0.04) -> F32:
    """How much a glaze mirrors at each angle (Schlick)."""
    t = 1 - np.clip(normals.z, 0, 1)
    square = t * t
    return base + (1 - base) * 0.7 * square * square * t


def of_height(height: F32, *, depth: float) -> Normals:
    """Normals of a relief whose heights are in units of `depth` pixels."""
    gy = np.empty_like(height)
    gx = np.empty_like(height)
    gx[:, 1:-1] = (height[:, 2:] - height[:, :-2]) * np.float32(-depth / 2)
    gx[:, 0] = gx[:, -1] = 0
    gy[1:-1] = (height[2:] - height[:-2]) * np.float32(depth / 2)
    gy[0] = gy[-1] = 0
    inv = 1 / np.sqrt(gx * gx + gy * gy + 1)
    return Normals(gx * inv, gy * inv, inv)


def bent(base: Normals, bump: Normals) -> Normals:
    """A smooth surface's normals bent by a small relief on it."""
    x, y, z = base.x + bump.x, base.y + bump.y, base.z * np.maximum(bump.z, 0.05)
    inv = 1 / np.sqrt(x * x + y * y + z * z + 1e-9)
    return Normals(x * inv, y * inv, z * inv)


def rippled(base: Normals, wave: F32) -> Normals:
    """Normals that waver by a small field, as beaten or hand-smoothed surfaces do."""
    x, y = base.x + wave, base.y - wave
    inv = 1 / np.sqrt(x * x + y * y + base.z * base.z + 1e-9)
    return Normals(x * inv, y * inv, base.z * inv)
