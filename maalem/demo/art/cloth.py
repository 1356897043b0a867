"""What is woven and knotted: a grid of knots becomes wool, with its pile and the light on it."""

from dataclasses import dataclass

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, darken, inks, lookup, over, smooth
from maalem.demo.art.light import bounced, of_height

# A dyer's shelf for each palette: ground first, then what the motifs are knotted in.
WOOLS: dict[str, tuple[str, ...]] = {
    "saffron": ("#c98a2e", "#7c2d22", "#e9d3a3", "#23324f", "#a9571f", "#4c2a1c"),
    "madder": ("#8c2f27", "#e2c48f", "#2b3a5c", "#c97d2c", "#3a1d18", "#d8a58b"),
    "indigo": ("#26375f", "#d9c49a", "#9a3b2a", "#6f8fb3", "#151d33", "#c98a3c"),
    "henna": ("#8a4a26", "#e3c69a", "#3a2418", "#c27a34", "#5d2a1a", "#2c4254"),
    "ivory": ("#e6dcc8", "#3b322b", "#8d7a64", "#5b4a3c", "#b9a88d", "#2a241f"),
    "charcoal": ("#3a3531", "#e4dac6", "#8f8373", "#c4b79f", "#1f1c1a", "#a3937d"),
    "fawn": ("#b79b77", "#efe4cf", "#5a4632", "#876a49", "#3a2c20", "#d6c2a1"),
    "festive": ("#e8dfcf", "#c62f5b", "#2f7f8e", "#e0992a", "#5b2f7a", "#3d8a4c"),
    "majorelle": ("#27409b", "#efe3c4", "#e09a2f", "#c13f49", "#5fa3c7", "#142050"),
    "rose": ("#d98c93", "#7d2440", "#f1e2cf", "#c85a3c", "#5a3f74", "#e7b54a"),
    "mint": ("#8fb59c", "#f0e8d4", "#2d5f4e", "#d98f3d", "#b6473c", "#1f3b33"),
    "fes": ("#ece5d6", "#21418f", "#2f57a8", "#4b74bd", "#1b3170", "#21418f"),
    "black": ("#26221f", "#d9c9ab", "#8a3a2a", "#c28a36", "#4a4038", "#e8dcc4"),
}


@dataclass(frozen=True)
class Piece:
    """A cloth lying on a floor: half sizes in units, knots across and down, height of the pile."""

    half: tuple[float, float]
    knots: tuple[int, int]
    pile: float = 1.0
    fringe: bool = True
    turn: float = 0.0


def weave(job: Job, piece: Piece, *, grid: np.ndarray, wools: tuple[str, ...]) -> F32:
    """Lay a piece knotted after `grid` (rows x columns of wool numbers) on a floor."""
    sheet = ground.floor(job)
    x, y = job.grid()
    angle = np.radians(piece.turn)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    u, v = x * c + y * s, -x * s + y * c
    # A hand-made edge is never quite straight.
    drift = noise.stretched("cloud", (job.height, job.width), job.rng, by=2.0)
    u = u + drift * 0.0022
    v = v + np.roll(drift, 97, axis=1) * 0.0022
    wide, high = piece.half
    soft = np.float32(1.2 / job.scale)
    mask = smooth(wide + soft, wide - soft, np.abs(u)) * smooth(high + soft, high - soft, np.abs(v))
    if piece.fringe:
        fringe(job, sheet, place=(u, v), piece=piece)
    ground.drop_shadow(sheet, mask, job, lift=0.008 * piece.pile, soft=0.010)
    colour, height = knotted(job, (u, v), piece, grid=grid, wools=wools)
    normals = of_height(height, depth=2.2 * piece.pile)
    lit = bounced(colour, normals)
    edge = smooth(0.0, 0.012, np.minimum(wide - np.abs(u), high - np.abs(v)))
    lit *= 0.72 + 0.28 * edge
    over(sheet, lit, mask)
    return sheet


