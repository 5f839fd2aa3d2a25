"""Everything in one call: router, its scores, base, experts, export, evaluation; interrupted, it goes on where it was.

    python -m uir_training.train_all --config training/configs/default.toml
"""

from . import evaluate, export, train_alone, train_base, train_experts, train_router, train_scores
from .config import load

if __name__ == "__main__":
    train_router.train(load("router", description=__doc__))
    train_scores.train(load("scores"))
    train_base.train(load("base"))
    train_experts.train(load("experts"))
    train_alone.train_each()
    export.export(load())
    evaluate.show(evaluate.Trial.heldout(load()))
