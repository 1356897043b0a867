"""Landscapes of the regions: ridges one behind the other in the haze, and what stands before."""

import numpy as np

from maalem.demo.art import noise
from maalem.demo.art.canvas import F32, Job, ink, over, painted, smooth

# Sky above, sky low, far ridge, near ground, what stands in front.
SOFT = np.hanning(61) / np.hanning(61).sum()
SCENES: dict[str, tuple[str, str, str, str, str]] = {
    "blue_town": ("#8fb7d8", "#f3e0cc", "#8a9fb4", "#5f7f9c", "houses_blue"),
    "almond_hills": ("#b7cfdc", "#f6dfc9", "#b59f97", "#96805c", "trees"),
    "medina": ("#a9c3d3", "#f6dcb6", "#a99a8e", "#a97e55", "houses"),
    "ramparts": ("#9cc2d6", "#f5e3c6", "#7fa3b3", "#b5774a", "walls"),
    "cedar_forest": ("#a7c6d4", "#ece4cf", "#8ea3a0", "#3f5a48", "cedars"),
    "harbour": ("#93bdd4", "#f2e4cf", "#7fa6b8", "#e6dccb", "houses_white"),
    "palm_grove": ("#e9b78a", "#f8e0b5", "#b98d83", "#a8593a", "palms"),
    "dunes": ("#e3a676", "#fae0b0", "#d9985f", "#c0703a", "none"),
    "argan_hills": ("#b4cdd2", "#f7e2b9", "#b79c80", "#b3824b", "trees"),
    "oasis": ("#e8bd8d", "#f8e5bd", "#b68a73", "#9a6a42", "palms"),
    "desert_plain": ("#b3cad3", "#f7e3c2", "#cfae8a", "#c99a63", "none"),
    "lagoon": ("#8fc1d1", "#f5e9d3", "#74b0b5", "#dcbf8c", "none"),
}


def _ridge(job: Job, x: F32, *, level: float, rough: float, wave: float) -> F32:
    """The height of a ridge's line (units, downwards) at each column."""
    start = job.uniform(0, 900)
    fine = noise.sample("fbm", x * 260 + start, np.full_like(x, job.uniform(0, 1000)))
    broad = noise.sample("cloud", x * 190 + start, np.full_like(x, job.uniform(0, 1000)))
    kernel = np.ones(9, np.float32) / 9
    fine = np.convolve(np.pad(fine[0], 4, mode="edge"), kernel, "valid")[None]
    return level - rough * fine - wave * broad


def landscape(job: Job) -> F32:
    """Sky, sun, five ridges in the haze and a foreground, with light from the upper left."""
    high, low, far, near, front = SCENES[job.kind]
    x, y = job.grid()
    down = y + 0.5
    sheet = ink(high) + (ink(low) - ink(high)) * smooth(0.0, 0.62, down + 0 * x)
    sun = job.uniform(-0.7, -0.2) * job.width / job.height / 2.2
    glow = np.exp(-(((x - sun) / 0.5) ** 2 + ((y + 0.08) / 0.32) ** 2))
    sheet = sheet + ink("#ffd9a0") * (glow * 0.38)
    sheet += ink("#fff3d8") * (smooth(0.052, 0.048, np.hypot(x - sun, y + 0.16)) * 0.5)
    clouds = noise.stretched("fbm", (job.height, job.width), job.rng, by=1.8)
    sheet += ink("#fff4e6") * np.clip(clouds * 0.10 - 0.04, 0, 0.2) * smooth(0.5, 0.1, down)
    soft = 0.25 if job.kind in {"dunes", "desert_plain", "lagoon", "harbour"} else 1.0
    for i in range(5):
        share = i / 4
        line = _ridge(
            job, x, level=0.02 + 0.40 * share, rough=(0.022 + 0.012 * i) * soft, wave=0.035
        )
        tone = ink(far) + (ink(near) - ink(far)) * share
        haze = ink(low) * (0.55 * (1 - share))
        paint = tone * (1 - 0.55 * (1 - share)) + haze
        depth = y - line
        slope = np.gradient(np.convolve(np.pad(line[0], 30, mode="edge"), SOFT, "valid"))[None]
        slope = slope * job.scale
        light = 1 + np.clip(-slope * 0.22, -0.16, 0.2) - 0.25 * smooth(0.0, 0.35, depth)
        grain = noise.cut("fbm", (job.height, job.width), job.rng) * (0.03 + 0.03 * share)
        over(sheet, paint * (light + grain), np.clip(depth * job.scale + 0.5, 0, 1))
        if i == 3 and front != "none":
            _stand(job, sheet, front, line=line)
    sheet *= 1 + 0.02 * noise.cut("soft", (job.height, job.width), job.rng)
    return sheet


