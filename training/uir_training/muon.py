"""Muon: momentum with orthogonalised updates for kernels (K. Jordan 2024), AdamW for everything else."""

import torch


def orthogonalise(update: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz iteration towards the nearest semi-orthogonal matrix of each (…, rows, columns)."""
    x = update.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.mT if tall else x).to(update)


class Muon(torch.optim.Optimizer):
    """Muon on parameters of two and more dimensions, each reshaped to (out, rest); Nesterov momentum 0.95.

    Kernels of one shape are stacked, so that each step is a few large matrix products.
    """

    def __init__(self, parameters, lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            shapes: dict[torch.Size, list[torch.Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    shapes.setdefault(p.shape, []).append(p)
            for shape, kernels in shapes.items():
                updates = []
                for p in kernels:
                    velocity = self.state[p].setdefault("momentum", torch.zeros_like(p))
                    velocity.lerp_(p.grad, 1 - group["momentum"])
                    updates.append(p.grad.lerp(velocity, group["momentum"]).flatten(1))
                steps = orthogonalise(torch.stack(updates))
                ratio = max(1, steps.shape[-2] / steps.shape[-1]) ** 0.5
                for p, step in zip(kernels, steps):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(step.view(shape), alpha=-group["lr"] * ratio)


class Optimiser:
    """Muon for kernels, AdamW for vectors and for what `adam` names, one cosine schedule with a short warm-up."""

    def __init__(self, module: torch.nn.Module, rate: float, rate_adam: float, adam: tuple[str, ...] = (), decay: float = 0):
        named = [(n, p) for n, p in module.named_parameters() if p.requires_grad]
        vectors = [p for n, p in named if p.ndim < 2 or p.numel() == len(p) or any(a in n for a in adam)]
        kernels = [p for n, p in named if not any(p is v for v in vectors)]
        self.parts: list[torch.optim.Optimizer] = []
        if vectors:
            self.parts.append(torch.optim.AdamW(vectors, rate_adam, betas=(0.9, 0.99), weight_decay=0))
        if kernels:
            self.parts.append(Muon(kernels, rate, weight_decay=decay))
        self.rates = [part.param_groups[0]["lr"] for part in self.parts]

    def step(self, progress: float) -> None:
        """One update; progress runs from 0 to 1 and sets the learning rate."""
        cosine = 0.5 * (1 + torch.cos(torch.tensor(progress * torch.pi)).item())
        factor = min(1, progress / 0.02 + 0.02) * max(cosine, 0.01)
        for part, rate in zip(self.parts, self.rates):
            part.param_groups[0]["lr"] = rate * factor
            part.step()
            part.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict]) -> None:
        for part, state in zip(self.parts, states):
            part.load_state_dict(state)
