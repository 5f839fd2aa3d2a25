"""The restoration loss."""

import torch

FLOOR = 1e-4  # mean squared error, 40 dB


def restoration(output: torch.Tensor, truth: torch.Tensor, l1: float, fft: float) -> torch.Tensor:
    """Mean over images of log MSE + l1 * L1 + fft * L1 of the spectra.

    The logarithm gives each image a gradient relative to its own error, as PSNR does, so that mild degradations count
    as much as severe ones; L1 pulls on the severe ones early, which the logarithm alone leaves unlearnt. FLOOR bounds
    the pull of patches that are almost right already, such as those between two holes or beside a shadow. The spectra
    (orthonormal FFT, MIMO-UNet, Cho et al. 2021, equation 6) weigh the high frequencies, which blur takes away.
    """
    error = output.float() - truth
    loss = ((error.square().mean((1, 2, 3)) + FLOOR).log() / 2).mean() + l1 * error.abs().mean()
    return loss + fft * torch.fft.rfft2(error, norm="ortho").abs().mean() if fft else loss
