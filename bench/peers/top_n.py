"""Every user's best items from given vectors, in order, without those that the user has used."""

import numpy as np


class TopNWork:
    """Without pairs of what was seen nothing is left out but padding."""

    def __init__(self, settings, arrays):
        self.top = settings["top"]
        self.users, self.items = arrays["users"], arrays["items"]
        none = np.empty(0, dtype=np.int64)
        self.seen_user, self.seen_item = arrays.get("seenUser", none), arrays.get("seenItem", none)

    def ways(self, _variant):
        ways = {}
        for batch in (64, 256, 1024):
            ways[f"argpartition, batches of {batch}"] = lambda batch=batch: self.best(batch, self.by_partition)
            ways[f"partition, then a threshold, batches of {batch}"] = lambda batch=batch: self.best(batch, self.by_threshold)
        return ways

    def best(self, batch, select):
        starts = np.searchsorted(self.seen_user, np.arange(0, len(self.users) + batch, batch))
        kept = np.empty((batch, len(self.items)), dtype=np.float32)

        def sample():
            found = np.empty((len(self.users), self.top), dtype=np.int64)
            for number, start in enumerate(range(0, len(self.users), batch)):
                own = self.users[start : start + batch]
                scores = np.matmul(own, self.items.T, out=kept[: len(own)])
                seen = slice(starts[number], starts[number + 1])
                scores[:, 0] = -np.inf
                scores[self.seen_user[seen] - start, self.seen_item[seen]] = -np.inf
                found[start : start + batch] = select(scores)
            return found

        return sample

    def by_partition(self, scores):
        places = np.argpartition(scores, -self.top, axis=1)[:, -self.top :]
        order = np.argsort(-np.take_along_axis(scores, places, 1), axis=1, kind="stable")
        return np.take_along_axis(places, order, 1)

    def by_threshold(self, scores):
        """Values are parted without their places, which is faster where the processor has vector instructions for it."""
        worst = np.partition(scores, -self.top, axis=1)[:, -self.top]
        found = np.empty((len(scores), self.top), dtype=np.int64)
        for row, own in enumerate(scores):
            places = np.flatnonzero(own >= worst[row])
            found[row] = places[np.argsort(-own[places], kind="stable")[: self.top]]
        return found

    def values(self, sample):
        return [float(item) for item in sample().ravel()]


class NearestIndexWork(TopNWork):
    """The exact lists: all of them are found."""

    def values(self, sample):
        sample()
        return [1.0]
