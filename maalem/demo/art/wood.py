"""Thuya, cedar, walnut and lemonwood: boxes, bowls, screens, and instruments with their skins."""

import numpy as np

from maalem.demo.art import ground, noise
from maalem.demo.art.canvas import F32, Job, ink, mix, over, smooth, strokes
from maalem.demo.art.lathe import Body, lay, smooth_profile, turn
from maalem.demo.art.light import Normals, bounced, fresnel, mirrored
from maalem.demo.art.pottery import finish, stack
from maalem.demo.art.shapes import cutout, glossy, matt, puffed, ring, star
from maalem.demo.art.shapes import lay as lay_flat

WOODS = {
    "thuya": ("#5a2c17", "#9a5527", "#c98743"),
    "cedar": ("#8a5a35", "#b98255", "#d9ab79"),
    "walnut": ("#3b2417", "#664028", "#8d5f3c"),
    "lemonwood": ("#b98d48", "#dcb66b", "#efd497"),
    "henna": ("#5c2f1b", "#8a4c2a", "#b3713f"),
}


def grain(job: Job, u: F32, v: F32, *, name: str, burl: bool) -> F32:
    """The colour (3, h, w) of a wood at places given in units, veins along v."""
    shape = np.broadcast_shapes(u.shape, v.shape)
    dark, mid, pale = (ink(code) for code in WOODS[name])
    shift = job.uniform(0, 900)
    u, v = np.broadcast_to(u, shape), np.broadcast_to(v, shape)
    warp = noise.sample("fbm", u * 420 + shift, v * 420)
    streak = noise.sample("wood", u * 900 + warp * 26 + shift, v * 260 + shift)
    rings = np.sin((u * 46 + warp * (4.2 if burl else 1.4) + v * 2) * 2.2)
    t = np.clip(0.5 + 0.24 * rings + 0.20 * streak + 0.10 * warp, 0, 1)
    colour = mix(dark, mid, np.clip(t * 2, 0, 1)) * (t < 0.5) + mix(
        mid, pale, np.clip(t * 2 - 1, 0, 1)
    ) * (t >= 0.5)
    if burl:
        eyes = noise.sample("mid", u * 700 + shift, v * 700 + shift)
        colour = colour * (1 - 0.45 * smooth(1.0, 1.9, eyes))
    return colour.astype(np.float32)


def polished(body: Body, colour: F32) -> F32:
    """Light on waxed, turned wood."""
    n: Normals = body.normals
    lit = bounced(colour, n, body.shade)
    return lit + mirrored(n, rough=7) * fresnel(n, 0.045) * (0.5 + 0.5 * body.shade)


def wooden_bowl(job: Job) -> F32:
    """A turned bowl of veined wood."""
    sheet = ground.studio(job)
    y, tilt, wide = 0.24, 24.0, job.uniform(0.27, 0.31)
    high = job.uniform(0.14, 0.19)
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=wide * 0.6, tall=0.3, flat=0.4)
    out = smooth_profile(
        [
            *((wide * 0.40, 0), (wide * 0.46, 0.01), (wide * 0.80, high * 0.36)),
            *((wide, high), (wide, high), (wide * 0.965, high + 0.004)),
        ]
    )
    into = smooth_profile(
        [(wide * 0.965, high + 0.004), (wide * 0.76, high * 0.40), (wide * 0.4, 0.03), (0, 0.02)]
    )
    for profile, inside in ((out, False), (into, True)):
        body = turn(job, profile, at=(0, y), tilt=tilt, inside=inside)
        u = body.radius * np.sin(body.angle)
        v = body.height + body.radius * np.cos(body.angle) * 0.7
        burl = job.palette == "thuya"
        colour = grain(job, u * 0.9, v * 0.9, name=job.palette, burl=burl)
        lay(sheet, body, polished(body, colour).astype(np.float32))
    return sheet


def thuya_box(job: Job) -> F32:
    """A casket of burl wood with inlaid stars, lid and front."""
    sheet = ground.studio(job)
    w, d, h = job.uniform(0.27, 0.33), 0.115, job.uniform(0.17, 0.22)
    y0 = 0.27
    lean = 0.06
    top = [(-w + lean, y0 - h - d * 1.5), (w - lean, y0 - h - d * 1.5), (w, y0 - h), (-w, y0 - h)]
    front = [(-w, y0 - h), (w, y0 - h), (w - 0.006, y0), (-w + 0.006, y0)]
    ground.standing_shadow(
        sheet, job, foot=(0, y0 - 0.03), radius=w * 1.02, tall=h, flat=0.22, dark=0.75
    )
    x, y = job.grid()
    for name, shape, bright in (("front", front, 0.80), ("top", top, 1.15)):
        mask = cutout(job, [shape])
        if name == "top":
            depth = (y0 - h - y) / (d * 1.5)
            v = depth * 0.30
            u = x / (1 - 0.18 * np.clip(depth, 0, 1))
        else:
            u, v = x + 0 * y, y - y0 + h / 2 + 0 * x
        colour = grain(job, u + 0.3, v + 0.2, name=job.palette, burl=job.palette != "cedar")
        colour = _inlaid(
            job, colour, (u, v if name == "front" else v - 0.15), name=name, size=(w, h)
        )
        normals_y = 0.85 if name == "top" else 0.12
        n = Normals(
            np.full(mask.shape, -0.05, np.float32),
            np.full(mask.shape, normals_y, np.float32),
            np.full(mask.shape, float(np.sqrt(1 - normals_y**2)), np.float32),
        )
        lit = bounced(colour, n) * bright
        sheen = smooth(0.5, -0.6, x * 0.9 + y * 0.9) * (0.16 if name == "top" else 0.06)
        over(sheet, (lit + sheen).astype(np.float32), mask)
    seam = strokes(job, [[(-w, y0 - h * 0.72), (w, y0 - h * 0.72)]], thick=0.004)
    over(sheet, ink("#1d0f08"), seam * 0.8)
    lock = cutout(job, [ring(0.014, at=(0, y0 - h * 0.68))])
    over(sheet, ink("#d9b35f"), lock)
    return sheet


