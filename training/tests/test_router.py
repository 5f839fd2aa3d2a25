"""What the router learns from."""

import torch

from uir_training.config import Config
from uir_training.router import Router
from uir_training.train_router import loss


def test_keeps_to_the_router_before_where_it_was_right():
    torch.manual_seed(0)
    config = Config(view=32, keep=1)
    router = Router(config).eval()
    torch.nn.init.normal_(router.bank.bias)
    images = torch.rand(2, 3, 32, 32)  # as large as a view, so all random views are the same
    said = router(images, images[:, None].expand(-1, 9, -1, -1, -1))[1][:, :10]
    truth = (said > 0.5).float()
    truth[:, 3] = 1 - truth[:, 3]  # the one it has wrong

    def pull(keep: float) -> torch.Tensor:
        config.keep = keep
        return torch.autograd.grad(loss(router, images, truth, config, router), router.bank.bias)[0]

    right = [i for i in range(10) if i != 3]
    assert pull(1)[right].abs().max() < 1e-6, "as the router before said it"
    assert pull(0)[right].abs().min() > 1e-3, "as it is"
    assert torch.equal(pull(1)[3], pull(0)[3]), "nothing is kept of a mistake"
