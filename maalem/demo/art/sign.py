"""A workshop's sign: the motif of its craft in a medallion, over tiles or wool."""

import numpy as np

from maalem.demo.art import noise, textile, tiling, weave
from maalem.demo.art.canvas import F32, Job, blurred, ink, over, smooth
from maalem.demo.art.light import bounced, of_height
from maalem.demo.art.motifs import CELL, motif

WOOL = ("rug", "hanbel", "cushion", "blanket", "scarf", "caftan", "djellaba", "tablecloth", "doll")
PLATES = ("#1f3f8f", "#8f2f22", "#2f6b3a", "#a3642c", "#24262e", "#5b2a1b")


def medallion(job: Job) -> F32:
    """A round plate of plaster with a cut rosette, on the ground of the craft."""
    shape = (job.height, job.width)
    x, y = job.grid()
    x, y = x + 0 * y, y + 0 * x
    if job.kind.startswith(WOOL):
        job.palette = str(job.choice(list(textile.YARNS)))
        sheet = np.zeros((3, *shape), np.float32)
        knots = (weave.azilal if job.rng.random() < 0.5 else weave.taznakht)(job, (110, 110))
        cut = textile.Sheetcut(0.56, 0.56, lean=0.0, wave=0.0)
        textile.lay_wool(job, sheet, knots, cut=cut, pile=0.3, yarns=textile.YARNS[job.palette])
    else:
        job.palette = str(job.choice(list(tiling.GLAZES)))
        tiles = tiling.khatam(x, y, period=0.24, rich=2)
        sheet = tiling.fired_tiles(job, tiles, tiling.GLAZES[job.palette], gap=0.004)
    r = np.hypot(x, y)
    disc = np.clip((0.33 - r) * job.scale, 0, 1)
    sheet *= 1 - 0.55 * blurred(np.roll(disc, (8, 6), (0, 1)), 0.03 * job.scale)
    count = int(job.rng.choice([8, 10, 12, 16]))
    turn = np.arctan2(y, x) * np.float32(count / 2 / np.pi)
    cut_ = np.zeros(shape, np.float32)
    names = list(job.rng.permutation(["petals", "star", "scroll", "lattice", "arcade", "rosette"]))
    for low, high, name, times in (
        (0.02, 0.13, "petals", 1),
        (0.14, 0.24, str(names[0]), 1),
        (0.26, 0.31, "dots", 2),
    ):
        v = 1 - (r - low) / (high - low)
        u = turn * times
        index = (np.clip(v, 0, 0.999) * CELL).astype(np.int32) * CELL
        index = index + ((u - np.floor(u)) * 127.9).astype(np.int32)
        inside = (v > 0) & (v < 1)
        cut_ = np.maximum(cut_, np.take(motif(name).max(axis=0), index) * inside)
    dome = smooth(0.33, 0.27, r) * 6
    grain = noise.cut("soft", shape, job.rng) * 0.1
    normals = of_height((dome + blurred(cut_, 1.2) * 1.8 + grain).astype(np.float32), depth=1.0)
    ground = ink(str(job.choice(PLATES)))
    colour = ground + (ink("#efe4cc") - ground) * cut_
    over(sheet, bounced(colour, normals) * 1.08, disc)
    ring_ = np.clip((0.010 - np.abs(r - 0.325)) * job.scale, 0, 1)
    over(sheet, ink("#d9b061") * (0.9 - 0.5 * (x + y)), ring_)
    return sheet
