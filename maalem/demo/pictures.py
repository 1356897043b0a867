"""The demo's pictures: named after what they show, drawn when they are first wanted.

A photo's path says how to draw it, demo/<kind>/<palette>/<seed>-<view>, and its renditions are
<path>-360.webp and <path>-720.webp. Drawing takes a good part of a second, so the first ones are
drawn while the demo loads, and

    python -m maalem.demo.pictures

draws all that are missing, politely, in the background.
"""

import argparse
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zlib import crc32

from maalem.demo.art import KINDS, PALETTES_OF
from maalem.demo.records import Demo, DemoPhoto

SIDE = 720
WIDTHS = (720, 360)
QUALITY = 76
_PATH = re.compile(r"demo/(?P<kind>\w+)/(?P<palette>\w+)/(?P<seed>[0-9a-f]{8})-(?P<view>[0-2])")
_FILE = re.compile(rf"(?P<base>{_PATH.pattern})-(?:360|720)\.webp")


def path_of(photo: DemoPhoto) -> str:
    """Where a photo lies below the media root, without its width and extension."""
    return f"demo/{photo.kind}/{photo.palette}/{photo.seed:08x}-{photo.view}"


def covers(demo: Demo) -> dict[str, str]:
    """A picture for every craft: its own kind; a family takes that of its first craft."""
    found: dict[str, str] = {}
    for craft in demo.crafts:
        if craft.parent:
            colours = PALETTES_OF[craft.picture][0]
            seed = crc32(f"cover:{craft.code}".encode())
            found[craft.code] = f"demo/{craft.picture}/{colours}/{seed:08x}-0"
            found.setdefault(craft.parent, found[craft.code])
    return found


def portraits(demo: Demo) -> dict[str, str]:
    """For each workshop a close look at the first thing it shows."""
    found: dict[str, str] = {}
    for product in demo.products:
        found.setdefault(product.artisan, path_of(product.photos[0])[:-1] + "1")
    return {artisan.slug: found.get(artisan.slug, "") for artisan in demo.artisans}


def maker(path: str, target: Path) -> bool:
    """Draw a picture that a page asks for, if it is one of ours (MAALEM_PICTURE_MAKER).

    Only paths that the shop knows are drawn: a made-up seed must not fill the disk.
    """
    found = _FILE.fullmatch(path)
    if found is None or not _known(found["base"]):
        return False
    paint(found["base"], root=_root())
    return target.is_file()


def _known(base: str) -> bool:
    from maalem.platform.craft.artisans.models import Artisan
    from maalem.platform.market.catalog.models import Craft, Photo

    return (
        Photo.objects.filter(path=base).exists()
        or Artisan.objects.filter(portrait=base).exists()
        or Craft.objects.filter(cover=base).exists()
    )


def paint(base: str, *, root: Path) -> bool:
    """Draw one picture and write its renditions; False where there is no painter for its kind."""
    found = _PATH.fullmatch(base)
    draw = _painter()
    if draw is None or found is None or found["kind"] not in KINDS:
        return False
    try:
        picture = draw(
            found["kind"],
            seed=int(found["seed"], 16),
            palette=found["palette"],
            width=SIDE,
            height=SIDE,
            view=int(found["view"]),
        )
    except KeyError:
        return False
    for width in WIDTHS:
        _write(picture.resize((width, width)), root / f"{base}-{width}.webp")
    return True


def _painter() -> Callable[..., Any] | None:
    """Imported late: numpy and the painters are not for a process that only serves pages."""
    try:
        return import_module("maalem.demo.art.draw").draw
    except ModuleNotFoundError:
        return None


def _write(picture: Any, target: Path) -> None:
    """Whole or not at all: a page never shows half a picture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{os.getpid()}")
    picture.save(half, "WEBP", quality=QUALITY, method=4)
    half.replace(target)


def draw_first(count: int, progress: Any) -> None:
    """Draw what the front page shows: covers, then the cast's and the newest things' pictures."""
    if count:
        draw_all(missing(count), progress)


def missing(count: int | None = None) -> list[str]:
    """Paths whose renditions are not there yet, in the order in which visitors meet them."""
    from maalem.platform.craft.artisans.models import Artisan
    from maalem.platform.market.catalog.models import Craft, Photo

    covers = Craft.objects.exclude(cover="").order_by("parent_id", "position")
    photos = Photo.objects.filter(path__startswith="demo/")
    first = photos.filter(position=0).order_by("-product__published_at")
    rest = photos.filter(position__gt=0).order_by("position", "-product__published_at")
    wanted = [
        *covers.values_list("cover", flat=True),
        *first.values_list("path", flat=True),
        *Artisan.objects.exclude(portrait="").values_list("portrait", flat=True),
        *rest.values_list("path", flat=True),
    ]
    root = _root()
    unique = list(dict.fromkeys(wanted))[:count]
    return [base for base in unique if not (root / f"{base}-{WIDTHS[-1]}.webp").is_file()]


def draw_all(paths: Iterable[str], progress: Any, *, workers: int = 2) -> None:
    """Draw pictures in processes of their own, a bar's step each."""
    wanted = list(paths)
    if not wanted:
        return
    progress("pictures", 0, len(wanted))
    task = partial(paint, root=_root())
    # Spawned, not forked: the parent holds database connections and threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_yield) as pool:
        for done, _ in enumerate(pool.map(task, wanted, chunksize=1), 1):
            progress("pictures", done, len(wanted))


def _yield() -> None:
    """Let whoever serves pages go first."""
    os.nice(10)


def _root() -> Path:
    from django.conf import settings

    return Path(settings.MEDIA_ROOT)


def main() -> None:
    """Draw every picture that is missing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    parser = argparse.ArgumentParser(description="Draw the demo's pictures that are missing.")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    django.setup()
    from maalem.demo.load import silent

    draw_all(missing(), silent, workers=given.workers)


if __name__ == "__main__":
    main()
