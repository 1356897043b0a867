"""Cut and glazed tiles: true star patterns as arrangements of lines, each region one tile."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, inks, lookup, over, smooth
from maalem.demo.art.light import Normals, bounced, fresnel, mirrored
from maalem.demo.art.relief import metal, plump, ring, tube

GLAZES = {
    "fes": ("#f0ead9", "#1f3f8f", "#17191f", "#3f74b5", "#2f7f5b", "#d9a033"),
    "tamegroute": ("#ece5d0", "#2f6b3a", "#17251b", "#5b8a3a", "#1f4a3c", "#c98f35"),
    "majorelle": ("#efeade", "#2a49c0", "#141a3a", "#5b8ad8", "#e0b03a", "#3a9c95"),
    "saffron": ("#f0e4c8", "#cf8f2a", "#5a2a1b", "#b5532a", "#2f6f62", "#e8bb52"),
    "ivory": ("#efe9db", "#d9c9a8", "#8a6a4a", "#c2a982", "#f4f0e6", "#4e6b66"),
}


@dataclass
class Tiles:
    """For each pixel: how far from the nearest edge (in units), which colour, which tile."""

    edge: F32
    colour: NDArray[np.int32]
    tile: NDArray[np.int32]


def _square(x: F32, y: F32) -> tuple[F32, F32]:
    """How far out in the square's and in the turned square's sense."""
    return np.maximum(np.abs(x), np.abs(y)), (np.abs(x) + np.abs(y)) * np.float32(0.70710678)


def khatam(x: F32, y: F32, *, period: float, rich: int) -> Tiles:
    """Eight-pointed stars and crosses; rich adds a ring of petals in each star and a heart in each
    cross. The star is the union of a square and the same square turned: their tips touch."""
    cx, cy = np.floor(x / period + 0.5), np.floor(y / period + 0.5)
    sx, sy = x - cx * period, y - cy * period
    a = np.float32(period / 2 / 2**0.5)
    s1, s2 = _square(sx, sy)
    star = np.minimum(s1, s2) - a
    edge = np.abs(star)
    inside = star < 0
    kx, ky = np.floor(x / period), np.floor(y / period)
    q1, q2 = _square(x - (kx + 0.5) * period, y - (ky + 0.5) * period)
    where = (cx.astype(np.int32) * 31 + cy.astype(np.int32) * 57) & 1023
    other = (kx.astype(np.int32) * 43 + ky.astype(np.int32) * 71 + 500) & 1023
    colour = np.where(inside, 1, 0)
    tile = np.where(inside, where, other)
    if rich >= 1:
        inner = np.maximum(s1, s2) - a * np.float32(0.99)
        core = np.minimum(s1, s2) - a * np.float32(0.46)
        edge = np.minimum(edge, np.where(inside, np.minimum(np.abs(inner), np.abs(core)), 1))
        arm = (np.arctan2(sy, sx) * np.float32(4 / np.pi) + 8.5).astype(np.int32) & 7
        colour = np.where(inside, np.where(core < 0, 5, np.where(inner < 0, 3, 1)), colour)
        tile = np.where(
            inside, where + np.where(core < 0, 0, np.where(inner < 0, 11, 100 + arm * 9)), tile
        )
    if rich >= 2:
        heart = np.minimum(q1, q2) - a * np.float32(0.42)
        edge = np.minimum(edge, np.where(inside, 1, np.abs(heart)))
        colour = np.where(~inside & (heart < 0), 2 + ((kx + ky).astype(np.int32) & 1) * 2, colour)
        tile = np.where(~inside & (heart < 0), other + 333, tile)
    return Tiles(edge, colour, tile & 1023)


def rosette(x: F32, y: F32, *, points: int, reach: float) -> Tiles:
    """A great star of 2 k points around the middle of each square: nested stars whose sides are
    straight lines, folded into one sector; the squares' corners hold eight-pointed stars."""
    cx, cy = np.floor(x / reach + 0.5), np.floor(y / reach + 0.5)
    sx, sy = x - cx * reach, y - cy * reach
    r = np.sqrt(sx * sx + sy * sy) / np.float32(reach)
    sector = np.float32(2 * np.pi / points)
    angle = np.arctan2(sy, sx) / sector
    arm = np.floor(angle + 0.5)
    turn = np.abs(angle - arm) * sector
    u, v = r * np.cos(turn), r * np.sin(turn)
    half = float(sector) / 2
    edge = np.full_like(r, 9.0)
    level = np.zeros(r.shape, np.int32)
    for tip, lean in ((0.11, 1.00), (0.235, 0.62), (0.305, -0.70), (0.40, 1.02), (0.485, 0.55)):
        # A line from the tip at (tip, 0) leaning back by `lean` from the radius.
        side = (u - tip) * np.cos(lean) + v * np.sin(lean)
        edge = np.minimum(edge, np.abs(side))
        level += (side > 0).astype(np.int32)
    spoke = np.minimum(r * np.sin(np.abs(half - turn)), 9)
    petal = (level == 2) | (level == 4)
    edge = np.minimum(edge, np.where(petal, spoke, 9))
    edge = edge * np.float32(reach)
    kx, ky = np.floor(x / reach), np.floor(y / reach)
    qx, qy = x - (kx + 0.5) * reach, y - (ky + 0.5) * reach
    q1, q2 = _square(qx, qy)
    corner = np.minimum(q1, q2) - np.float32(reach * 0.135)
    ring_ = np.minimum(q1, q2) - np.float32(reach * 0.062)
    outer = level >= 5
    edge = np.where(
        corner < 0, np.minimum(np.abs(ring_), np.abs(corner)), np.minimum(edge, np.abs(corner))
    )
    lattice = np.minimum(np.abs(np.abs(qx) - np.abs(qy)) * np.float32(0.7), 1)
    edge = np.where(outer & (corner > 0), np.minimum(edge, lattice), edge)
    table = np.array([5, 1, 0, 3, 2, 0], np.int32)
    colour = np.where(corner < 0, np.where(ring_ < 0, 5, 4), table[level])
    tile = (arm.astype(np.int32) * 17 + level * 101 + (angle > arm) * 53 * petal) & 1023
    return Tiles(edge, colour.astype(np.int32), tile.astype(np.int32) & 1023)


