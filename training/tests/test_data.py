"""Surfaces are found where a photograph is even and has a texture, and nowhere else."""

import numpy as np

from uir_training.data import surfaces


def test_surfaces_are_even_and_textured() -> None:
    dice = np.random.default_rng(0)
    blocks = np.kron(dice.integers(0, 255, (5, 10, 3)), np.ones((64, 64, 1)))  # as uneven as a scene
    gravel = np.kron(dice.integers(90, 170, (40, 40, 3)), np.ones((8, 8, 1)))
    sky = np.full_like(blocks, 180)
    scene = blocks.copy()
    scene[:, 320:] = gravel
    (window,) = surfaces([scene.astype(np.uint8), sky.astype(np.uint8)], side=320)
    assert window.shape == (320, 320, 3)
    assert np.array_equal(window, gravel)
