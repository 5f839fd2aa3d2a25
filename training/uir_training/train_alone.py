"""Stage 3: each expert alone, from what stage 2 left or, from the sixth pack on, from nothing.

    python -m uir_training.train_alone --config training/configs/default.toml

Together, the experts take a small rate only, and what one learns disturbs the others: in three minutes alone the expert for
raindrops went from 0.34 to 1.26 dB on six held-out photographs, that for noise from 8.36 to 8.71, where half an hour together
had brought them to a stop.
"""

from .config import Config, load
from .degradations import NAMES
from .train_experts import train


def train_each(config: Config) -> None:
    """Trains the experts one after another and leaves `alone-NAME.pt` in config.out for each."""
    for name in NAMES:
        train(config, name)


if __name__ == "__main__":
    train_each(load("alone", description=__doc__))
