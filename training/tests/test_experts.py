"""Which images of the pool an expert learns from."""

from types import SimpleNamespace

import torch

from uir_training.config import Config
from uir_training.degradations import NAMES
from uir_training.pool import Patches
from uir_training.train_experts import draw


def test_alone_an_expert_learns_from_its_degradation_named_or_told_and_from_clean_images() -> None:
    scores, severity = torch.zeros(2, 5, len(NAMES))
    scores[0, NAMES.index("shadow")] = scores[1, NAMES.index("haze")] = 0.95
    # the third is clean, the fourth a shadow that the router misses, the last one with haze that it misses
    severity[[0, 1, 3, 4], NAMES.index("shadow")] = 0.5
    severity[[1, 4], NAMES.index("haze")] = 0.5
    priors = torch.cat([scores, torch.full((5, 6), 0.5)], 1)

    def cut(rows: torch.Tensor, patch: int) -> Patches:
        return Patches(rows, rows, priors[rows])

    pool = SimpleNamespace(scores=scores, severity=severity, device="cpu", cut=cut)
    seen: dict[int, list[float]] = {}
    for _ in range(20):
        mix, batch = draw(pool, Config(told=("shadow",)), "shadow")
        seen |= zip(batch.input.tolist(), batch.prior.tolist(), strict=True)
    assert mix == {"shadow": 1.0}
    assert seen.keys() == {0, 2, 3}
    assert all(seen[row] == priors[row].tolist() for row in (0, 2))
    assert seen[3] == [float(n == "shadow") for n in NAMES] + [0.5] * 6, "told what the router misses, with its statistics"
    assert all(row in (0, 2) for _ in range(20) for row in draw(pool, Config(), "shadow")[1].input.tolist()), "not told, named ones only"
    assert {row for _ in range(20) for row in draw(pool, Config(), "rain")[1].input.tolist()} == {0, 1, 2, 3, 4}, "not there at all"
    scores.zero_()
    assert {row for _ in range(20) for row in draw(pool, Config(), "shadow")[1].input.tolist()} == {0, 2, 3}, "named nowhere, told after all"
