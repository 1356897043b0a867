"""One door to all painters: `draw`, and the small things a loader needs beside it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image

from maalem.demo.art import (
    clothing,
    ironwork,
    lamps,
    linens,
    metal,
    metalwork,
    saddlery,
    scene,
    sign,
    silver,
    skins,
    slippers,
    stone,
    straw,
    textile,
    tiling,
    vessels,
    wax,
    wood,
)
from maalem.demo.art.canvas import F32, Job, to_image
from maalem.demo.art.kinds import PALETTES_OF, SCENE_OF_REGION

PAINTERS: dict[str, Callable[[Job], F32]] = {
    "tagine": vessels.tagine,
    "plate": vessels.plate,
    "bowl": vessels.bowl,
    "vase": vessels.vase,
    "jar": vessels.jar,
    "mug": vessels.mug,
    "candle_holder": vessels.candle_holder,
    "candle": wax.candle,
    **dict.fromkeys(textile.RUGS, textile.rug),
    "cushion": linens.cushion,
    "blanket": linens.blanket,
    "scarf": linens.scarf,
    "tablecloth": linens.tablecloth,
    "zellige_panel": tiling.panel,
    "zellige_table": tiling.table,
    "lantern": lamps.lantern,
    "tray": metalwork.tray,
    "teapot": metal.teapot,
    "iron_mirror": metal.iron_mirror,
    "iron_table": ironwork.iron_table,
    "babouche": slippers.babouche,
    "pouf": skins.pouf,
    "leather_bag": skins.leather_bag,
    "belt": saddlery.belt,
    "saddle": saddlery.saddle,
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


def draw_scene(region_code: str, *, seed: int, width: int = 1600, height: int = 640) -> Image.Image:
    """A wide landscape of a region (its two-digit code). Raises KeyError for an unknown code."""
    dice = np.random.default_rng([int(region_code), seed])
    job = Job(SCENE_OF_REGION[region_code], seed, "", width, height, rng=dice)
    return to_image(scene.landscape(job), vignette=False)


def draw_portrait(kind: str, *, seed: int, width: int = 480, height: int = 480) -> Image.Image:
    """A workshop's sign: a medallion over the ground of its craft (kind is what it makes most)."""
    dice = np.random.default_rng([crc32(b"sign"), crc32(kind.encode()), seed])
    job = Job(kind, seed, "", width, height, rng=dice)
    return to_image(sign.medallion(job), vignette=False)


def tone(image: Image.Image) -> str:
    """The picture's average colour, a little paler, as #rrggbb: to stand in while it loads."""
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return "#" + "".join(
        f"{round(value + (235 - value) * 0.25):02x}" for value in (red, green, blue)
    )


def save_webp(image: Image.Image, path: Path | str, *, quality: int = 80) -> int:
    """Write the picture as WebP; answers its size in bytes."""
    image.save(path, "WEBP", quality=quality, method=2)
    return Path(path).stat().st_size


def _to_files(job: dict[str, object]) -> tuple[str, str]:
    wanted = {k: v for k, v in job.items() if k not in {"path", "small"}}
    image = draw(**wanted)  # type: ignore[arg-type]
    save_webp(image, str(job["path"]))
    if job.get("small"):
        save_webp(image.reduce(2), str(job["small"]), quality=78)
    return str(job["path"]), tone(image)


def draw_many(
    jobs: Iterable[dict[str, object]], *, processes: int = 2
) -> Iterable[tuple[str, str]]:
    """Draw to files in several processes. A job is draw's arguments with `path`, and `small` for
    the half-size rendition if it is wanted. Answers (path, tone) in the jobs' order."""
    if processes <= 1:
        yield from map(_to_files, jobs)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_to_files, jobs, chunksize=8)
