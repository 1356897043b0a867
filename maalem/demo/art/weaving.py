"""Rugs, flat-weaves, blankets, scarves, cushions and embroidered cloth."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, over
from maalem.demo.art.cloth import WOOLS, Piece, cushion_light, folds, knotted, weave
from maalem.demo.art.light import Normals, bent, bounced, of_height
from maalem.demo.art.patterns import SCHOOLS

# Half sizes, knots across and down, pile.
RUGS = {
    "rug_taznakht": Piece((0.29, 0.41), (108, 152), 1.0),
    "rug_beni_ourain": Piece((0.29, 0.41), (104, 146), 1.9),
    "rug_azilal": Piece((0.28, 0.41), (104, 152), 1.5),
    "rug_boucherouite": Piece((0.29, 0.40), (84, 116), 2.1),
    "hanbel": Piece((0.29, 0.42), (132, 190), 0.35),
    "blanket": Piece((0.36, 0.40), (170, 190), 0.5),
    "scarf": Piece((0.15, 0.43), (80, 230), 0.25),
    "tablecloth": Piece((0.39, 0.39), (180, 180), 0.2, fringe=False),
}


def rug(job: Job) -> F32:
    """A rug or cloth on the floor, seen from above."""
    piece = RUGS[job.kind]
    turn = job.uniform(-3.0, 3.0) if job.view == 0 else job.uniform(8, 16)
    piece = Piece(piece.half, piece.knots, piece.pile, piece.fringe, turn)
    grid = SCHOOLS[job.kind](piece.knots[1], piece.knots[0], job.rng)
    sheet = weave(job, piece, grid=grid, wools=WOOLS[job.palette])
    if job.kind in ("tablecloth", "blanket"):
        x, y = job.grid()
        inside = ((np.abs(x) < piece.half[0]) & (np.abs(y) < piece.half[1])).astype(np.float32)
        folds(job, sheet, inside, depth=0.10)
    return sheet


def cushion(job: Job) -> F32:
    """A pillow covered with a piece of weaving."""
    sheet = ground.linen(job) if job.rng.random() < 0.5 else ground.floor(job)
    half = (0.34, 0.34) if job.rng.random() < 0.6 else (0.39, 0.26)
    bulge, mask, edge = cushion_light(job, half)
    ground.drop_shadow(sheet, mask, job, lift=0.022, soft=0.022, dark=0.6)
    school = str(job.choice(("rug_taznakht", "hanbel", "rug_beni_ourain", "rug_azilal")))
    cols = 96
    rows = round(cols * half[1] / half[0])
    grid = SCHOOLS[school](rows, cols, job.rng)
    x, y = job.grid()
    # The cloth curves away at the sides, so the pattern draws together there.
    draw = 1 + 0.16 * edge
    u, v = x * draw, y * draw
    piece = Piece(half, (cols, rows), 0.7)
    colour, relief = knotted(job, (u, v), piece, grid=grid, wools=WOOLS[job.palette])
    body = of_height(bulge, depth=job.scale * 0.21)
    crumple = noise.stretched("cloud", mask.shape, job.rng, by=1.2)
    normals = bent(body, of_height(relief + crumple * 2.5, depth=1.3))
    lit = bounced(colour, Normals(normals.x, normals.y, normals.z)) * (1 - 0.35 * edge**3)
    over(sheet, lit.astype(np.float32), mask)
    return sheet
