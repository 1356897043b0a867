"""Zellige: star-and-cross and khatam tilings, cut by hand, glazed, set in lime.

The eight-fold star and cross fill the plane on a square lattice; each tile is found from the
pixel's place, so that every one can have its own glaze, tilt and chipped edge.
"""

import numpy as np

from maalem.demo.art import noise
from maalem.demo.art.canvas import F32, Job, inks, lookup, smooth
from maalem.demo.art.light import Normals, bounced, fresnel, mirrored

GLAZES: dict[str, tuple[str, ...]] = {
    "fes": ("#1f3f93", "#efe9da", "#2f6a52", "#c9902c", "#15244f", "#6fa3bf"),
    "tamegroute": ("#2f6b3a", "#efe6cf", "#1c4a33", "#b98a2f", "#4f8a4e", "#8fb07a"),
    "majorelle": ("#2544a8", "#f0ead9", "#122361", "#5c93c9", "#e0a33a", "#2544a8"),
    "saffron": ("#c98b2b", "#f0e6cd", "#7a3320", "#2c5d50", "#e3b860", "#3a2a22"),
    "ivory": ("#ece3cf", "#d5c6a8", "#f4eee0", "#b7a683", "#8d8068", "#e6dcc6"),
}
_GROUT = "#cdbfa6"


def _square_distance(x: F32, y: F32) -> F32:
    return np.maximum(np.abs(x), np.abs(y))


def star_field(u: F32, v: F32) -> tuple[F32, F32, F32]:
    """For places in cells: which shape (0 star, 1 cross, 2 heart, 3 ring), its edge, its number.

    The edge is the distance to the tile's border in cells, 0 on it.
    """
    ci, cj = np.floor(u), np.floor(v)
    x, y = u - ci - 0.5, v - cj - 0.5
    r45x, r45y = (x + y) * np.float32(0.70711), (x - y) * np.float32(0.70711)
    # The khatam: two squares, one turned by 45 degrees.
    outer = np.minimum(_square_distance(x, y), _square_distance(r45x, r45y)) - 0.354
    inner = np.minimum(_square_distance(x, y), _square_distance(r45x, r45y)) - 0.235
    core = np.minimum(_square_distance(x, y), _square_distance(r45x, r45y)) - 0.125
    kind = np.where(core < 0, 2, np.where(inner < 0, 3, np.where(outer < 0, 0, 1)))
    edge = np.minimum(np.minimum(np.abs(core), np.abs(inner)), np.abs(outer))
    # Rings and bands are cut along the star's eight axes, crosses along the cells' middles.
    angle = np.arctan2(y, x) / (2 * np.pi) * 8
    wedge = np.floor(angle + 0.5)
    radius = np.hypot(x, y)
    split = np.abs(angle + 0.5 - np.floor(angle + 0.5)) * radius * 0.78
    split = np.minimum(split, (1 - (angle + 0.5 - np.floor(angle + 0.5))) * radius * 0.78)
    banded = (kind == 3) | (kind == 0)
    edge = np.where(banded, np.minimum(edge, split), edge)
    # A cross belongs to four cells: number it by its corner.
    qi, qj = np.floor(u + 0.5), np.floor(v + 0.5)
    number = np.where(
        kind == 1, qi * 37 + qj * 101 + 7, ci * 53 + cj * 71 + kind * 19 + wedge * banded * 5
    )
    return kind.astype(np.int64), edge.astype(np.float32), number.astype(np.int64)


def tiled(job: Job, place: tuple[F32, F32], *, cells: float) -> F32:
    """Lit zellige (3, h, w) at places given in units, `cells` to a unit."""
    drift = noise.stretched("mid", (job.height, job.width), job.rng, by=1.5) * 0.004
    u, v = place[0] * cells + drift, place[1] * cells + np.roll(drift, 51, axis=0)
    kind, edge, number = star_field(u.astype(np.float32), v.astype(np.float32))
    glazes = GLAZES[job.palette]
    dice = job.rng.permutation(len(glazes))
    chosen = dice[[0, 1, 2, 3]] if job.palette != "ivory" else np.arange(4)
    # Every other star changes its heart, so that the eye wanders.
    chequer = (np.floor(u) + np.floor(v)).astype(np.int64) % 2
    index = np.where((kind == 2) & (chequer == 1), dice[4], chosen[kind])
    index = np.where((kind == 0) & (number % 2 == 1), dice[5], index)
    salt = noise.scatter(4096, 21)
    own = salt[(number * 97 + kind * 13) & 4095]
    other = salt[(number * 61 + 5) & 4095] - 0.5
    pool = noise.stretched("fbm", (job.height, job.width), job.rng, by=1.0)
    colour = lookup(inks(glazes), index) * (0.80 + 0.36 * own + 0.07 * pool)
    chip = noise.cut("soft", (job.height, job.width), job.rng) * 0.004
    seam = smooth(0.010 + chip.max() * 0, 0.019, edge + chip)
    tilt = other * 0.075
    fall = smooth(0.055, 0.0, edge) * 0.16
    wave = noise.stretched("mid", (job.height, job.width), job.rng, by=1.6) * 0.020
    nx = tilt + wave + fall * np.sign(other)
    ny = (salt[(number * 31 + 77) & 4095] - 0.5) * 0.075 + wave * 0.7 - fall * 0.5
    inv = (1 / np.sqrt(nx * nx + ny * ny + 1)).astype(np.float32)
    normals = Normals((nx * inv).astype(np.float32), (ny * inv).astype(np.float32), inv)
    lit = bounced(colour.astype(np.float32), normals)
    lit += mirrored(normals, rough=6) * (fresnel(normals, 0.06) * 0.9)
    grout = bounced(inks((_GROUT,))[:, :, None] * (0.9 + 0.08 * pool), normals) * 0.82
    return (grout + (lit - grout) * seam).astype(np.float32)