def fired_tiles(job: Job, tiles: Tiles, glazes: tuple[str, ...], *, gap: float) -> F32:
    """Tiles set by hand in lime: each its own tone and tilt, chipped at the edges."""
    shape = tiles.edge.shape
    tones, tip_x, tip_y = (noise.scatter(1024, job.seed * 3 + k) - 0.5 for k in range(3))
    rough = noise.cut("soft", shape, job.rng)
    pool = noise.stretched("fbm", shape, job.rng, by=1.2)
    edge = tiles.edge + rough * np.float32(gap * 0.28)
    tone = np.take(tones, tiles.tile)
    glaze = lookup(inks(glazes), tiles.colour) * (1 + 0.34 * tone + 0.07 * pool + 0.02 * rough)
    bevel = np.float32(gap * 3.2)
    round_ = np.clip(1 - edge / bevel, 0, 1)
    gy, gx = np.gradient(tiles.edge)
    steep = np.float32(job.scale) * round_ * 0.55
    wave = noise.cut("mid", shape, job.rng) * 0.03
    nx = -gx * steep + np.take(tip_x, tiles.tile) * 0.30 + wave
    ny = gy * steep + np.take(tip_y, tiles.tile) * 0.30 + wave * 0.6
    inv = 1 / np.sqrt(nx * nx + ny * ny + 1)
    normals = Normals(nx * inv, ny * inv, inv)
    shine = mirrored(normals, rough=3) * (fresnel(normals, 0.055) * 1.5)
    paint = bounced(glaze, normals) * 1.06 + shine
    chipped = smooth(gap * 1.5, gap * 1.1, edge + rough * np.float32(gap * 0.25)) * (rough > 0.5)
    clay = bounced(lookup(inks(("#c99a70",)), np.zeros((1, 1), np.intp)), normals)
    paint += (clay - paint) * (chipped * 0.75)
    lime = lookup(inks(("#cdbfa6",)), np.zeros((1, 1), np.intp)) * (0.62 + 0.05 * rough)
    joint = smooth(gap * 0.95, gap * 0.55, edge)
    return paint + (lime - paint) * joint


