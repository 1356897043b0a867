"""Clay: tagines, plates, bowls, vases, jars, mugs; tin white and cobalt, Safi's colours, green."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maalem.demo.art import noise
from maalem.demo.art.canvas import F32, Job, ink, mix, smooth
from maalem.demo.art.lathe import Body
from maalem.demo.art.light import Normals, bounced, fresnel, mirrored
from maalem.demo.art.motifs import CELL, motif


@dataclass(frozen=True)
class School:
    """A town's way: its ground glaze and its brushes."""

    glaze: tuple[str, ...]
    brushes: tuple[tuple[str, str, str], ...]
    gloss: float = 1.0
    bare: bool = False


SCHOOLS = {
    "fes": School(
        ("#efece2", "#f1ebdc"),
        (("#1d3a86", "#2f57a8", "#1d3a86"), ("#22408c", "#4a74bd", "#2c4f9e")),
    ),
    "safi": School(
        ("#efe9da", "#f0e6cf", "#1f4f9a", "#e8dfca"),
        (
            ("#27418c", "#2f78b0", "#c98a2b"),
            ("#2a2f55", "#2e6fae", "#d59a35"),
            ("#1f4a86", "#3d9bb3", "#1f4a86"),
        ),
    ),
    "safi_polychrome": School(
        ("#f0e7d0", "#ecdfbf", "#e3b24a"),
        (
            ("#44291e", "#2f7f5b", "#dd9b28"),
            ("#3b2a3f", "#c4542c", "#2f8a86"),
            ("#2b3f7d", "#d8932b", "#3c8a4f"),
        ),
    ),
    "sale": School(
        ("#ece6d6", "#e7e3d4"),
        (("#3a6a63", "#7fa894", "#c79a4e"), ("#2d4f63", "#88a7ad", "#b9722f")),
    ),
    "tamegroute": School(("#3c6b35", "#2e5f3c", "#56762c", "#1f5547"), (("#1c3f25",) * 3,)),
    "terracotta": School(
        ("#b5683f", "#a9603c", "#c07a4c"), (("#3b2118", "#e6d3b4", "#3b2118"),), 0.0, True
    ),
}
CLAY = "#b9774d"
BANDS = ("scroll", "petals", "lozenge", "star", "lattice", "arcade", "sprig", "rosette", "scales")
EDGES = ("dots", "zigzag", "checker", "waves", "drops")


@dataclass(frozen=True)
class Band:
    """A motif between two places along the profile, so many times around, with a turn."""

    low: float
    high: float
    name: str
    count: int
    shift: float = 0.0


def around(body: Body, job: Job) -> tuple[F32, F32]:
    """Turns (0..1) and place along, both a little unsteady as a hand is."""
    wobble = noise.stretched("mid", body.shape, job.rng, by=1.5)
    turns = body.angle * np.float32(0.5 / np.pi) + 0.5 + wobble * 0.0012
    return turns, body.along + wobble * 0.0022


def paint_band(
    colour: F32, band: Band, *, brushes: Sequence[F32], place: tuple[F32, F32, F32]
) -> None:
    """Paint a band on a body's colour; place is turns, along and the brush's load (h, w)."""
    turns, along, load = place
    within = (along - band.low) * np.float32(1 / (band.high - band.low))
    rows = np.nonzero(((within > 0) & (within < 1)).any(axis=1))[0]
    if len(rows) == 0:
        return
    part = slice(rows[0], rows[-1] + 1)
    v = within[part]
    inside = (v > 0) & (v < 1)
    u = turns[part] * band.count + band.shift
    col = ((u - np.floor(u)) * (CELL - 0.01)).astype(np.int32)
    row = (np.clip(v, 0, 0.999) * CELL).astype(np.int32)
    index = row * CELL + col
    for layer, brush in zip(motif(band.name), brushes, strict=False):
        mask = np.take(layer, index) * inside * load[part]
        colour[:, part] += (brush - colour[:, part]) * mask


def paint_line(
    colour: F32, brush: F32, *, at: float, place: tuple[F32, F32, F32], thick: float
) -> None:
    """A line drawn while the pot turns."""
    _, along, load = place
    mask = smooth(thick, thick * 0.55, np.abs(along - at)) * load
    colour += (brush - colour) * mask