def knotted(
    job: Job, place: tuple[F32, F32], piece: Piece, *, grid: np.ndarray, wools: tuple[str, ...]
) -> tuple[F32, F32]:
    """Colour (3, h, w) and relief (h, w) of the wool at each pixel."""
    u, v = place
    rows, cols = grid.shape
    fuzz = 0.32 * piece.pile
    jitter = noise.cut("soft", (job.height, job.width), job.rng)
    other = noise.cut("soft", (job.height, job.width), job.rng)
    col = (u / (2 * piece.half[0]) + 0.5) * cols + jitter * fuzz
    row = (v / (2 * piece.half[1]) + 0.5) * rows + other * fuzz
    ci = np.clip(col.astype(np.int32), 0, cols - 1)
    ri = np.clip(row.astype(np.int32), 0, rows - 1)
    index = grid[ri, ci]
    colour = lookup(inks(wools), index)
    # Abrash: each batch of dyed wool differs a little, in bands along the weaving.
    dye = noise.scatter(rows + 1, job.seed & 0xFFFF)
    bands = np.convolve(dye, np.ones(7) / 7, mode="same").astype(np.float32)
    knots = noise.scatter(4096, 11)[(ri * 131 + ci * 17 + index * 57) & 4095]
    worn = noise.stretched("fbm", (job.height, job.width), job.rng, by=1.4)
    colour = colour * (0.86 + 0.30 * bands[ri] + 0.20 * (knots - 0.5) + 0.05 * worn)
    pile = noise.cut("soft", (job.height, job.width), job.rng)
    inside = np.abs(col - np.floor(col) - 0.5) + np.abs(row - np.floor(row) - 0.5)
    relief = (0.55 - inside) * 0.9 + pile * 0.55 * piece.pile + worn * 0.8
    return colour.astype(np.float32), relief.astype(np.float32)


def fringe(job: Job, sheet: F32, *, place: tuple[F32, F32], piece: Piece) -> None:
    """Knotted warp ends above and below."""
    u, v = place
    wide, high = piece.half
    count = 46 if wide < 0.3 else 64
    strand = (u / (2 * wide) + 0.5) * count
    number = np.clip(strand.astype(np.int32), 0, count - 1)
    long = 0.030 + 0.018 * noise.scatter(count, job.seed & 0xFFF)[number]
    lean = (noise.scatter(count, 5)[number] - 0.5) * 0.9
    beyond = np.abs(v) - high
    centre = np.abs(strand + lean * beyond / 0.03 * 0.35 - np.floor(strand) - 0.5)
    alpha = smooth(0.34, 0.16, centre) * smooth(long, long - 0.008, beyond) * (beyond > -0.01)
    alpha = (alpha * (np.abs(u) < wide)).astype(np.float32)
    ground.drop_shadow(sheet, alpha, job, lift=0.004, soft=0.004, dark=0.4)
    thread = inks(("#e4d8c0",))[:, :, None] * np.float32(1.0)
    lit = thread * (0.8 + 0.25 * noise.cut("soft", alpha.shape, job.rng) * 0.3)
    over(sheet, lit.astype(np.float32), alpha)


def cushion_light(job: Job, half: tuple[float, float]) -> tuple[F32, F32, F32]:
    """A square pillow seen from above: its bulge (0..1), mask, and edge darkness."""
    x, y = job.grid()
    nx, ny = np.abs(x / half[0]), np.abs(y / half[1])
    # The corners stick out, the sides draw in: a filled cloth bag.
    pinch = 1 - 0.075 * (1 - np.clip(ny, 0, 1) ** 2) - 0.0 * nx
    pinch_y = 1 - 0.075 * (1 - np.clip(nx, 0, 1) ** 2)
    ex, ey = nx / pinch, ny / pinch_y
    soft = np.float32(1.5 / job.scale / half[0])
    mask = smooth(1 + soft, 1 - soft, ex) * smooth(1 + soft, 1 - soft, ey)
    bulge = np.clip((1 - ex**2.4), 0, 1) ** 0.55 * np.clip((1 - ey**2.4), 0, 1) ** 0.55
    return bulge.astype(np.float32), mask.astype(np.float32), (1 - bulge).astype(np.float32)


def folds(job: Job, sheet: F32, mask: F32, *, depth: float) -> None:
    """Soft creases across a cloth that was folded."""
    x, y = job.grid()
    for at in (-0.12, 0.13):
        crease = np.exp(-(((y - at) / 0.006) ** 2)) + 0.5 * np.exp(-(((x - at * 0.6) / 0.006) ** 2))
        darken(sheet, (crease * depth * mask).astype(np.float32))
