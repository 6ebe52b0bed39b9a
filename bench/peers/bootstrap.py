"""NumPy's bootstrap: resampled means of users' differences, and the BCa interval of them."""

from concurrent.futures import ThreadPoolExecutor
from statistics import NormalDist

import numpy as np

# Users drawn at once: few enough to stay in a core's cache, many resamples, and all of both in between.
CHUNKS = (1, 10, 100)


class BootstrapWork:
    def __init__(self, settings, arrays, threads):
        self.resamples, self.threads = settings["resamples"], threads
        self.values_of_users = arrays["values"].astype(np.float64)

    def ways(self, _variant):
        """Every way that was thought of; `fastest` times each and keeps the best."""
        found = {}
        for chunk in CHUNKS:
            found[f"integers and take, chunks of {chunk}"] = lambda chunk=chunk: lambda: self.interval(self.by_take(chunk))
        found["choice, chunks of 10"] = lambda: lambda: self.interval(self.by_choice(10))
        return found

    def by_take(self, chunk):
        values, users = self.values_of_users, len(self.values_of_users)

        def part(seed, count):
            rng = np.random.Generator(np.random.SFC64(seed))
            means, drawn = np.empty(count), np.empty((chunk, users))
            for start in range(0, count, chunk):
                rows = min(chunk, count - start)
                np.take(values, rng.integers(0, users, size=(rows, users)), out=drawn[:rows], mode="wrap")
                means[start : start + rows] = drawn[:rows].mean(axis=1)
            return means

        return self.in_threads(part)

    def by_choice(self, chunk):
        values, users = self.values_of_users, len(self.values_of_users)

        def part(seed, count):
            rng = np.random.Generator(np.random.SFC64(seed))
            rows = [rng.choice(values, size=(min(chunk, count - start), users)).mean(axis=1) for start in range(0, count, chunk)]
            return np.concatenate(rows)

        return self.in_threads(part)

    def in_threads(self, part):
        """NumPy draws and gathers without the interpreter's lock: as many threads as the program has."""
        if self.threads == 1:
            return part(1, self.resamples)
        counts = [len(share) for share in np.array_split(np.arange(self.resamples), self.threads)]
        with ThreadPoolExecutor(self.threads) as pool:
            return np.concatenate(list(pool.map(part, range(self.threads), counts)))

    def interval(self, means):
        values, normal = self.values_of_users, NormalDist()
        mean = values.mean()
        away = values - mean
        acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
        bias = normal.inv_cdf(((means < mean).sum() + (means <= mean).sum()) / (2 * len(means)))
        shares = []
        for tail in (0.025, 0.975):
            moved = bias + normal.inv_cdf(tail)
            shares.append(normal.cdf(bias + moved / (1 - acceleration * moved)))
        low, high = np.quantile(means, shares)
        return mean, low, high, means.std(ddof=1)

    def values(self, sample):
        """What our side computes, reduced in the same way."""
        mean, low, high, error = sample()
        return [float(v) for v in (mean, (low - mean) / error, (high - mean) / error, error * len(self.values_of_users) ** 0.5)]
