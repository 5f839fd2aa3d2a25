"""Trains every stage for a few steps on invented photographs, exports, and runs the pack in ONNX Runtime."""

import copy
import json
import runpy
import struct
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import torch

from uir_training import checkpoints, looks, train_base, train_expert, train_experts, train_router, train_scores, unmet
from uir_training.config import Config
from uir_training.degradations import NAMES
from uir_training.evaluate import Trial, evaluate
from uir_training.export import export
from uir_training.foreign import RECIPES, Foreign
from uir_training.lora import Expert
from uir_training.render import render
from uir_training.router import PRIOR, Router
from uir_training.tune import objective, strengths, thresholds


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(torch, "compile", lambda function, **_: function)  # a minute of compiling buys nothing here
    monkeypatch.setattr(torch.nn.Module, "compile", lambda *_, **__: None)
    generator = np.random.default_rng(0)
    for split, count in (("train", 3), ("val", 2)):
        (tmp_path / "photos" / split).mkdir(parents=True)
        for i in range(count):
            coarse = generator.integers(0, 256, (12, 12, 3), dtype=np.uint8)
            picture = cv2.resize(coarse, (320, 288), interpolation=cv2.INTER_CUBIC)
            cv2.imwrite(str(tmp_path / "photos" / split / f"{i}.webp"), picture)
    return Config(
        data=str(tmp_path), out=str(tmp_path / "run"), pack=str(tmp_path / "pack"), device="cpu",
        widths=(8, 8, 16, 16), ranks={"jpeg": 12}, pool=24, side=160, view=64, steps=3, batch=4, patch=32, log_every=2, save_every=2,
    )  # fmt: skip


