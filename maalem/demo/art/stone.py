"""Plaster, stone, glass and what stands on the edge of a bath: soap, oil."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, ink, mix, smooth, strokes
from maalem.demo.art.lathe import lay as lay_turned
from maalem.demo.art.lathe import smooth_profile, turn
from maalem.demo.art.light import bounced, fresnel, mirrored, of_height
from maalem.demo.art.metal import wrapped
from maalem.demo.art.shapes import cutout, glossy, lay, puffed, star
from maalem.demo.art.zellige import star_field


def gebs_panel(job: Job) -> F32:
    """Carved plaster: a star lattice in two depths, in raking light."""
    x, y = job.grid()
    cells = job.uniform(2.6, 3.6)
    u, v = (x + 0.5) * cells, (y + 0.5) * cells
    kind, edge, _ = star_field(u.astype(np.float32), v.astype(np.float32))
    deep = np.select([kind == 0, kind == 2], [0.2, 0.55], 1.0) * smooth(0.0, 0.05, edge)
    fine_kind, fine_edge, _ = star_field((u * 3).astype(np.float32), (v * 3).astype(np.float32))
    leaf = smooth(0.02, 0.08, fine_edge) * np.where(fine_kind == 1, 0.35, 0.6) * (kind == 1)
    knife = noise.stretched("mid", (job.height, job.width), job.rng, by=0.9) * 0.05
    height = (1 - deep * 0.55 - leaf * 0.30 + knife) * 0.030 * job.scale
    tone = ink("#eee4d2" if job.palette == "plaster" else "#e8dcc0")
    pool = noise.stretched("fbm", height.shape, job.rng, by=1.3)
    lit = bounced(tone * (1 + 0.03 * pool), of_height(height.astype(np.float32), depth=1.0))
    hollow = 1 - 0.42 * deep - 0.22 * leaf
    slant = smooth(-0.75, 0.8, x * 0.8 + y * 0.62)
    return (lit * hollow * (1.15 - 0.38 * slant)).astype(np.float32)


STONES = {
    "marble": ("#e8e3da", "#8f8a84"),
    "onyx": ("#cfa56b", "#6f4322"),
    "fossil": ("#3a3634", "#b9aa95"),
}


def stone_bowl(job: Job) -> F32:
    """A bowl cut from veined or fossil stone, polished."""
    sheet = ground.studio(job)
    y, tilt, wide, high = 0.24, 24.0, job.uniform(0.25, 0.29), job.uniform(0.15, 0.20)
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=wide * 0.65, tall=0.3, flat=0.4)
    out = smooth_profile(
        [
            (wide * 0.45, 0),
            (wide * 0.5, 0.01),
            (wide * 0.86, high * 0.4),
            (wide, high),
            (wide, high),
            (wide * 0.95, high + 0.005),
        ]
    )
    into = smooth_profile(
        [(wide * 0.95, high + 0.005), (wide * 0.74, high * 0.42), (wide * 0.4, 0.04), (0, 0.03)]
    )
    pale, dark = (ink(code) for code in STONES[job.palette])
    for profile, inside in ((out, False), (into, True)):
        body = turn(job, profile, at=(0, y), tilt=tilt, inside=inside)
        u, v = (
            body.radius * np.sin(body.angle),
            body.height + body.radius * np.cos(body.angle) * 0.6,
        )
        warp = noise.sample("fbm", u * 500 + 300, v * 500 + 300)
        if job.palette == "fossil":
            spots = noise.sample("mid", u * 900 + 77, v * 900)
            share = smooth(1.15, 1.6, spots + 0.2 * warp)
        elif job.palette == "onyx":
            share = np.clip(0.5 + 0.5 * np.sin(v * 95 + warp * 2.2), 0, 1)
        else:
            share = smooth(0.10, 0.0, np.abs(np.sin(u * 9 + v * 14 + warp * 0.9))) * 0.8
        colour = mix(pale, dark, share) * (1 + 0.04 * warp)
        lit = bounced(colour, body.normals, body.shade)
        lit = lit + mirrored(body.normals, rough=4) * fresnel(body.normals, 0.05) * (
            0.3 + 0.7 * body.shade
        )
        lay_turned(sheet, body, lit.astype(np.float32))
    return sheet


GLASSES = {
    "majorelle": "#2547b0",
    "mint": "#2f8a68",
    "amber": "#c9822b",
    "rose": "#b2455f",
    "clear": "#dfe6e2",
}


def tea_glass(job: Job) -> F32:
    """Two tea glasses with gold, one full."""
    sheet = ground.studio(job)
    tilt, wide, high = 17.0, 0.105, 0.24
    tint, gold = ink(GLASSES[job.palette]), ink("#e2b75c")
    name = str(job.choice(("arcade", "star", "lattice", "scroll")))
    for x, y in ((-0.15, 0.20), (0.15, 0.30)):
        ground.standing_shadow(
            sheet, job, foot=(x, y - 0.01), radius=wide * 0.8, tall=high, flat=0.3, dark=0.42
        )
        over_glow = np.exp(
            -(((job.grid()[0] - x - 0.13) / 0.10) ** 2 + ((job.grid()[1] - y + 0.005) / 0.035) ** 2)
        )
        sheet += tint * (over_glow * 0.22).astype(np.float32)
        into = smooth_profile(
            [(wide * 0.97, high), (wide * 0.90, high * 0.5), (wide * 0.78, 0.03), (0, 0.025)]
        )
        inner = turn(job, into, at=(x, y), tilt=tilt, inside=True)
        tea = ink("#b5742a") if job.palette in ("clear", "amber") else tint * 0.8
        full = smooth(high * 0.80, high * 0.78, inner.height)
        depth = tint * 0.75 + (tea * 0.8 - tint * 0.75) * full
        out = smooth_profile(
            [
                (wide * 0.80, 0),
                (wide * 0.82, 0.006),
                (wide * 0.84, 0.05),
                (wide * 0.93, high * 0.55),
                (wide, high),
                (wide, high),
                (wide * 0.97, high + 0.002),
            ]
        )
        outer = turn(job, out, at=(x, y), tilt=tilt)
        cut = wrapped(outer, name, low=0.30, high=0.70, count=10)
        cut = np.maximum(cut, wrapped(outer, "dots", low=0.76, high=0.84, count=26))
        through = smooth(0.3, 1.0, outer.normals.z) * 0.38
        lit = tint * (0.42 + 0.5 * through) * bounced(ink("#ffffff"), outer.normals)
        lit = lit + tea * 0.35 * smooth(high * 0.8, high * 0.77, outer.height)
        lit = lit + mirrored(outer.normals, rough=2) * fresnel(outer.normals, 0.07)
        lit = lit + (gold * (0.5 + mirrored(outer.normals, rough=8) * 0.6) - lit) * cut * 0.9
        clear = np.clip(0.80 + 0.2 * cut - 0.18 * through, 0, 1).astype(np.float32)
        lay_turned(sheet, outer, lit.astype(np.float32), cover=clear)
        lit_in = depth * (0.45 + 0.55 * bounced(ink("#ffffff"), inner.normals, inner.shade))
        lay_turned(
            sheet, inner, lit_in.astype(np.float32), cover=np.full(inner.shape, 0.85, np.float32)
        )
    return sheet


SOAPS = {"mint": "#b9c9a0", "rose": "#dfb3a6", "saffron": "#dcb564", "ivory": "#e9dfc6"}


def soap(job: Job) -> F32:
    """Three cut bars, one stamped, tied with raffia."""
    sheet = ground.linen(job) if job.rng.random() < 0.5 else ground.planks(job)
    base = ink(SOAPS[job.palette])
    for k, (cx, cy, turn_by) in enumerate(
        ((-0.14, -0.12, -8), (0.13, -0.08, 6), (-0.01, 0.15, -3))
    ):
        c, s = np.cos(np.radians(turn_by)), np.sin(np.radians(turn_by))
        box = [
            (u * c - v * s + cx, u * s + v * c + cy)
            for u, v in ((-0.17, -0.105), (0.17, -0.105), (0.17, 0.105), (-0.17, 0.105))
        ]
        mask = cutout(job, [box])
        flecks = noise.cut("mid", mask.shape, job.rng)
        colour = base * (
            1
            + 0.05 * noise.stretched("fbm", mask.shape, job.rng, by=1.3)
            - 0.22 * smooth(1.6, 2.2, flecks)
        )
        stamp = star(8, outer=0.060, inner=0.042, at=(cx, cy))
        cut = strokes(
            job,
            [np.concatenate([m, m[:1]]) for m in (stamp, (stamp - [cx, cy]) * 0.55 + [cx, cy])],
            thick=0.008,
        )
        height = puffed(job, mask, radius=0.03, depth=0.028) - cut * 0.006 * job.scale
        lay(
            job,
            sheet,
            mask,
            lit=glossy(job, colour, height.astype(np.float32), shine=0.03, rough=16),
            lift=0.03,
            soft=0.016,
        )
        if k == 2:
            tie = strokes(
                job,
                [
                    [(cx - 0.01, cy - 0.107), (cx + 0.0, cy + 0.107)],
                    [(cx + 0.012, cy - 0.107), (cx + 0.014, cy + 0.107)],
                ],
                thick=0.007,
            )
            lay(job, sheet, tie, lit=ink("#b98f4e") * np.ones_like(tie), lift=0.005, soft=0.004)
    return sheet


def argan_oil(job: Job) -> F32:
    """A bottle of oil with a cork, and a few kernels."""
    sheet = ground.studio(job)
    y, tilt, wide, high = 0.33, 11.0, job.uniform(0.095, 0.115), 0.40
    ground.standing_shadow(
        sheet, job, foot=(0, y - 0.01), radius=wide, tall=0.45, flat=0.2, dark=0.5
    )
    out = smooth_profile(
        [
            (wide * 0.94, 0),
            (wide, 0.015),
            (wide, high * 0.62),
            (wide * 0.8, high * 0.76),
            (wide * 0.36, high * 0.86),
            (wide * 0.34, high),
            (wide * 0.42, high + 0.004),
            (wide * 0.42, high + 0.02),
            (wide * 0.3, high + 0.022),
        ]
    )
    body = turn(job, out, at=(0, y), tilt=tilt)
    oil = ink("#d89a2b") if job.palette == "amber" else ink("#e3b64f")
    full = smooth(high * 0.72, high * 0.70, body.height)
    core = np.clip(body.normals.z, 0, 1) ** 0.6
    glass = ink("#dfe3d8") * 0.62
    colour = glass + (oil * (0.35 + 0.85 * core) - glass) * full
    lit = colour * (0.55 + 0.5 * bounced(ink("#ffffff"), body.normals, body.shade))
    lit = lit + mirrored(body.normals, rough=2) * fresnel(body.normals, 0.06)
    label = (np.abs(body.angle) < 0.95) * (body.height > high * 0.16) * (body.height < high * 0.50)
    u, v = body.angle * 9, body.height * 60
    mark = (np.maximum(np.abs(u), np.abs(v - high * 20)) < 2.4) | (
        np.abs(u) + np.abs(v - high * 20) < 3.3
    )
    paper = bounced(ink("#f2e9d6"), body.normals) * np.where(mark, 0.35, 1.0)
    lit = np.where(label, paper, lit)
    lay_turned(sheet, body, lit.astype(np.float32))
    _cork_and_kernels(job, sheet, foot=(0, y), tilt=tilt, neck=(wide, high))
    return sheet


def _cork_and_kernels(
    job: Job,
    sheet: F32,
    *,
    foot: tuple[float, float],
    tilt: float,
    neck: tuple[float, float],
) -> None:
    """What closes the bottle, and what the oil came from."""
    wide, high = neck
    cork = turn(
        job,
        smooth_profile(
            [
                (wide * 0.30, high + 0.0),
                (wide * 0.33, high + 0.065),
                (wide * 0.33, high + 0.065),
                (0, high + 0.068),
            ]
        ),
        at=foot,
        tilt=tilt,
    )
    lay_turned(
        sheet,
        cork,
        bounced(
            ink("#b58a58") * (1 + 0.12 * noise.cut("soft", cork.shape, job.rng)), cork.normals
        ).astype(np.float32),
    )
    for k, (cx, cy) in enumerate(((-0.24, 0.335), (-0.19, 0.37), (0.22, 0.36), (0.27, 0.34))):
        nut = turn(
            job,
            smooth_profile(
                [(0.004, 0), (0.024, 0.012), (0.026, 0.024), (0.012, 0.042), (0, 0.046)]
            ),
            at=(cx, cy),
            tilt=24.0,
        )
        lay_turned(
            sheet,
            nut,
            bounced(ink("#8a5a32") * (0.9 + 0.1 * k), nut.normals, nut.shade).astype(np.float32),
        )
