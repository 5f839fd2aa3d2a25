"""What a configuration file says reaches the stage that it is for."""

from pathlib import Path

import pytest

from uir_training.config import load

FILE = """
data = "photos"
ranks = { jpeg = 16 }
strengths = { rain = 0.75 }

[base]
rate = 0.5
weights = { jpeg = 2 }

[alone]
minutes = 40
rate = 0.1

[alone.noise]
minutes = 70
"""


def test_a_table_is_a_key_or_belongs_to_a_stage(tmp_path: Path) -> None:
    file = tmp_path / "pack.toml"
    file.write_text(FILE)
    base, experts = (load(stage, argv=["--config", str(file), "--set", "seed=3"]) for stage in ("base", "experts"))
    assert base.ranks == experts.ranks == {"jpeg": 16} and base.strengths == {"rain": 0.75}
    assert (base.rate, base.weights) == (0.5, {"jpeg": 2}) and experts.weights == {}
    assert base.data == "photos" and base.seed == 3


def test_an_expert_has_a_table_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "pack.toml"
    file.write_text(FILE)
    noise, rain = (load(f"alone.{name}", argv=["--config", str(file)]) for name in ("noise", "rain"))
    assert (noise.minutes, rain.minutes) == (70, 40) and noise.rate == rain.rate == 0.1 and noise.data == "photos"


def test_an_unknown_key_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        load(argv=["--set", "rats=3"])
