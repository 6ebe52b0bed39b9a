"""All users against all items: seen items out, the rank of one target each, and HR, NDCG and MRR with their intervals."""

import resource
import sys

import numpy as np

CUTOFFS = (5, 10, 20)
Z = 1.959963984540054


class RankingMetricsWork:
    """Ranks in PyTorch or NumPy, in the ways that were thought of; the metrics, which take no time, in NumPy."""

    def __init__(self, settings, arrays, variant):
        self.gives_figure = settings["figure"] == "memory"
        self.users, self.items, self.targets = arrays["users"], arrays["items"], arrays["targets"]
        self.seen_user, self.seen_item = arrays["seenUser"], arrays["seenItem"]
        self.variant = variant

    def ways(self, variant):
        return self.numpy_ways() if variant == "numpy" else self.torch_ways(variant)

    def check_ways(self, variant):
        """Every way of ranking once; the size of a batch changes nothing."""
        if variant == "numpy":
            return {"numpy": lambda: self.sample(self.by_numpy(256))}
        return {name: (lambda rank=rank: self.sample(self.by_torch(256, rank))) for name, rank in self.torch_ranks().items()}

    def torch_ways(self, variant):
        ranks = self.torch_ranks()
        if variant == "pytorch":
            return {"count, batches of 1024": lambda: self.sample(self.by_torch(1024, ranks["count"]))}
        if self.gives_figure:
            return {"count, batches of 64": lambda: self.sample(self.by_torch(64, ranks["count"]))}
        ways = {}
        for batch in (64, 128, 256, 512, 1024):
            for name in ("count", "count in a kept buffer", "count_nonzero"):
                ways[f"{name}, batches of {batch}"] = lambda batch=batch, name=name: self.sample(self.by_torch(batch, ranks[name]))
        for batch in (128, 512):
            ways[f"count, compiled, batches of {batch}"] = lambda batch=batch: self.sample(self.by_torch(batch, self.compiled()))
        # Places by an order of all items, as libraries do that return lists; and by the best items where the target is among them.
        ways["sort, batches of 256"] = lambda: self.sample(self.by_torch(256, ranks["sort"]))
        ways["best 20, then count, batches of 256"] = lambda: self.sample(self.by_torch(256, ranks["best 20, then count"]))
        return ways

    def numpy_ways(self):
        batches = (64,) if self.gives_figure else (64, 128, 256, 512, 1024)
        return {f"count, batches of {batch}": lambda batch=batch: self.sample(self.by_numpy(batch)) for batch in batches}

    def torch_ranks(self):
        """How the ranks of a batch come from its scores: {name: function(users, targets, rows and items seen, state)}."""
        import torch

        def masked(users, rows, seen, out=None):
            scores = torch.mm(users, self.items.T, out=out)
            scores[:, 0] = -torch.inf
            scores[rows, seen] = -torch.inf
            return scores

        def count(users, targets, rows, seen, _state):
            scores = masked(users, rows, seen)
            return (scores > scores.gather(1, targets[:, None])).sum(1) + 1

        def in_buffer(users, targets, rows, seen, state):
            length = len(users)
            if "scores" not in state:
                state["scores"] = torch.empty(length, len(self.items))
                state["above"] = torch.empty(length, len(self.items), dtype=torch.bool)
            scores = masked(users, rows, seen, out=state["scores"][:length])
            above = torch.gt(scores, scores.gather(1, targets[:, None]), out=state["above"][:length])
            return above.sum(1) + 1

        def nonzero(users, targets, rows, seen, _state):
            scores = masked(users, rows, seen)
            return torch.count_nonzero(scores > scores.gather(1, targets[:, None]), dim=1) + 1

        def sort(users, targets, rows, seen, _state):
            order = masked(users, rows, seen).argsort(dim=1, descending=True, stable=True)
            return (order == targets[:, None]).to(torch.uint8).argmax(1) + 1

        def best_first(users, targets, rows, seen, _state):
            scores = masked(users, rows, seen)
            hits = scores.topk(20, 1).indices == targets[:, None]
            places = hits.to(torch.uint8).argmax(1) + 1
            rest = (~hits.any(1)).nonzero()[:, 0]
            left = scores[rest]
            places[rest] = (left > left.gather(1, targets[rest, None])).sum(1) + 1
            return places

        return {"count": count, "count in a kept buffer": in_buffer, "count_nonzero": nonzero, "sort": sort, "best 20, then count": best_first}

    def compiled(self):
        import torch

        above = torch.compile(lambda scores, target: (scores > target).sum(1) + 1, dynamic=False)

        def rank(users, targets, rows, seen, _state):
            scores = users @ self.items.T
            scores[:, 0] = -torch.inf
            scores[rows, seen] = -torch.inf
            return above(scores, scores.gather(1, targets[:, None]))

        return rank

    def by_torch(self, batch, rank):
        import torch

        starts = torch.searchsorted(self.seen_user, torch.arange(0, len(self.users) + batch, batch))
        state = {}

        def ranks():
            found = []
            with torch.inference_mode():
                for number, start in enumerate(range(0, len(self.users), batch)):
                    seen = slice(starts[number], starts[number + 1])
                    rows, own = self.seen_user[seen] - start, self.seen_item[seen]
                    found.append(rank(self.users[start : start + batch], self.targets[start : start + batch], rows, own, state))
                return torch.cat(found).numpy()

        return ranks

    def by_numpy(self, batch):
        arrays = [np.asarray(own) for own in (self.users, self.items, self.targets, self.seen_user, self.seen_item)]
        users, items, targets, seen_user, seen_item = arrays
        starts = np.searchsorted(seen_user, np.arange(0, len(users) + batch, batch))
        kept = np.empty((batch, len(items)), dtype=np.float32)

        def ranks():
            found = np.empty(len(users), dtype=np.int64)
            for number, start in enumerate(range(0, len(users), batch)):
                own = users[start : start + batch]
                scores = np.matmul(own, items.T, out=kept[: len(own)])
                seen = slice(starts[number], starts[number + 1])
                scores[:, 0] = -np.inf
                scores[seen_user[seen] - start, seen_item[seen]] = -np.inf
                target = np.take_along_axis(scores, targets[start : start + batch, None], 1)
                found[start : start + batch] = np.count_nonzero(scores > target, axis=1) + 1
            return found

        return ranks

    def sample(self, ranks):
        def once():
            values = metrics(ranks())
            return peak_megabytes() if self.gives_figure else values

        once.metrics = lambda: metrics(ranks())
        return once

    def values(self, sample):
        return sample.metrics()


def metrics(ranks):
    """Value, low, high of HR (Wilson's) and NDCG at each cutoff and of MRR, in the order of our side."""
    found = []
    for k in CUTOFFS:
        share, cases = float((ranks <= k).mean()), len(ranks)
        middle = (share + Z * Z / (2 * cases)) / (1 + Z * Z / cases)
        half = Z * (share * (1 - share) / cases + Z * Z / (4 * cases * cases)) ** 0.5 / (1 + Z * Z / cases)
        found += [share, max(0.0, middle - half), min(1.0, middle + half)]
    discounts = 1 / np.log2(ranks + 1)
    for gains in [np.where(ranks <= k, discounts, 0) for k in CUTOFFS] + [1 / ranks]:
        mean, half = gains.mean(), Z * gains.std(ddof=1) / len(gains) ** 0.5
        found += [float(mean), max(0.0, float(mean - half)), min(1.0, float(mean + half))]
    return found


def peak_megabytes():
    """The most memory that this process has held, the libraries included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
