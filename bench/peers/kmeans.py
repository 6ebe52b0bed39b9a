"""scikit-learn's k-means: the whole fit, no tolerance."""

from sklearn.cluster import KMeans


class KmeansWork:
    def __init__(self, settings, arrays):
        self.settings, self.points = settings, arrays["points"]

    def ways(self, _variant):
        return {"KMeans, algorithm lloyd": lambda: self.fit}

    def fit(self):
        k, iterations = self.settings["k"], self.settings["iterations"]
        start = self.points[:k]
        return KMeans(k, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(self.points)

    def values(self, sample):
        """Iterations and inertia."""
        model = sample()
        return [float(model.n_iter_), float(model.inertia_)]