def pattern(job: Job, x: F32, y: F32) -> Tiles:
    """One of the patterns, by the seed."""
    style = int(job.rng.integers(5))
    if style < 3:
        return khatam(x, y, period=float(job.rng.choice([0.15, 0.19, 0.24])), rich=style)
    return rosette(
        x, y, points=16 if style == 3 else 12, reach=float(job.rng.choice([0.40, 0.56, 0.80]))
    )


def panel(job: Job) -> F32:
    """A panel of tiles in a frame of its own, leaning against nothing: seen straight on."""
    sheet = ground.floor(job)
    x, y = job.grid()
    x, y = x + 0 * y, y + 0 * x
    glazes = GLAZES[job.palette]
    body = pattern(job, x, y)
    side = np.float32(0.41)
    out = np.maximum(np.abs(x), np.abs(y))
    rim = out - np.float32(0.355)
    t = np.where(np.abs(x) > np.abs(y), y, x)
    step = np.float32(0.0555)
    seam = np.abs(t / step - np.floor(t / step) - 0.5) * step
    band = np.where(rim > 0.040, 1, 0)
    border = Tiles(np.minimum(np.minimum(np.abs(rim), np.abs(rim - 0.04)),
        np.where(band == 0, np.float32(0.5) * step - seam, 1)), np.where(band == 1, 2,
        np.where(np.floor(t / step).astype(np.int32) & 1, 1, 0)), np.floor(t /
        step).astype(np.int32) * 13 + band * 7 + 700 + (x > y) * 91 & 1023)  # fmt: skip
    here = rim > 0
    mixed = Tiles(
        np.where(here, border.edge, np.minimum(body.edge, np.abs(rim))),
        np.where(here, border.colour, body.colour),
        np.where(here, border.tile, body.tile),
    )
    paint = fired_tiles(job, mixed, glazes, gap=0.0026)
    mask = np.clip((side - out) * job.scale + 0.5, 0, 1)
    ground.drop_shadow(sheet, mask, job, lift=0.014, soft=0.012)
    light = 1.06 - 0.16 * smooth(-0.5, 0.6, x * 0.8 + y * 0.7)
    over(sheet, paint * light, mask)
    return sheet


def table(job: Job) -> F32:
    """A round table of tiles on iron legs."""
    sheet = ground.studio(job)
    iron = metal("iron")
    top, flat, radius = -0.06, 0.40, 0.36
    ground.standing_shadow(sheet, job, foot=(0, 0.34), radius=0.26, tall=0.3, flat=0.35, dark=0.45)
    for px, py in ((-0.24, 0.30), (0.24, 0.30), (-0.10, 0.38), (0.13, 0.385)):
        line = [(px * 1.05, top + 0.10), (px * 0.6, 0.16), (px * 0.75, 0.25), (px, py)]
        tube(job, sheet, np.asarray(line, np.float32), stuff=iron, thick=0.013, shadow=0)
    tube(job, sheet, ring(0, 0.21, 0.155, flat=0.36), stuff=iron, thick=0.009, shadow=0)
    plump(job, sheet, ring(0, top + 0.022, radius + 0.008, flat=flat), stuff=iron,
        round_=0.02, shadow=0)  # fmt: skip
    x, y = job.grid()
    u, v = x + 0 * y, (y - top) / np.float32(flat) + 0 * x
    tiles = (
        rosette(u, v, points=16, reach=0.72)
        if job.rng.random() < 0.6
        else khatam(u, v, period=0.18, rich=2)
    )
    r = np.sqrt(u * u + v * v)
    rim = np.abs(r - np.float32(radius - 0.05))
    outer = r > radius - 0.05
    arc = np.arctan2(v, u) * np.float32(24 / np.pi)
    part = np.floor(arc).astype(np.int32)
    tiles = Tiles(np.where(outer, np.minimum(rim, (0.5 - np.abs(arc - part - 0.5)) *
        0.045), np.minimum(tiles.edge, rim)), np.where(outer, np.where(part & 1, 1, 0),
        tiles.colour), np.where(outer, part * 7 & 1023, tiles.tile))  # fmt: skip
    paint = fired_tiles(job, tiles, GLAZES[job.palette], gap=0.0032)
    over(sheet, paint * 1.04, np.clip((radius - r) * job.scale * flat + 0.5, 0, 1))
    return sheet