def _inlaid(
    job: Job, colour: F32, place: tuple[F32, F32], *, name: str, size: tuple[float, float]
) -> F32:
    """Lemonwood and ebony let into the burl: a frame and a star."""
    u, v = np.broadcast_arrays(*place)
    w, h = size
    half_v = 0.15 if name == "top" else h / 2
    pale, black = ink("#e9cf93"), ink("#20140d")
    edge = np.minimum(w - np.abs(u), half_v - np.abs(v))
    chequer = (np.floor(u * 70) + np.floor(v * 70)) % 2
    frame = (edge > 0.018) & (edge < 0.034)
    colour = np.where(frame & (chequer > 0), pale, np.where(frame, black, colour))
    line = smooth(0.003, 0.001, np.abs(edge - 0.042))
    colour = colour + (pale - colour) * line
    if name == "top":
        r45u, r45v = (u + v) * 0.7071, (u - v) * 0.7071
        d = np.minimum(np.maximum(np.abs(u), np.abs(v)), np.maximum(np.abs(r45u), np.abs(r45v)))
        for low, high, wood in ((0.060, 0.070, pale), (0.040, 0.056, black), (0.0, 0.022, pale)):
            band = smooth(low - 0.001, low + 0.001, d) * smooth(high + 0.001, high - 0.001, d)
            colour = colour + (wood - colour) * band
    return colour.astype(np.float32)


def moucharabieh(job: Job) -> F32:
    """A turned-wood lattice with the light behind it."""
    x, y = job.grid()
    cells = job.uniform(7.5, 10.5)
    light = ink("#fff1d0") * (1.25 - 0.5 * smooth(-0.6, 0.7, x + y))
    sheet = (light * np.ones((3, job.height, job.width), np.float32)).astype(np.float32)
    u, v = x * cells, y * cells
    cu, cv = u - np.floor(u) - 0.5, v - np.floor(v) - 0.5
    bead = 0.30 - np.hypot(cu, cv)
    bar_h = 0.085 + 0.055 * np.cos(cu * 2 * np.pi) - np.abs(cv)
    bar_v = 0.085 + 0.055 * np.cos(cv * 2 * np.pi) - np.abs(cu)
    knob_u, knob_v = np.abs(cu) - 0.5, np.abs(cv) - 0.5
    knob = 0.155 - np.hypot(knob_u, knob_v)
    rise = np.maximum(np.maximum(bead, knob), np.maximum(bar_h, bar_v))
    mask = smooth(0.0, 0.025, rise)
    height = np.sqrt(np.clip(rise, 0, 0.3)) * job.scale / cells * 0.8
    colour = grain(job, x + 0.4, y + 0.2, name=job.palette, burl=False)
    lit = glossy(job, colour, height.astype(np.float32), shine=0.04, rough=10) * 0.75
    over(sheet, lit.astype(np.float32), mask.astype(np.float32))
    edge = np.minimum(0.5 - np.abs(x), 0.5 - np.abs(y))
    border = smooth(0.075, 0.070, edge)
    frame = grain(job, y + 0.1, x + 0.7, name=job.palette, burl=False)
    groove = smooth(0.006, 0.002, np.abs(edge - 0.06)) * 0.5
    over(
        sheet,
        (frame * (0.95 - 0.25 * smooth(-0.5, 0.5, x + y)) * (1 - groove)).astype(np.float32),
        border.astype(np.float32),
    )
    return sheet


