"""Stage 3: each expert alone, from what stage 2 left or, from the sixth pack on, from nothing.

    python -m uir_training.train_alone --config training/configs/default.toml

Together, the experts take a small rate only, and what one learns disturbs the others: in three minutes alone the expert for
raindrops went from 0.34 to 1.26 dB on six held-out photographs, that for noise from 8.36 to 8.71, where half an hour together
had brought them to a stop. With `mixed` above 0 they also learn what to do where other degradations have struck as well.
"""

from .config import load
from .degradations import NAMES
from .train_experts import train


def train_each() -> None:
    """Trains the experts one after another, each by its table [alone.NAME], and leaves `alone-NAME.pt` in config.out."""
    for name in NAMES:
        train(load(f"alone.{name}", description=__doc__), name)


if __name__ == "__main__":
    train_each()
