"""Every degradation keeps shape and range, changes its image, and JPEG agrees with a real codec."""

import random
from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from uir_training.augment import fade
from uir_training.degradations import CELL, NAMES, Textures, degrade, draw_kinds, recipes, region, severity
from uir_training.degradations.blur import unclip
from uir_training.degradations.jpeg import compress
from uir_training.degradations.wide import WIDE


@pytest.fixture
def scene() -> torch.Tensor:
    """A smooth, colourful picture with edges, (2, 3, 160, 192)."""
    y, x = np.mgrid[0:160, 0:192] / 40
    planes = [0.5 + 0.3 * np.sin(3 * x + k) * np.cos(2 * y) + 0.1 * (np.hypot(x - 2, y - 2) < 1) for k in range(3)]
    return torch.tensor(np.stack(planes), dtype=torch.float32).clamp(0, 1).repeat(2, 1, 1, 1)


@pytest.mark.parametrize("name", NAMES)
def test_changes_the_image(name: str, scene: torch.Tensor) -> None:
    torch.manual_seed(0)
    after = recipes(Textures())[name](scene).clamp(0, 1)
    assert after.shape == scene.shape
    assert after.isfinite().all()
    assert (severity(scene, after) > 0.05).any()


@pytest.mark.parametrize("function", [f for functions in WIDE.values() for f in functions])
def test_other_recipes_change_the_image_too(function: Callable[[torch.Tensor], torch.Tensor], scene: torch.Tensor) -> None:
    torch.manual_seed(0)
    random.seed(0)
    changed = [function(scene).clamp(0, 1) for _ in range(6)]
    assert all(after.shape == scene.shape and after.isfinite().all() for after in changed)
    assert any((severity(scene, after) > 0.1).all() for after in changed)


def test_other_recipes_are_drawn_where_they_are_asked_for(scene: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WIDE, "haze", (torch.zeros_like,))
    drawn = [degrade(scene, [["haze"], ["haze"]], Textures(), wide)[0].any().item() for wide in (0, 1)]
    assert drawn == [True, False]


def test_order_and_labels(scene: torch.Tensor) -> None:
    degraded, scores, changes = degrade(scene, [["noise", "haze"], []], Textures())
    present = scores > 0
    assert present[0].nonzero().flatten().tolist() == [NAMES.index("haze"), NAMES.index("noise")]
    assert not present[1].any()
    assert torch.equal(degraded[1], scene[1])
    assert torch.equal(changes.amax((2, 3)) > 0, present)


def test_changes_are_where_the_image_has_changed(scene: torch.Tensor) -> None:
    random.seed(0)
    degraded, _, changes = degrade(scene, [["inpaint"], ["inpaint"]], Textures())
    error = F.avg_pool2d((degraded - scene).abs().mean(1), CELL)
    found = changes[:, NAMES.index("inpaint")]
    assert torch.equal(found > 0, error > 0)
    assert 0 < (found > 0.5).float().mean() < 1


def test_region_is_a_part(scene: torch.Tensor) -> None:
    share = region(scene).mean((1, 2, 3))
    assert ((share > 0.05) & (share < 0.95)).all()


@pytest.mark.parametrize("quality", [10, 40, 85])
@pytest.mark.parametrize("subsample", [True, False])
def test_jpeg_matches_libjpeg(quality: int, subsample: bool, scene: torch.Tensor) -> None:
    ours = compress(scene[:1], torch.tensor([float(quality)]), subsample)[0].permute(1, 2, 0).numpy() * 255
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if subsample else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    pixels = (scene[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)[..., ::-1]
    _, file = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling])
    theirs = cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1].astype(float)
    loss = np.mean((theirs - pixels[..., ::-1].astype(float)) ** 2)
    assert np.mean((ours - theirs) ** 2) < 0.2 * loss + 1, "rounding apart, the two decoders agree"


def test_faded_photographs_lose_colour_and_keep_their_luma() -> None:
    torch.manual_seed(0)
    images = torch.rand(60, 3, 8, 8)
    faded = fade(images)
    spread, before = ((x.amax(1) - x.amin(1)).mean((1, 2)) for x in (faded, images))
    assert (spread <= before + 1e-6).all()
    assert 10 <= (spread < 1e-6).sum() <= 30, "a third of them are gray"
    luma = torch.tensor([0.299, 0.587, 0.114])[:, None, None]
    assert torch.allclose((faded * luma).sum(1), (images * luma).sum(1), atol=1e-5)


def test_the_order_of_a_mixture_does_not_follow_the_weights() -> None:
    random.seed(0)
    first = [draw_kinds(clean=0, mixed=1, weights={"haze": 1e3})[0] for _ in range(200)]
    assert 50 < first.count("haze") < 120, "it is in all, of two or three"


def test_unclipping_brightens_only_what_the_sensor_clipped() -> None:
    random.seed(0)
    light = torch.linspace(0, 1, 101).expand(1, 3, 1, 101)
    brighter = unclip(light)
    assert torch.equal(brighter[..., :91], light[..., :91])
    assert (brighter[..., 92:] > light[..., 92:]).all() and brighter.max() <= 6
