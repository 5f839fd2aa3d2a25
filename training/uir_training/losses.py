"""The restoration loss."""

import torch


def restoration(output: torch.Tensor, truth: torch.Tensor, l1: float) -> torch.Tensor:
    """Mean over images of log MSE + l1 * L1.

    The logarithm gives each image a gradient relative to its own error, as PSNR does, so that mild degradations count
    as much as severe ones; L1 pulls on the severe ones early, which the logarithm alone leaves unlearnt.
    """
    error = output.float() - truth
    return ((error.square().mean((1, 2, 3)) + 2e-5).log() / 2).mean() + l1 * error.abs().mean()
