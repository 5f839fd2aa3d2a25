"""Tries strengths of experts and rules of selection on held-out synthetic photographs, never on the benchmark.

    python -m uir_training.tune --config training/configs/default.toml

Prints a row for each expert, then one for each rule (threshold, top K, norm), the best last, then the thresholds of
degradations that do better with another, and what they do on another draw; put the best ones into the configuration, strengths
first, and export again. Thresholds that do no better on the other draw are chance.
"""

import dataclasses
import itertools

from .config import Config, load
from .degradations import NAMES
from .evaluate import Trial
from .holdout import PERFECT

STRENGTHS = (0.0, 0.5, 0.75, 1.0, 1.25)
THRESHOLDS, TOP_K, NORMS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), (1, 2, 3, 4), ("none", "sum", "softmax")
MARGIN = 0.01  # dB; less is chance


def objective(gains: dict[str, float]) -> float:
    """Mean gain over degradations, mixtures counting double; clean images count by what they lose."""
    parts = gains | {"clean": (gains["clean"] - PERFECT) / 10}
    return (sum(parts.values()) + gains["mixed"]) / (len(parts) + 1)


def strengths(trial: Trial) -> dict[str, dict[float, float]]:
    """Held-out gain in dB of each true expert at each strength."""
    found: dict[str, dict[float, float]] = {name: {} for name in NAMES}
    for strength in STRENGTHS:
        gains = trial.gains([dict.fromkeys(kinds, strength) for kinds in trial.holdout.kinds], named=True)
        for name in NAMES:
            found[name][strength] = gains[name]
    return found


def tune(config: Config, trial: Trial) -> list[tuple[float, Config, dict[str, float]]]:
    """Every rule with its objective and gains, the best last; norm and top K are tried at the best threshold."""

    def measure(**rule) -> tuple[float, Config, dict[str, float]]:
        tried = dataclasses.replace(config, **rule)
        gains = trial.gains(trial.selected(tried))
        return objective(gains), tried, gains

    first = [measure(threshold=t) for t in THRESHOLDS]
    threshold = max(first, key=lambda row: row[0])[1].threshold
    rest = [measure(threshold=threshold, top_k=k, norm=n) for k, n in itertools.product(TOP_K, NORMS)]
    return sorted(first + rest, key=lambda row: row[0])


def thresholds(config: Config, trial: Trial) -> tuple[float, dict[str, float]]:
    """The objective with, and the thresholds of degradations that better it by MARGIN each, found one after another."""
    best, found = objective(trial.gains(trial.selected(config))), dict(config.thresholds)
    for name, threshold in itertools.product(NAMES, THRESHOLDS):
        tried = found | {name: threshold}
        score = objective(trial.gains(trial.selected(dataclasses.replace(config, thresholds=tried))))
        if score > best + MARGIN:
            best, found = score, tried
    return best, found


if __name__ == "__main__":
    config = load(description=__doc__)
    trial = Trial.heldout(config, each=36)  # with 16, thresholds were chosen that lost on others
    for name, row in strengths(trial).items():
        print(name.ljust(8), " ".join(f"{s:g}: {gain:+.2f}" for s, gain in row.items()), flush=True)
    for score, rule, gains in tune(config, trial):
        row = " ".join(f"{k} {v:+.2f}" for k, v in gains.items())
        print(f"{score:+.3f} threshold={rule.threshold} top_k={rule.top_k} norm={rule.norm}: {row}", flush=True)
    score, found = thresholds(rule, trial)
    other = Trial.heldout(config, each=36, draw=2)
    before, after = (objective(other.gains(other.selected(dataclasses.replace(rule, thresholds=t)))) for t in (rule.thresholds, found))
    print(f"{score:+.3f} thresholds={found}, on another draw {before:+.3f} -> {after:+.3f}")
