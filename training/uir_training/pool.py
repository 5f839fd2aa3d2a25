"""A pool of degraded photographs in device memory: patches are cut from it, and a few of its images renewed each step.

Degrading large images once and cutting many patches keeps the device busy, and lets the router see whole views.
"""

import random
from dataclasses import dataclass

import numpy as np
import torch

from . import data
from .augment import dim, fade, tone
from .config import Config
from .degradations import CELL, NAMES, change, degrade, draw_kinds, present, severity
from .router import PRIOR, Router, statistics, views

SURFACE = 0.3  # share of bare surfaces: a router that had met few took one in five for degraded, and missed most shadows on them
# share of photographs with less colour or none: of 40 clean ones the ninth pack's router took 3 for degraded, turned gray 8
FADED = 0.2
DUSK = 0.3  # share of dark scenes among photographs without low light: else whatever is dark is taken for it


@dataclass
class Patches:
    """A batch: input and truth (n, 3, p, p) in 0..1, prior (n, P)."""

    input: torch.Tensor
    truth: torch.Tensor
    prior: torch.Tensor


class Pool:
    """Keeps `config.pool` pairs of side x side pixels with their severities, changes and priors, the router's or the true ones.

    photos: those of another pool, to hold them in memory once.
    """

    def __init__(self, config: Config, device: torch.device, router: Router | None = None, photos: list[np.ndarray] | None = None):
        self.config, self.device, self.router = config, device, router
        self.photos = photos or data.photographs(config.data, "train")
        self.surfaces = data.surfaces(self.photos, config.side)
        pairs = data.pairs(config.data)
        self.pairs = {n: [p for p in pairs if p.degradation == n] for n in NAMES}
        self.textures = data.textures(config.data, device)
        shape = (config.pool, 3, config.side, config.side)
        self.truth = torch.empty(shape, dtype=torch.uint8, device=device)
        self.input = torch.empty_like(self.truth)
        self.severity = torch.zeros(config.pool, len(NAMES), device=device)
        self.change = torch.zeros(config.pool, len(NAMES), *2 * [config.side // CELL], dtype=torch.float16, device=device)
        self.prior = torch.zeros(config.pool, PRIOR, device=device)
        self.scores = torch.zeros(config.pool, len(NAMES), device=device)
        self.oldest = 0
        for start in range(0, config.pool, 16):
            self.renew(min(16, config.pool - start))

    def _pair(self, kinds: list[str]) -> data.Pair | None:
        """Now and then a real pair in place of one synthetic degradation; rare sets stay rare, whatever their size."""
        candidates = self.pairs[kinds[0]] if len(kinds) == 1 else []
        return random.choice(candidates) if candidates and random.random() < self.config.real else None

    def _photo(self) -> np.ndarray:
        return random.choice(self.surfaces if self.surfaces and random.random() < SURFACE else self.photos)

    @torch.no_grad()
    def renew(self, count: int) -> None:
        """Replaces the `count` oldest images."""
        rows = [(self.oldest + i) % self.config.pool for i in range(count)]
        self.oldest = (self.oldest + count) % self.config.pool
        kinds = [draw_kinds(self.config.clean, self.config.mixed, self.config.weights) for _ in rows]
        pairs = [self._pair(k) for k in kinds]
        side = self.config.side
        crops = [data.crop((p.truth, p.input), side, smallest=0.6) if p else data.crop((self._photo(),), side) for p in pairs]
        clean = data.to_tensor([c[0] for c in crops]).to(self.device).float() / 255
        photographed = [i for i, p in enumerate(pairs) if not p]
        dusk = [i for i in photographed if "lowlight" not in kinds[i] and random.random() < DUSK]
        faded = [i for i in photographed if random.random() < FADED]
        clean[photographed] = tone(clean[photographed])
        clean[faded] = fade(clean[faded])
        clean[dusk] = dim(clean[dusk])
        clean = (clean * 255).round() / 255
        degraded, harm, changes = degrade(clean, [[] if p else k for p, k in zip(pairs, kinds, strict=True)], self.textures, self.config.wide)
        for i, pair in enumerate(pairs):
            if pair:
                degraded[i] = data.to_tensor(crops[i][1:])[0].to(self.device).float() / 255
                column, both = NAMES.index(pair.degradation), (clean[i : i + 1], degraded[i : i + 1])
                harm[i, column], changes[i, column] = severity(*both)[0], change(*both)[0]
        self.truth[rows], self.input[rows] = ((t * 255).round().byte() for t in (clean, degraded))
        self.severity[rows], self.change[rows] = harm, changes.half()
        whole, local = views(degraded, self.config.view)
        if self.router:
            with torch.autocast(self.device.type, torch.bfloat16):
                embedding, self.prior[rows] = (t.float() for t in self.router(whole, local))
            self.scores[rows] = self.router.score(embedding)
        else:  # the truth, as uncertain as a router would be
            guess = (present(harm) - 0.2 * torch.rand_like(harm)).abs()
            self.prior[rows] = torch.cat([guess, statistics(whole)], 1)

    def batch(self, count: int, patch: int) -> Patches:
        """`count` patches of patch x patch pixels from random images and places, flipped and turned at random."""
        rows = torch.randint(self.config.pool, (count,), device=self.device)
        return self.cut(rows, patch)

    def groups(self, groups: int, count: int, patch: int) -> list[Patches]:
        """`count` patches in all, in groups of one and the same degradations each; with one group, of any."""
        if groups == 1:
            return [self.batch(count, patch)]
        struck = self.severity > 0
        chosen = [(struck == struck[row]).all(1).nonzero()[:, 0] for row in torch.randint(self.config.pool, (groups,)).tolist()]
        return [self.cut(rows[torch.randint(len(rows), (count // groups,))], patch) for rows in chosen]

    def cut(self, rows: torch.Tensor, patch: int) -> Patches:
        """One patch from each of the given rows of the pool."""
        reach = self.config.side - patch + 1
        corners = torch.randint(reach, (2, len(rows)), device=self.device)
        steps = torch.arange(patch, device=self.device)
        y, x = corners[0][:, None] + steps, corners[1][:, None] + steps
        places = (rows[:, None, None], slice(None), y[:, :, None], x[:, None, :])
        # indexing around a slice puts the channels last
        cuts = [t[places].permute(0, 3, 1, 2).float() / 255 for t in (self.input, self.truth)]
        if random.random() < 0.5:
            cuts = [c.flip(3) for c in cuts]
        if turns := random.choice([0, 0, 1, 3]):  # rain and haze have an upright, so most stay as they are
            cuts = [torch.rot90(c, turns, (2, 3)) for c in cuts]
        return Patches(*(c.contiguous() for c in cuts), self.prior[rows])