def dress(job: Job, body: Body, *, school: School, bands: Sequence[Band]) -> F32:
    """The colour (3, h, w) of a painted pot before light falls on it."""
    pool = noise.stretched("fbm", body.shape, job.rng, by=1.3)
    fine = noise.cut("soft", body.shape, job.rng)
    base = ink(str(job.choice(school.glaze)))
    colour = base * (1 + 0.045 * pool + 0.012 * fine)
    brushes = [ink(code) for code in school.brushes[int(job.rng.integers(len(school.brushes)))]]
    if float(base.mean()) < 0.2:  # a dark ground is painted with slip, light on dark
        brushes = [ink("#efe6d0"), ink("#7fb0cf"), ink("#e0ab45")]
    turns, along = around(body, job)
    load = np.clip(0.88 + 0.16 * pool + 0.05 * fine, 0.4, 1)
    place = (turns, along, load)
    for band in bands:
        paint_band(colour, band, brushes=brushes, place=place)
    edges = {round(b.low, 3) for b in bands} | {round(b.high, 3) for b in bands}
    for at in edges:
        paint_line(colour, brushes[0], at=at, place=place, thick=0.0055)
    return colour


def green(job: Job, body: Body, *, school: School, foot: bool = True) -> F32:
    """Tamegroute's glaze: pooling greens, burnt spots, runs that stop short of the foot."""
    pool = noise.stretched("fbm", body.shape, job.rng, by=1.2)
    spots = noise.cut("mid", body.shape, job.rng)
    fine = noise.cut("soft", body.shape, job.rng)
    first = int(job.rng.integers(len(school.glaze)))
    base = ink(school.glaze[first])
    other = ink(school.glaze[(first + 1 + int(job.rng.integers(3))) % 4])
    turns = body.angle * np.float32(0.5 / np.pi) + 0.5
    streak = noise.sample("fbm", turns * 900, body.along * 60 + 40)
    colour = mix(base, other, np.clip(0.5 + 0.28 * pool + 0.2 * streak, 0, 1))
    colour = mix(colour, ink("#8f9c3a"), np.clip(0.26 * streak - 0.10, 0, 0.5))
    colour = mix(colour, ink("#16281a"), np.clip(spots * 0.5 - 0.85, 0, 0.8))
    colour *= 1 + 0.05 * fine
    if foot:
        run = 0.10 + 0.035 * noise.sample("mid", turns * 1024 * 0.6, np.float32(77) + 0 * turns)
        bare = smooth(run + 0.012, run - 0.012, body.along)
        clay = ink(CLAY) * (1 + 0.07 * pool + 0.05 * fine)
        lip = np.exp(-(((body.along - run) / 0.02) ** 2))
        colour = mix(colour * (1 - 0.35 * lip), clay, bare)
        body.shade = body.shade * (1 - 0.0 * bare)
    return colour


def fired(job: Job, body: Body, colour: F32, *, gloss: float, rough: int = 2) -> F32:
    """Light on glazed clay: throwing rings, a waver in the reflections, a mirror at the rim."""
    n = body.normals
    wave = noise.stretched("mid", body.shape, job.rng, by=2.2) * 0.018
    rings = np.sin(body.along * 240 + wave * 30) * 0.012
    bent = Normals(n.x + wave, n.y + rings + wave * 0.7, n.z)
    inv = 1 / np.sqrt(bent.x**2 + bent.y**2 + bent.z**2 + 1e-9)
    bent = Normals(bent.x * inv, bent.y * inv, bent.z * inv)
    lit = bounced(colour, bent, body.shade)
    if gloss > 0:
        lit = lit + mirrored(bent, rough=rough) * (
            fresnel(bent, 0.05) * gloss * (0.4 + 0.6 * body.shade)
        )
    return lit


def finish(job: Job, body: Body, bands: Sequence[Band], *, foot: bool = True) -> F32:
    """Dress and fire a body in the job's palette."""
    school = SCHOOLS[job.palette]
    if job.palette == "tamegroute":
        return fired(job, body, green(job, body, school=school, foot=foot), gloss=1.0)
    colour = dress(job, body, school=school, bands=bands)
    if foot and not school.bare:
        bare = smooth(0.055, 0.045, body.along)
        colour = mix(colour, ink(CLAY), bare * 0.9)
    return fired(
        job,
        body,
        colour,
        gloss=school.gloss if not school.bare else 0.18,
        rough=2 if not school.bare else 14,
    )


def stack(job: Job, low: float, high: float, *, parts: int, counts: tuple[int, int]) -> list[Band]:
    """Bands that fill a stretch of the profile: a broad one between narrow edges."""
    pick = list(job.rng.permutation(len(BANDS)))
    narrow = (high - low) * 0.11
    edge = str(job.choice(EDGES))
    out = [
        Band(low, low + narrow, edge, counts[0] * 2),
        Band(high - narrow, high, edge, counts[0] * 2),
    ]
    cuts = np.linspace(low + narrow, high - narrow, parts + 1)
    for i in range(parts):
        name = BANDS[pick[i % len(pick)]]
        out.append(Band(float(cuts[i]), float(cuts[i + 1]), name, counts[1], 0.5 * (i % 2)))
    return out