def bendir(job: Job) -> F32:
    """A frame drum: a stretched skin, painted."""
    sheet = ground.floor(job)
    x, y = job.grid()
    rim = cutout(job, [ring(0.39)])
    skin = cutout(job, [ring(0.365)])
    wood = grain(job, np.arctan2(y, x) * 0.1, np.hypot(x, y) * 2, name=job.palette, burl=False)
    lay_flat(
        job,
        sheet,
        rim,
        lit=glossy(job, wood, puffed(job, rim, radius=0.02, depth=0.02)),
        lift=0.04,
        soft=0.025,
    )
    veins = noise.stretched("fbm", rim.shape, job.rng, by=1.3)
    colour = ink("#e6d2a9") * (1 + 0.08 * veins) * (1 - 0.18 * smooth(0.2, 0.37, np.hypot(x, y)))
    marks = [star(8, outer=0.13, inner=0.092), star(8, outer=0.07, inner=0.03)]
    drawn = strokes(job, [np.concatenate([m, m[:1]]) for m in marks], thick=0.010)
    for k in range(12):
        a = k * np.pi / 6
        m = star(4, outer=0.034, inner=0.012, at=(0.25 * np.cos(a), 0.25 * np.sin(a)))
        drawn = np.maximum(drawn, cutout(job, [m]))
    colour = colour + (ink("#7a3320") - colour) * drawn * 0.85
    over(
        sheet,
        matt(job, colour.astype(np.float32), puffed(job, skin, radius=0.25, depth=0.012)),
        skin,
    )
    return sheet


def darbouka(job: Job) -> F32:
    """A goblet drum of painted clay."""
    sheet = ground.studio(job)
    y, wide, tilt = 0.34, 0.18, 15.0
    if job.palette not in ("fes", "safi", "terracotta"):
        job.palette = "fes"
    ground.standing_shadow(sheet, job, foot=(0, y - 0.01), radius=wide * 0.62, tall=0.5, flat=0.26)
    shape = smooth_profile(
        [
            *((wide * 0.66, 0), (wide * 0.60, 0.03), (wide * 0.40, 0.16), (wide * 0.46, 0.25)),
            *((wide * 0.92, 0.36), (wide, 0.46), (wide, 0.50), (wide, 0.50), (wide * 0.96, 0.505)),
        ]
    )
    body = turn(job, shape, at=(0, y), tilt=tilt)
    lay(
        sheet, body, finish(job, body, stack(job, 0.08, 0.86, parts=2, counts=(12, 14)), foot=False)
    )
    top = turn(
        job,
        smooth_profile([(wide * 0.97, 0.505), (wide * 0.5, 0.507), (0, 0.508)]),
        at=(0, y),
        tilt=tilt,
    )
    skin = ink("#e9d9b8") * (1 + 0.06 * noise.stretched("fbm", top.shape, job.rng, by=1.3))
    lay(sheet, top, bounced(skin, top.normals).astype(np.float32))
    return sheet


def guembri(job: Job) -> F32:
    """The Gnawa's lute: a long box of wood and skin, three strings, tassels."""
    sheet = ground.planks(job) if job.palette == "walnut" else ground.floor(job)
    x, y = job.grid()
    neck = cutout(job, [[(-0.022, -0.46), (0.022, -0.46), (0.020, 0.0), (-0.020, 0.0)]])
    wood = grain(job, x + 0.2, y, name=job.palette, burl=False)
    lay_flat(
        job,
        sheet,
        neck,
        lit=glossy(job, wood, puffed(job, neck, radius=0.02, depth=0.02)),
        lift=0.015,
    )
    box = [
        (-0.115, -0.02),
        (0.115, -0.02),
        (0.145, 0.36),
        (0.10, 0.42),
        (-0.10, 0.42),
        (-0.145, 0.36),
    ]
    body = cutout(job, [box])
    lay_flat(
        job,
        sheet,
        body,
        lit=glossy(job, wood, puffed(job, body, radius=0.05, depth=0.04)),
        lift=0.025,
        soft=0.02,
    )
    skin = cutout(job, [[(p[0] * 0.9, p[1] * 0.96 + 0.008) for p in box]])
    hide = ink("#ddc394") * (1 + 0.10 * noise.stretched("fbm", skin.shape, job.rng, by=1.3))
    over(sheet, matt(job, hide, puffed(job, skin, radius=0.10, depth=0.012)), skin)
    for k, bottom in ((-1, 0.36), (0, 0.36), (1, 0.36)):
        line = [(k * 0.011, -0.44), (k * 0.016, bottom)]
        string = strokes(job, [line], thick=0.0035)
        ground.drop_shadow(sheet, string, job, lift=0.005, soft=0.002, dark=0.4)
        over(sheet, ink("#efe3c6"), string)
    bridge = cutout(job, [[(-0.05, 0.30), (0.05, 0.30), (0.05, 0.318), (-0.05, 0.318)]])
    lay_flat(
        job,
        sheet,
        bridge,
        lit=matt(
            job, ink("#3a2416") * np.ones_like(skin), puffed(job, bridge, radius=0.01, depth=0.01)
        ),
        lift=0.006,
    )
    for k, code in enumerate(("#b5382c", "#2f5f9a", "#d8a03a", "#3d7a4c")):
        at = 0.03 * (k - 1.5)
        tassel = strokes(
            job, [[(at * 0.4, -0.42), (at + 0.05, -0.36), (at + 0.07, -0.30)]], thick=0.014
        )
        lay_flat(
            job,
            sheet,
            tassel,
            lit=matt(
                job, ink(code) * np.ones_like(skin), puffed(job, tassel, radius=0.008, depth=0.006)
            ),
            lift=0.006,
        )
    return sheet
