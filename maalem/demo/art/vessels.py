"""The potter's shapes, and how each is set before the camera."""

import numpy as np

from maalem.demo.art import ground
from maalem.demo.art.canvas import F32, Job, darken, ink
from maalem.demo.art.lathe import Body, lay, smooth_profile, turn
from maalem.demo.art.pottery import Band, finish, stack


def rim_inside(job: Job, body: Body, depth: float = 0.55) -> None:
    """Inside a vessel the light fades with depth, most under the lit side's wall."""
    along = body.along
    lit = 0.5 + 0.5 * np.sin(body.angle - 0.9)
    body.shade = (1 - depth * np.clip(along * 1.6, 0, 1) * (0.55 + 0.45 * lit)).astype(np.float32)


def tagine(job: Job) -> F32:
    """A dish under its cone."""
    sheet = ground.studio(job)
    tilt = job.uniform(13, 18) if job.view != 2 else 27.0
    wide, high = job.uniform(0.285, 0.32), job.uniform(0.34, 0.43)
    y = 0.325
    waist = job.uniform(0.30, 0.40)
    ground.standing_shadow(
        sheet, job, foot=(0, y - 0.01), radius=wide * 0.86, tall=0.42, flat=np.sin(np.radians(tilt))
    )
    dish = smooth_profile(
        [
            (wide * 0.66, 0),
            (wide * 0.72, 0.02),
            (wide * 0.92, 0.075),
            (wide, 0.125),
            (wide * 1.02, 0.135),
            (wide * 1.02, 0.135),
            (wide * 0.9, 0.137),
        ]
    )
    body = turn(job, dish, at=(0, y), tilt=tilt)
    count = int(job.rng.integers(14, 22))
    lay(sheet, body, finish(job, body, stack(job, 0.30, 0.80, parts=1, counts=(count * 2, count))))
    knob = high
    lid = smooth_profile(
        [
            (wide * 0.90, 0.125),
            (wide * 0.93, 0.14),
            (wide * 0.93, 0.14),
            (wide * 0.80, 0.19),
            (wide * (waist + 0.14), 0.19 + knob * 0.42),
            (wide * 0.20, 0.16 + knob * 0.82),
            (wide * 0.155, 0.16 + knob * 0.90),
            (wide * 0.19, 0.16 + knob * 0.96),
            (wide * 0.215, 0.16 + knob * 1.03),
            (wide * 0.15, 0.16 + knob * 1.10),
            (0.0, 0.16 + knob * 1.115),
        ]
    )
    cone = turn(job, lid, at=(0, y), tilt=tilt)
    bands = stack(
        job, 0.10, 0.62, parts=int(job.rng.integers(1, 3)), counts=(count, max(8, count // 2 + 2))
    )
    bands.append(Band(0.66, 0.74, "drops", count // 2 + 4))
    bands.append(Band(0.86, 0.97, "petals", 8))
    cone.shade *= np.clip(0.55 + cone.along * 9, 0, 1)
    lay(sheet, cone, finish(job, cone, bands, foot=False))
    return sheet


def _open(
    job: Job,
    sheet: F32,
    *,
    out: F32,
    into: F32,
    at: tuple[float, float],
    tilt: float,
    bands: tuple[list[Band], list[Band]],
) -> None:
    """An open vessel: the inside first, then the outside before it."""
    inner = turn(job, into, at=at, tilt=tilt, inside=True)
    rim_inside(job, inner, 0.5 if tilt < 35 else 0.22)
    state = job.rng.bit_generator.state
    paint = finish(job, inner, bands[1], foot=False)
    job.rng.bit_generator.state = state  # the same glaze outside as inside
    outer = turn(job, out, at=at, tilt=tilt)
    lay(sheet, outer, finish(job, outer, bands[0]))
    lay(sheet, inner, paint)


def plate(job: Job) -> F32:
    """A painted dish seen almost from above."""
    sheet = ground.floor(job)
    tilt = 64.0 if job.view != 2 else 40.0
    wide = job.uniform(0.375, 0.41)
    deep = job.uniform(0.045, 0.075)
    y = 0.035 + 0.0 * tilt
    ground.standing_shadow(
        sheet,
        job,
        foot=(0.0, y + 0.012),
        radius=wide * 0.95,
        tall=0.10,
        flat=np.sin(np.radians(tilt)),
        dark=0.75,
    )
    out = smooth_profile(
        [(wide * 0.55, 0), (wide * 0.62, 0.008), (wide * 0.97, deep), (wide, deep + 0.008)]
    )
    into = smooth_profile(
        [
            (wide, deep + 0.008),
            (wide * 0.965, deep + 0.006),
            (wide * 0.72, deep * 0.55),
            (wide * 0.60, deep * 0.24),
            (wide * 0.4, 0.014),
            (0.0, 0.010),
        ]
    )
    bands = _plate_bands(job)
    _open(job, sheet, out=out, into=into, at=(0, y), tilt=tilt, bands=([], bands))
    return sheet


def _plate_bands(job: Job) -> list[Band]:
    count = int(job.rng.choice([10, 12, 14, 16, 18]))
    names = list(
        job.rng.permutation(
            ["scroll", "petals", "lozenge", "star", "lattice", "arcade", "sprig", "rosette"]
        )
    )
    edge = str(job.choice(("dots", "zigzag", "checker", "drops")))
    style = int(job.rng.integers(4))
    if style == 0:  # a great rose and a broad rim
        return [
            Band(0.03, 0.085, edge, count * 3),
            Band(0.10, 0.36, names[0], count),
            Band(0.385, 0.43, "dots", count * 2),
            Band(0.44, 0.72, "petals", count),
            Band(0.72, 0.97, "arcade", count // 2 + 2),
        ]
    if style == 1:  # concentric rings
        return [
            Band(0.03, 0.08, edge, count * 3),
            Band(0.09, 0.25, names[1], count + 6),
            Band(0.27, 0.50, names[2], count),
            Band(0.52, 0.58, edge, count * 2),
            Band(0.59, 0.80, names[3], count // 2 + 1),
            Band(0.82, 0.98, "petals", 8),
        ]
    if style == 2:  # a quiet field, a rich rim, a star in the middle
        return [
            Band(0.03, 0.09, edge, count * 3),
            Band(0.10, 0.34, names[4], count + 2),
            Band(0.36, 0.41, edge, count * 2),
            Band(0.62, 0.97, "petals", count // 2 + 3),
        ]
    return [
        Band(0.025, 0.07, "dots", count * 4),
        Band(0.08, 0.30, "petals", count + 4),
        Band(0.30, 0.62, names[5], count),
        Band(0.64, 0.70, edge, count),
        Band(0.71, 0.98, "sprig", max(6, count // 2)),
    ]


def bowl(job: Job) -> F32:
    """A bowl on its foot."""
    sheet = ground.studio(job)
    tilt = job.uniform(24, 30) if job.view != 2 else 46.0
    wide, high = job.uniform(0.29, 0.335), job.uniform(0.22, 0.28)
    belly = job.uniform(0.80, 0.95)
    y = 0.235
    ground.standing_shadow(
        sheet,
        job,
        foot=(0, y - 0.015),
        radius=wide * 0.52,
        tall=0.34,
        flat=np.sin(np.radians(tilt)),
    )
    out = smooth_profile(
        [
            (wide * 0.42, 0),
            (wide * 0.42, 0),
            (wide * 0.44, 0.022),
            (wide * 0.40, 0.03),
            (wide * 0.40, 0.03),
            (wide * belly * 0.8, high * 0.42),
            (wide * (belly + 0.06), high * 0.78),
            (wide, high),
            (wide, high),
            (wide * 0.985, high + 0.006),
        ]
    )
    into = smooth_profile(
        [
            (wide * 0.985, high + 0.006),
            (wide * 0.955, high),
            (wide * 0.88, high * 0.72),
            (wide * belly * 0.68, high * 0.36),
            (wide * 0.3, 0.05),
            (0, 0.045),
        ]
    )
    count = int(job.rng.choice([8, 10, 12, 14]))
    outer = stack(job, 0.30, 0.93, parts=1, counts=(count * 2, count))
    inner = [
        Band(0.02, 0.06, "dots", count * 4),
        Band(0.08, 0.30, str(job.choice(("scroll", "lozenge", "petals", "lattice"))), count + 2),
        Band(0.60, 0.97, "petals", 8),
    ]
    _open(job, sheet, out=out, into=into, at=(0, y), tilt=tilt, bands=(outer, inner))
    return sheet


def vase(job: Job) -> F32:
    """A tall vase with a lip."""
    sheet = ground.studio(job)
    tilt = job.uniform(9, 13) if job.view != 2 else 20.0
    wide, high = job.uniform(0.175, 0.225), job.uniform(0.58, 0.66)
    neck, lip = job.uniform(0.32, 0.5), job.uniform(0.5, 0.72)
    shoulder = job.uniform(0.5, 0.66)
    y = 0.365
    ground.standing_shadow(
        sheet, job, foot=(0, y - 0.01), radius=wide * 0.7, tall=0.6, flat=np.sin(np.radians(tilt))
    )
    out = smooth_profile(
        [
            (wide * 0.56, 0),
            (wide * 0.60, 0.015),
            (wide * 0.62, 0.05),
            (wide * 0.90, high * (shoulder - 0.26)),
            (wide, high * shoulder),
            (wide * 0.82, high * (shoulder + 0.16)),
            (wide * neck, high * 0.88),
            (wide * (neck + 0.03), high * 0.95),
            (wide * lip, high),
            (wide * lip, high),
            (wide * (lip - 0.03), high + 0.004),
        ]
    )
    into = smooth_profile(
        [
            (wide * (lip - 0.03), high + 0.004),
            (wide * (lip - 0.09), high - 0.01),
            (wide * neck * 0.85, high * 0.93),
            (wide * neck * 0.8, high * 0.8),
            (0, high * 0.78),
        ]
    )
    count = int(job.rng.choice([6, 8, 10]))
    bands = stack(job, 0.10, 0.66, parts=int(job.rng.integers(1, 4)), counts=(count * 2, count))
    bands += [
        Band(0.68, 0.76, "petals", count + 4),
        Band(0.84, 0.93, str(job.choice(("lattice", "zigzag", "scroll"))), count),
    ]
    _open(job, sheet, out=out, into=into, at=(0, y), tilt=tilt, bands=(bands, []))
    return sheet


def jar(job: Job) -> F32:
    """A jar with a domed lid and a knob."""
    sheet = ground.studio(job)
    tilt = job.uniform(14, 19) if job.view != 2 else 26.0
    wide, high = job.uniform(0.225, 0.265), job.uniform(0.33, 0.42)
    y = 0.335
    ground.standing_shadow(
        sheet, job, foot=(0, y - 0.01), radius=wide * 0.75, tall=0.45, flat=np.sin(np.radians(tilt))
    )
    out = smooth_profile(
        [
            (wide * 0.66, 0),
            (wide * 0.7, 0.014),
            (wide * 0.86, high * 0.22),
            (wide, high * 0.56),
            (wide * 0.88, high * 0.86),
            (wide * 0.66, high),
            (wide * 0.68, high + 0.02),
            (wide * 0.6, high + 0.022),
        ]
    )
    body = turn(job, out, at=(0, y), tilt=tilt)
    count = int(job.rng.choice([8, 10, 12]))
    lay(
        sheet,
        body,
        finish(
            job,
            body,
            stack(job, 0.16, 0.80, parts=int(job.rng.integers(1, 3)), counts=(count * 2, count)),
        ),
    )
    top = smooth_profile(
        [
            (wide * 0.70, high + 0.012),
            (wide * 0.74, high + 0.022),
            (wide * 0.74, high + 0.022),
            (wide * 0.60, high + 0.07),
            (wide * 0.26, high + 0.115),
            (wide * 0.10, high + 0.13),
            (wide * 0.09, high + 0.145),
            (wide * 0.17, high + 0.165),
            (wide * 0.16, high + 0.19),
            (0, high + 0.205),
        ]
    )
    lid = turn(job, top, at=(0, y), tilt=tilt)
    lid.shade *= np.clip(0.45 + lid.along * 8, 0, 1)
    lay(
        sheet,
        lid,
        finish(
            job,
            lid,
            [Band(0.12, 0.20, "dots", count * 3), Band(0.22, 0.55, "petals", count)],
            foot=False,
        ),
    )
    return sheet


def mug(job: Job) -> F32:
    """Two beakers, one before the other."""
    sheet = ground.studio(job)
    tilt = job.uniform(18, 23)
    wide, high = job.uniform(0.125, 0.14), job.uniform(0.25, 0.29)
    flare = job.uniform(1.0, 1.12)
    count = int(job.rng.choice([5, 6, 7, 8]))
    outer = stack(job, 0.10, 0.90, parts=int(job.rng.integers(1, 3)), counts=(count * 3, count))
    inner = [Band(0.02, 0.08, "dots", count * 4)]
    start = job.rng.bit_generator.state
    for x, y in ((-0.16, 0.19), (0.15, 0.29)):
        job.rng.bit_generator.state = start
        ground.standing_shadow(
            sheet,
            job,
            foot=(x, y - 0.01),
            radius=wide * 0.86,
            tall=high,
            flat=np.sin(np.radians(tilt)),
        )
        out = smooth_profile(
            [
                (wide * 0.80, 0),
                (wide * 0.86, 0.008),
                (wide * 0.93, 0.03),
                (wide * 0.97, high * 0.5),
                (wide * flare, high),
                (wide * flare, high),
                (wide * (flare - 0.03), high + 0.004),
            ]
        )
        into = smooth_profile(
            [
                (wide * (flare - 0.03), high + 0.004),
                (wide * (flare - 0.08), high - 0.006),
                (wide * 0.86, high * 0.4),
                (wide * 0.8, 0.02),
                (0, 0.018),
            ]
        )
        _open(job, sheet, out=out, into=into, at=(x, y), tilt=tilt, bands=(outer, inner))
    return sheet


def candle_holder(job: Job) -> F32:
    """A pierced clay photophore would go here; a squat candlestick with its candle."""
    sheet = ground.studio(job)
    tilt = 17.0
    wide = job.uniform(0.2, 0.23)
    y = 0.3
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=wide * 0.95, tall=0.4, flat=0.3)
    out = smooth_profile(
        [
            (wide, 0),
            (wide * 1.02, 0.02),
            (wide * 0.9, 0.045),
            (wide * 0.35, 0.06),
            (wide * 0.22, 0.12),
            (wide * 0.34, 0.17),
            (wide * 0.24, 0.22),
            (wide * 0.3, 0.29),
            (wide * 0.5, 0.31),
            (wide * 0.52, 0.325),
            (wide * 0.3, 0.33),
        ]
    )
    body = turn(job, out, at=(0, y), tilt=tilt)
    lay(
        sheet,
        body,
        finish(
            job,
            body,
            [
                Band(0.04, 0.2, "petals", 16),
                Band(0.42, 0.5, "dots", 12),
                Band(0.58, 0.66, "zigzag", 10),
            ],
        ),
    )
    from maalem.demo.art.wax import candle_body

    candle_body(
        job,
        sheet,
        at=(0, y - 0.325 * 0.956),
        wide=wide * 0.2,
        high=0.2,
        tilt=tilt,
        colour="#efe4cd",
    )
    return sheet


__all__ = ["bowl", "candle_holder", "darken", "ink", "jar", "mug", "plate", "tagine", "vase"]