def _stand(job: Job, sheet: F32, front: str, *, line: F32) -> None:
    """Houses, walls or trees along a ridge."""
    span = job.width / job.scale / 2
    walls = {
        "houses_blue": ("#7fa6cf", "#4f7fb8", "#a9c6df"),
        "houses_white": ("#efe8da", "#e2d8c5", "#f6f1e6"),
        "houses": ("#d9b98c", "#c89f6d", "#e6cfa6"),
        "walls": ("#c98a58", "#b87648", "#d39c68"),
    }
    greens = {"palms": "#4f5f34", "cedars": "#2f4a3c", "trees": "#6a7340"}

    def at(px: float) -> float:
        col = int(np.clip((px - job.focus[0]) * job.scale + job.width / 2, 0, job.width - 1))
        return float(line[0, col])

    if front in walls:
        for layer in range(3):
            shapes, lit, holes = [], [], []
            px = -span
            while px < span:
                wide, tall = job.uniform(0.06, 0.15), job.uniform(0.03, 0.11) * (1.25 - 0.3 * layer)
                base = at(px) + 0.07 * layer + 0.06
                top = base - tall - 0.04
                shapes.append(
                    [(px, top), (px + wide, top), (px + wide, base + 0.1), (px, base + 0.1)]
                )
                lit.append([(px, top), (px + wide * 0.32, top), (px + wide * 0.32,
                    base + 0.1), (px, base + 0.1)])  # fmt: skip
                for k in range(int(job.rng.integers(1, 4))):
                    hx, hy = px + wide * (0.4 + 0.18 * k), top + tall * job.uniform(0.2, 0.5)
                    holes.append([(hx, hy), (hx + 0.007, hy - 0.004), (hx + 0.007,
                        hy + 0.018), (hx, hy + 0.018)])  # fmt: skip
                px += wide * job.uniform(0.7, 1.3)
            shade = 0.72 + 0.12 * layer
            over(sheet, ink(walls[front][layer]) * np.float32(shade * 0.86), painted(job, shapes))
            over(sheet, ink(walls[front][layer]) * np.float32(shade * 1.12), painted(job, lit))
            over(sheet, ink("#4a3628"), painted(job, holes) * 0.75)
        return
    shapes = []
    for _ in range(46):
        px = job.uniform(-span, span)
        base, size = at(px) + job.uniform(0.0, 0.06), job.uniform(0.05, 0.13)
        shapes += _tree(job, front, px, y=base, size=size)
    over(sheet, ink(greens[front]), painted(job, shapes) * 0.92)


def _tree(
    job: Job, front: str, x: float, *, y: float, size: float
) -> list[list[tuple[float, float]]]:
    trunk = [
        (x - size * 0.03, y),
        (x - size * 0.02, y - size),
        (x + size * 0.02, y - size),
        (x + size * 0.03, y),
    ]
    if front == "cedars":
        layers = []
        for k in range(5):
            top, wide = y - size * (1.5 - 0.27 * k), size * (0.12 + 0.10 * k)
            layers.append([(x - wide, top + size * 0.22), (x, top), (x + wide, top + size * 0.22)])
        return [trunk, *layers]
    if front == "palms":
        fronds = []
        for k in range(9):
            a = np.pi * (1.08 + 0.105 * k * 1.3 - 0.1)
            tip = (
                x + size * 0.5 * np.cos(a),
                y - size * 1.0 + size * 0.42 * np.sin(a) + 0.16 * size * abs(np.cos(a)),
            )
            mid = (x + size * 0.28 * np.cos(a), y - size * 1.0 + size * 0.40 * np.sin(a))
            fronds.append([(x, y - size), mid, tip, (mid[0], mid[1] + size * 0.07)])
        return [trunk, *fronds]
    a = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    crown = [
        (
            x + size * 0.36 * np.cos(t) * job.uniform(0.8, 1.1),
            y - size * 0.75 + size * 0.24 * np.sin(t) * job.uniform(0.8, 1.1),
        )
        for t in a
    ]
    return [trunk, crown]
