"""The restoration loss."""

import torch

FLOOR = 1e-4  # mean squared error, 40 dB


def restoration(output: torch.Tensor, truth: torch.Tensor, l1: float) -> torch.Tensor:
    """Mean over images of log MSE + l1 * L1.

    The logarithm gives each image a gradient relative to its own error, as PSNR does, so that mild degradations count
    as much as severe ones; L1 pulls on the severe ones early, which the logarithm alone leaves unlearnt. FLOOR bounds
    the pull of patches that are almost right already, such as those between two holes or beside a shadow.
    """
    error = output.float() - truth
    return ((error.square().mean((1, 2, 3)) + FLOOR).log() / 2).mean() + l1 * error.abs().mean()
