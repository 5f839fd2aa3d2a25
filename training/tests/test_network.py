"""Folding, merging and the optimiser do exactly what their equations say."""

import torch

from uir_training.config import Config
from uir_training.lora import Expert, merged, run, targets
from uir_training.losses import restoration
from uir_training.muon import orthogonalise
from uir_training.network import Block, Restorer
from uir_training.router import PRIOR
from uir_training.selection import select

CONFIG = Config(widths=(8, 8, 16, 16), condition=6, rank=2)


def network() -> Restorer:
    torch.manual_seed(0)
    made = Restorer(CONFIG)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return made


def expert(base: Restorer) -> Expert:
    made = Expert(base, CONFIG.rank, 2 * CONFIG.rank)
    for parameter in made.up.values():
        torch.nn.init.normal_(parameter, std=0.1)
    return made


def test_fold_keeps_the_function() -> None:
    image, prior, base = torch.rand(1, 3, 32, 48), torch.rand(1, PRIOR), network()
    before = base(image, prior)
    assert torch.allclose(base.fold()(image, prior), before, atol=1e-5)
    assert torch.allclose(base.unfold()(image, prior), before, atol=1e-5)


def test_silent_units_are_counted() -> None:
    base, images, prior = network(), torch.rand(2, 3, 32, 32), torch.rand(2, PRIOR)
    before, block = base.silent(images, prior), base.middle[0]
    torch.nn.init.constant_(block.conv1.bias, -100.0)
    units = sum(len(m.conv1.bias) for m in base.modules() if isinstance(m, Block))
    assert before < 0.1 and abs(base.silent(images, prior) - before - len(block.conv1.bias) / units) < 0.02


def test_delta_is_the_branch() -> None:
    """W0 x + (alpha / r) B (A x) equals (W0 + delta W) x for a padded, strided convolution."""
    base = network().fold()
    lora, module = expert(base), base.stem
    x = torch.rand(1, 3, 32, 32)
    a, b = lora.down["stem"], lora.up["stem"]
    branch = torch.nn.functional.conv2d(torch.nn.functional.conv2d(x, a, stride=2, padding=2), b) * 2
    whole = torch.nn.functional.conv2d(x, module.weight + lora.delta("stem"), module.bias, 2, 2)
    assert torch.allclose(whole, module(x) + branch, atol=1e-5)


def test_mix_of_nothing_is_the_base() -> None:
    base = network().fold()
    image, prior = torch.rand(1, 3, 32, 32), torch.rand(1, PRIOR)
    same = run(base, merged(base, {}, {}), image, prior)
    assert torch.allclose(same, base(image, prior), atol=1e-6)
    other = run(base, merged(base, {"rain": expert(base)}, {"rain": 1.0}), image, prior)
    assert not torch.allclose(other, same)


def test_expert_round_trip(tmp_path) -> None:
    base = network().fold()
    saved = expert(base)
    saved.save(tmp_path)
    for rank, alpha in ((2, 4), (2, 8), (3, 3)):
        loaded = Expert(base, rank, alpha).load(tmp_path)
        for name in targets(base):
            assert torch.allclose(saved.delta(name), loaded.delta(name), atol=1e-3)


def test_orthogonalise() -> None:
    singular = torch.linalg.svdvals(orthogonalise(torch.randn(3, 16, 40)).float())
    assert ((singular > 0.5) & (singular < 1.5)).all()


def test_select_top_k_and_norms() -> None:
    scores = [0.9, 0.2, 0.8, 0.0, 0.7, 0.0, 0.6, 0.0, 0.0, 0.0]
    assert list(select(scores, CONFIG)) == ["blur", "jpeg", "noise"]
    assert abs(sum(select(scores, Config(norm="sum", step=0.01)).values()) - 1) < 0.02
    assert list(select(scores, Config(thresholds={"blur": 0.95, "haze": 0.1}))) == ["jpeg", "noise", "rain"]
    shared = select(scores, Config(norm="sum", step=0.001, importance={"jpeg": 3}))
    assert abs(shared["jpeg"] / shared["blur"] - 3 * 0.8 / 0.9) < 0.01
    assert select([0.1] * 10, CONFIG) == {}


def test_fft_loss_weighs_what_blur_takes_away() -> None:
    """Of two errors with one energy and one L1, the one with a peak in its spectrum costs less than noise."""
    truth = torch.zeros(1, 3, 32, 32)
    wave = (torch.arange(32) % 2 * 2.0 - 1).expand(1, 3, 32, 32) * 0.1
    noise = (torch.randint(2, truth.shape) * 2.0 - 1) * 0.1
    without = [restoration(error, truth, l1=5, fft=0) for error in (wave, noise)]
    assert torch.allclose(*without)
    added = [restoration(error, truth, l1=5, fft=1) - before for error, before in zip((wave, noise), without)]
    assert 0 < added[0] < added[1]
