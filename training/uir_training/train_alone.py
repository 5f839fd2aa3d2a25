"""Stage 3: each expert a few minutes more, alone.

    python -m uir_training.train_alone --config training/configs/default.toml

Together, the experts take a small rate only, and what one learns disturbs the others: in three minutes alone the expert for
raindrops went from 0.34 to 0.9 dB on held-out photographs, that for noise from 8.36 to 8.6, where half an hour together had
brought them to a stop.
"""

from .config import load
from .degradations import NAMES
from .train_experts import train

if __name__ == "__main__":
    for name in NAMES:
        train(load("alone", description=__doc__), name)
