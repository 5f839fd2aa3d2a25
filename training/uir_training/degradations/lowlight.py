"""Low light: underexposure or a gamma of the scene, a colour cast, then shot and read noise."""

import random

import torch

from .fields import encode, linearise, uniform


def lowlight(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to dark images.

    Half by exposure of the linearised image, 2 to 30 % of its light; half by beta (alpha x) ** gamma with alpha
    U(0.9, 1), beta U(0.5, 1), gamma U(1.5, 4) (Lv et al. 2019, arXiv 1908.00682). Noise as in Brooks et al. 2019.
    """
    n = len(image)
    if random.random() < 0.5:
        exposure = torch.exp(uniform(n, -3.9, -1.2, image))
        dark = linearise(image) * exposure
    else:
        alpha, beta, gamma = uniform(n, 0.9, 1, image), uniform(n, 0.5, 1, image), uniform(n, 1.5, 4, image)
        dark = linearise(beta * (alpha * image) ** gamma)
    dark = dark * (1 + 0.06 * torch.randn(n, 3, 1, 1, device=image.device)).clamp(0.8, 1.2)
    shot = torch.exp(uniform(n, -10.5, -6.5, image))
    read = uniform(n, 0, 1, image) ** 2 * 4e-6
    return encode(dark + torch.randn_like(image) * (dark * shot + read).sqrt())
