import io

import numpy as np
import pytest
from PIL import Image

from maalem.demo.art.draw import PAINTERS, draw, draw_portrait, draw_scene, save_webp, tone
from maalem.demo.art.kinds import KINDS, PALETTES_OF, SCENE_OF_REGION

SMALL = {"width": 120, "height": 120}


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.int16)


def test_every_kind_has_a_painter():
    assert set(KINDS) == set(PAINTERS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_in_all_its_palettes(kind: str):
    for seed, palette in enumerate(PALETTES_OF[kind]):
        picture = draw(kind, seed=seed, palette=palette, **SMALL)
        assert picture.size == (120, 120)
        assert pixels(picture).std() > 8, "an empty picture"


@pytest.mark.parametrize("kind", KINDS)
def test_close_up_and_other_angle_are_drawn_too(kind: str):
    first = pixels(draw(kind, seed=4, **SMALL))
    close = pixels(draw(kind, seed=4, view=1, **SMALL))
    draw(kind, seed=4, view=2, **SMALL)
    assert np.abs(first - close).mean() > 2


@pytest.mark.parametrize("kind", ["rug_taznakht", "tagine", "lantern", "necklace"])
def test_the_same_seed_gives_the_same_pixels(kind: str):
    assert draw(kind, seed=9, **SMALL).tobytes() == draw(kind, seed=9, **SMALL).tobytes()


@pytest.mark.parametrize("kind", ["rug_taznakht", "tagine", "zellige_panel", "basket"])
def test_another_seed_gives_another_piece(kind: str):
    one, two = (pixels(draw(kind, seed=seed, **SMALL)) for seed in (1, 2))
    assert np.abs(one - two).mean() > 2


@pytest.mark.parametrize("kind", ["rug_beni_ourain", "plate", "moucharabieh", "hanbel"])
def test_pictures_keep_to_their_budget(kind: str):
    picture = draw(kind, seed=3, width=720, height=720)
    for width, budget in ((360, 40_000), (720, 150_000)):
        out = io.BytesIO()
        picture.resize((width, width)).save(out, "WEBP", quality=76, method=4)
        assert len(out.getvalue()) <= budget


def test_an_unknown_palette_is_replaced_and_an_unknown_kind_refused():
    draw("rug_azilal", seed=1, palette="no such dye", **SMALL)
    with pytest.raises(KeyError):
        draw("spaceship", seed=1)


@pytest.mark.parametrize("region", sorted(SCENE_OF_REGION))
def test_every_region_has_its_landscape(region: str):
    assert draw_scene(region, seed=1, width=400, height=160).size == (400, 160)


def test_a_workshop_has_its_sign(tmp_path):
    sign = draw_portrait("rug_azilal", seed=4, width=160, height=160)
    assert save_webp(sign, tmp_path / "sign.webp") > 500
    assert len(tone(sign)) == 7
