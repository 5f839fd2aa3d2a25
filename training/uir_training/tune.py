"""Tries rules of selection on held-out synthetic photographs, never on the benchmark: threshold, top K and norm.

    python -m uir_training.tune --config training/configs/default.toml

Prints a row for each rule, the best last; put that one into the configuration and export again.
"""

import dataclasses
import itertools

from .config import Config, load
from .evaluate import Trial
from .holdout import PERFECT

THRESHOLDS, TOP_K, NORMS = (0.2, 0.3, 0.4, 0.5, 0.6), (1, 2, 3, 4), ("none", "sum", "softmax")


def objective(gains: dict[str, float]) -> float:
    """Mean gain over degradations, mixtures counting double; clean images count by what they lose."""
    parts = gains | {"clean": (gains["clean"] - PERFECT) / 10}
    return (sum(parts.values()) + gains["mixed"]) / (len(parts) + 1)


def tune(config: Config) -> list[tuple[float, Config, dict[str, float]]]:
    """Every rule with its objective and gains, the best last; norm and top K are tried at the best threshold."""
    trial = Trial(config)

    def measure(**rule) -> tuple[float, Config, dict[str, float]]:
        tried = dataclasses.replace(config, **rule)
        gains = trial.gains(trial.selected(tried))
        return objective(gains), tried, gains

    first = [measure(threshold=t) for t in THRESHOLDS]
    threshold = max(first, key=lambda row: row[0])[1].threshold
    rest = [measure(threshold=threshold, top_k=k, norm=n) for k, n in itertools.product(TOP_K, NORMS)]
    return sorted(first + rest, key=lambda row: row[0])


if __name__ == "__main__":
    for score, rule, gains in tune(load(description=__doc__)):
        row = " ".join(f"{k} {v:+.2f}" for k, v in gains.items())
        print(f"{score:+.3f} threshold={rule.threshold} top_k={rule.top_k} norm={rule.norm}: {row}", flush=True)
