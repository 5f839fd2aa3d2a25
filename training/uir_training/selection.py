"""From scores to a mix, by the same rule as the tool (src/router/selection.ts)."""

from .config import Config
from .degradations import NAMES


def select(scores: list[float], config: Config) -> dict[str, float]:
    """The mix of one image: kinds at or above their thresholds, the top K of them, normalised, rounded to the step."""
    thresholds = [config.thresholds.get(n, config.threshold) for n in NAMES]
    kept = sorted(((s, n) for s, n, t in zip(scores, NAMES, thresholds, strict=True) if s >= t), reverse=True)[: config.top_k]
    weights = [s for s, _ in kept]
    if config.norm != "none":
        # softmax is over logits: exp(logit(s)) = s / (1 - s)
        parts = weights if config.norm == "sum" else [w / max(1 - w, 1e-6) for w in weights]
        parts = [p * config.importance.get(n, 1) for p, (_, n) in zip(parts, kept, strict=True)]
        weights = [p / sum(parts) for p in parts]
    rounded = [round(w / config.step) * config.step for w in weights]
    return {n: w for (_, n), w in zip(kept, rounded, strict=True) if w > 0}
