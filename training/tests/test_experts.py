"""Which images of the pool an expert learns from."""

from types import SimpleNamespace

import torch

from uir_training.config import Config
from uir_training.degradations import NAMES
from uir_training.train_experts import draw


def test_alone_an_expert_learns_from_what_it_is_named_for_and_from_clean_images() -> None:
    scores, severity = torch.zeros(2, 4, len(NAMES))
    scores[0, NAMES.index("shadow")] = scores[1, NAMES.index("haze")] = 0.95
    severity[[0, 1, 3], NAMES.index("shadow")] = 0.5  # the third is clean, the fourth a shadow that the router misses
    pool = SimpleNamespace(scores=scores, severity=severity, device="cpu", cut=lambda rows, patch: rows)

    def drawn(kind: str) -> set[int]:
        return {row for _ in range(20) for row in draw(pool, Config(), kind)[1].tolist()}

    assert drawn("shadow") == {0, 2}
    assert drawn("rain") == {0, 1, 2, 3}, "named nowhere, it learns from all, not from clean images only"
