"""All users against all items: seen items out, the best twenty, and the rank of one target each."""

import torch

TOP = 20


class RankingWork:
    def __init__(self, settings, tensors):
        self.users, self.items = tensors["users"], tensors["items"]
        self.targets = tensors["targets"]
        self.seen_user, self.seen_item = tensors["seenUser"], tensors["seenItem"]

    def ways(self, variant):
        if variant == "pytorch":
            return {"eager, batches of 1024": lambda: self.ranking(1024, rank_and_top)}
        compiled = torch.compile(rank_and_top, dynamic=False)
        ways = {}
        for batch in (64, 128, 256, 512, 1024):
            ways[f"eager, batches of {batch}"] = lambda batch=batch: self.ranking(batch, rank_and_top)
        for batch in (128, 512):
            ways[f"compile, batches of {batch}"] = lambda batch=batch: self.ranking(batch, compiled)
        return ways

    def ranking(self, batch, rank_and_top):
        users = self.users.shape[0]
        # seenUser is sorted: the seen items of a batch lie side by side.
        starts = torch.searchsorted(self.seen_user, torch.arange(0, users + batch, batch)).tolist()

        def sample():
            ranks, tops = [], []
            with torch.inference_mode():
                for number, start in enumerate(range(0, users, batch)):
                    seen = slice(starts[number], starts[number + 1])
                    rows, columns = self.seen_user[seen] - start, self.seen_item[seen]
                    scores = self.users[start : start + batch] @ self.items.T
                    target = scores.gather(1, self.targets[start : start + batch, None])
                    scores[:, 0] = -torch.inf
                    scores[rows, columns] = -torch.inf
                    rank, top = rank_and_top(scores, target)
                    ranks.append(rank)
                    tops.append(top)
            # Where ours has them too.
            return torch.cat(ranks).cpu(), torch.cat(tops).cpu()

        return sample

    def values(self, sample):
        """Mean rank, mean reciprocal rank, and the lists of the first five users."""
        ranks, tops = sample()
        return [ranks.double().mean().item(), (1.0 / ranks.double()).mean().item()] + tops[:5].flatten().tolist()


def rank_and_top(scores, target):
    """Ties are not counted, which saves the peer a pass that our side makes."""
    return (scores > target).sum(1) + 1, scores.topk(TOP, 1).indices
