"""One door to all painters: `draw`, and the small things a loader needs beside it."""

from collections.abc import Callable
from zlib import crc32

import numpy as np
from PIL import Image

from maalem.demo.art import (
    clothing,
    leather,
    metal,
    silver,
    stone,
    straw,
    vessels,
    wax,
    weaving,
    wood,
    zellige,
)
from maalem.demo.art.canvas import F32, Job, to_image
from maalem.demo.art.kinds import PALETTES_OF

PAINTERS: dict[str, Callable[[Job], F32]] = {
    "tagine": vessels.tagine,
    "plate": vessels.plate,
    "bowl": vessels.bowl,
    "vase": vessels.vase,
    "jar": vessels.jar,
    "mug": vessels.mug,
    "candle_holder": vessels.candle_holder,
    "candle": wax.candle,
    **dict.fromkeys(weaving.RUGS, weaving.rug),
    "cushion": weaving.cushion,
    "zellige_panel": zellige.panel,
    "zellige_table": zellige.table,
    "lantern": metal.lantern,
    "tray": metal.tray,
    "teapot": metal.teapot,
    "iron_mirror": metal.iron_mirror,
    "iron_table": metal.iron_table,
    "babouche": leather.babouche,
    "pouf": leather.pouf,
    "leather_bag": leather.leather_bag,
    "belt": leather.belt,
    "saddle": leather.saddle,
    "thuya_box": wood.thuya_box,
    "wooden_bowl": wood.wooden_bowl,
    "moucharabieh": wood.moucharabieh,
    "bendir": wood.bendir,
    "darbouka": wood.darbouka,
    "guembri": wood.guembri,
    "basket": straw.basket,
    "hat": straw.hat,
    "fibula": silver.fibula,
    "necklace": silver.necklace,
    "bracelet": silver.bracelet,
    "earrings": silver.earrings,
    "caftan": clothing.caftan,
    "djellaba": clothing.djellaba,
    "felt_hat": clothing.felt_hat,
    "doll": clothing.doll,
    "gebs_panel": stone.gebs_panel,
    "stone_bowl": stone.stone_bowl,
    "tea_glass": stone.tea_glass,
    "soap": stone.soap,
    "argan_oil": stone.argan_oil,
}


def job_for(kind: str, *, seed: int, palette: str | None, size: tuple[int, int], view: int) -> Job:
    """The dice and the camera of one picture. Raises KeyError for a kind that has no painter."""
    dice = np.random.default_rng([crc32(kind.encode()), seed])
    names = PALETTES_OF[kind]
    pick = names[int(dice.integers(len(names)))]
    chosen = palette if palette in names else pick
    job = Job(kind, seed, chosen, size[0], size[1], view, rng=dice)
    if view == 1:
        job.zoom, job.focus = 2.1, FOCUS.get(kind, (-0.06, 0.02))
    return job


FOCUS: dict[str, tuple[float, float]] = {"tagine": (-0.05, 0.05)}


def draw(
    kind: str,
    *,
    seed: int,
    palette: str | None = None,
    width: int = 960,
    height: int = 960,
    view: int = 0,
) -> Image.Image:
    """The picture of one product. The same arguments give the same pixels.

    kind is one of KINDS (KeyError otherwise); a palette that the kind does not know is replaced
    by one drawn from the seed. view 0 is the main picture, 1 a close-up, 2 another angle.
    """
    job = job_for(kind, seed=seed, palette=palette, size=(width, height), view=view)
    return to_image(PAINTERS[kind](job))