def test_train_export_run(config: Config) -> None:
    train_router.train(config)
    train_base.train(Config(**vars(config) | {"groups": 2}))
    train_experts.train(config)
    together = checkpoints.experts(config, checkpoints.base(config, torch.device("cpu")), torch.device("cpu"))
    assert train_experts.train(config, "snow").keys() == {"snow"}
    alone = checkpoints.experts(config, checkpoints.base(config, torch.device("cpu")), torch.device("cpu"))
    changed = {n for n, e in alone.items() if not torch.equal(e.delta("stem"), together[n].delta("stem"))}
    assert changed <= {"snow"}
    assert {"base", "oracle", "auto", "router"} == evaluate(Trial.heldout(config, each=1)).keys()
    pack = export(config)

    manifest = json.loads((pack / "pack.json").read_text())
    assert len(manifest["experts"]) == 10
    ranks = {n: json.loads((pack / "experts" / n / "adapter_config.json").read_text())["r"] for n in ("jpeg", "noise")}
    assert ranks == {"jpeg": 12, "noise": config.rank}
    content = (pack / "base.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    weights = np.frombuffer(content[start:], np.float16).astype("<f4").tobytes()
    options = onnxruntime.SessionOptions()
    options.add_external_initializers_from_files_in_memory(["base.safetensors"], [weights], [len(weights)])
    session = onnxruntime.InferenceSession((pack / "restorer.onnx").read_bytes(), options)
    image, prior = torch.rand(1, 3, 48, 80), torch.rand(1, PRIOR)
    (restored,) = session.run(None, {"image": image.numpy(), "prior": prior.numpy()})
    expected = checkpoints.base(config, torch.device("cpu")).half().float()(image, prior)
    assert np.allclose(restored, expected.detach().numpy(), atol=1e-4)

    elsewhere = Config(**vars(config) | {"out": config.out + "-elsewhere"})
    seen, crops = torch.rand(2, 3, 64, 64), torch.rand(2, 5, 3, 64, 64)
    shipped, trained = (checkpoints.router(c, torch.device("cpu")) for c in (elsewhere, config))
    expected = trained(seen, crops)[1]
    assert torch.allclose(shipped(seen, crops)[1], expected, atol=2e-2), "the pack alone is enough to go on from"
    assert torch.allclose(shipped.calibrate(seen)(seen, crops)[1], expected, atol=2e-2)
    halfway = Config(**vars(config) | {"share": 0.5})
    assert torch.allclose(checkpoints.router(halfway, torch.device("cpu"))(seen, crops)[1], expected, atol=2e-2)


def test_a_block_that_sleeps_is_woken_unchanged(config: Config) -> None:
    router = Router(config).eval()
    block = router.encoder[-1]
    torch.nn.init.constant_(block.conv.bias, -100)
    for parameter in block.expand.parameters():
        torch.nn.init.normal_(parameter)
    seen, crops = torch.rand(2, 3, 64, 64), torch.rand(2, 5, 3, 64, 64)
    before = router.features(seen, crops).detach()
    after = router.calibrate(seen).features(seen, crops)
    assert torch.allclose(after, before, atol=1e-3)
    after.square().sum().backward()
    assert block.expand.weight.grad.any()


def test_one_call_trains_a_pack_and_says_what_it_is_worth(config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    small = {k: getattr(config, k) for k in ("pool", "side", "view", "batch", "patch")} | {"steps": 1, "looks": 16, "widths": [8, 8, 16, 16]}
    words = [f"{k}={v}" for k, v in small.items()] + [f"{k}='{getattr(config, k)}'" for k in ("data", "out", "pack", "device")]
    monkeypatch.setattr(sys, "argv", ["train_all", "--set", *words])
    runpy.run_module("uir_training.train_all", run_name="__main__")
    assert (Path(config.pack) / "pack.json").exists()
    rows = capsys.readouterr().out.splitlines()[-4:]
    assert [row.split()[0] for row in rows] == ["base", "oracle", "auto", "router"]


def test_a_share_below_one_is_the_mean_of_run_and_pack(config: Config) -> None:
    cpu = torch.device("cpu")
    network = checkpoints.base(config, cpu)
    pack, run = (torch.nn.ModuleDict({"rain": Expert(network, config.rank)}) for _ in range(2))
    pack["rain"].save(Path(config.pack) / "experts" / "rain")
    Path(config.out).mkdir()
    torch.save({"ema": run.state_dict()}, Path(config.out) / "alone-rain.pt")
    mean = checkpoints.experts(Config(**vars(config) | {"share": 0.25}), network, cpu)["rain"]
    expected = torch.lerp(pack["rain"].down["stem"], run["rain"].down["stem"], 0.25)
    assert torch.allclose(mean.down["stem"], expected, atol=1e-3)  # packs are float16


def test_strengths_and_thresholds_are_tried_and_shipped(config: Config) -> None:
    train_router.train(config)
    trial = Trial.heldout(config, each=1)
    for parameter in trial.experts["rain"].up.values():
        torch.nn.init.normal_(parameter)
    tried = strengths(trial)
    assert tried.keys() == set(NAMES) and tried["rain"][0.0] != tried["rain"][1.0]
    assert tried["snow"][0.0] == tried["snow"][1.0], "an expert that was never trained changes nothing"
    best, found = thresholds(config, trial)
    assert best >= objective(trial.gains(trial.selected(config)))
    pack = export(Config(**vars(config) | {"strengths": {"rain": 0.5}, "thresholds": found | {"snow": 0.8}}))
    selection = json.loads((pack / "pack.json").read_text())["selection"]
    assert selection["thresholds"]["snow"] == 0.8
    shipped = {n: json.loads((pack / "experts" / n / "adapter_config.json").read_text())["lora_alpha"] for n in ("rain", "snow")}
    assert shipped == {"rain": config.rank / 2, "snow": config.rank}


def test_pictures_by_recipes_of_others_are_judged_too(config: Config) -> None:
    train_router.train(config)
    holdout = Foreign(config, torch.device("cpu"), each=3, side=96)
    changed = (holdout.input - holdout.truth).square().mean((1, 2, 3)) > 1e-5
    assert all(changed[i] for i, kinds in enumerate(holdout.kinds) if kinds)
    assert set(holdout.recipes) == {r.__name__ for recipes in RECIPES.values() for r in recipes} | {"clean"}
    assert evaluate(Trial(config, holdout))["auto"].keys() == {*NAMES, "clean"}


def test_rendered_pictures_name_their_sources(config: Config, tmp_path: Path) -> None:
    manifest = "file,licence,source_repo_or_package,source_path\nval/0.webp,CC0-1.0,someone/photos,a.jpg\n"
    (tmp_path / "photos/manifest.csv").write_text(manifest)
    render(config, tmp_path / "heldout", each=1, pairs=1)
    rows = [line.split("\t") for line in (tmp_path / "heldout/sources.tsv").read_text().splitlines()]
    assert rows[1] == ["000", "val/0.webp", "CC0-1.0", "someone/photos a.jpg"]
    assert rows[2] == ["001", "val/1.webp", "", ""]
    assert len(rows) - 1 == len(list((tmp_path / "heldout").rglob("gt/*.png"))) == 15


def add_pairs(config: Config, count: int) -> None:
    """Real pairs of snow."""
    for side, shade in (("input", 250), ("gt", 200)):
        folder = Path(config.data) / "pairs/snow/someone" / side
        folder.mkdir(parents=True)
        for i in range(count):
            cv2.imwrite(str(folder / f"{i}.png"), np.full((96, 80, 3), shade, np.uint8))


def test_scores_are_judged_by_pairs_that_they_have_not_met(config: Config) -> None:
    train_router.train(config)
    add_pairs(config, 4)
    found = unmet.unmet(Config(**vars(config) | {"looks": 32, "side": 96}))
    assert list(found) == ["snow", "false", "let be"] and all(0 <= share <= 1 for share in found.values())
    assert not (Path(config.out) / "scores.pt").exists(), "judging leaves no scores"


def test_pairs_that_follow_each_other_are_left_out_together() -> None:
    assert unmet.folds(["haze"] * 8 + ["snow"] * 4)[:: unmet.LOOKS].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 0, 1, 2, 3]


def test_a_false_name_beside_the_right_one_is_counted() -> None:
    truth, named = torch.zeros(4, len(NAMES)), torch.zeros(4, len(NAMES), dtype=torch.bool)
    truth[:2, NAMES.index("rain")] = 1  # two inputs, two truths
    named[0, NAMES.index("rain")] = named[0, NAMES.index("snow")] = named[2, NAMES.index("blur")] = True
    assert unmet.judge(named, truth) == {"rain": 0.5, "false": 0.5, "let be": 0.5}


def test_scores_learn_on_and_the_prior_stays(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    train_router.train(config)
    add_pairs(config, 1)
    cpu = torch.device("cpu")
    before = checkpoints.router(config, cpu)
    longer = Config(**vars(config) | {"looks": 32, "side": 96, "rate_adam": 0.02})
    train_scores.train(longer)
    after = checkpoints.router(config, cpu)
    seen, crops = torch.rand(2, 3, 64, 64), torch.rand(2, 5, 3, 64, 64)
    assert torch.equal(before(seen, crops)[1], after(seen, crops)[1])
    assert not torch.allclose(before.score(before(seen, crops)[0]), after.score(after(seen, crops)[0]))
    assert len(looks.degraded(longer, after, cpu).features) == 32
    found = looks.degraded(Config(**vars(longer) | {"seed": 1}), after, cpu)
    assert len(found.features) == 64  # and those of seed 0
    scores = [train_scores.train(longer).logits(found.features) for _ in range(2)]
    assert torch.equal(*scores), "learnt again from the looks that were kept, not on from the scores of the last time"
    changed = []
    for cost in (0, 10):
        monkeypatch.setattr(train_scores, "CHANGE", cost)
        changed.append((train_scores.train(longer).logits(found.features) - before.logits(found.features)).abs().mean())
    assert changed[1] < changed[0], "it costs to differ from the scores of stage 0"
    train_router.train(config)
    assert (Path(config.out) / "scores.pt").exists(), "a stage that is over changes nothing"
    train_router.train(Config(**vars(config) | {"steps": config.steps + 2}))
    assert not [f for f in Path(config.out).iterdir() if f.name.startswith(("looks", "scores"))], "of another encoder"


def test_a_router_is_shown_where_each_view_has_changed() -> None:
    change = torch.zeros(1, 1, 40, 40)
    change[..., 20:24, 12:16] = 1  # pixels 80 to 96 down, 48 to 64 across, of 160
    whole, at, beside = train_router.places(change, [(64, 32), (0, 96)], 64)[:, 0]
    assert whole.shape == (4, 4) and torch.isclose(whole.mean(), change.mean())
    assert at.nonzero().tolist() == [[1, 1]] and at.max() == 1
    assert not beside.any()


def test_a_router_that_goes_on_from_a_pack_keeps_its_prior(config: Config) -> None:
    train_router.train(config)
    export(config)
    pack = checkpoints.packed(config, torch.device("cpu"))
    lost = copy.deepcopy(pack)
    torch.nn.init.zeros_(lost.prior[-1].weight)
    images, severity, change = torch.rand(4, 3, 64, 64), torch.ones(4, len(NAMES)), torch.zeros(4, len(NAMES), 16, 16)
    same, other = (train_router.loss(router, pack, images, severity, change, 64) for router in (pack, lost))
    assert other > same


def test_resumes(config: Config) -> None:
    train_router.train(config)
    longer = Config(**vars(config) | {"steps": 5})
    train_router.train(longer)
    assert torch.load(Path(config.out) / "router.pt", weights_only=True)["done"] == 5


def pixelate(images: torch.Tensor) -> torch.Tensor:
    """A degradation that no pack knows: squares of 8 x 8 pixels of one colour."""
    small = torch.nn.functional.avg_pool2d(images, 8)
    return torch.nn.functional.interpolate(small, scale_factor=8)


def test_eleventh_expert(config: Config) -> None:
    train_router.train(config)
    pack = export(config)
    before = {f: f.read_bytes() for f in pack.rglob("*") if f.is_file()}
    found = train_expert.train(config, "pixelate", pixelate)
    assert found["recognised"] > 0.7, "even untrained features tell squares from photographs"
    changed = {str(f.relative_to(pack)) for f, content in before.items() if f.read_bytes() != content}
    assert changed == {"pack.json", "bank.safetensors"}
    manifest = json.loads((pack / "pack.json").read_text())
    assert manifest["degradations"][-1] == "pixelate" and len(manifest["degradations"]) == 11
    with pytest.raises(SystemExit, match="already"):
        train_expert.train(config, "pixelate", pixelate)
