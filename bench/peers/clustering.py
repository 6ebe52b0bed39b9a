"""scikit-learn's clustering algorithms and measures, from points to a result."""

from collections import Counter

import numpy as np
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, MiniBatchKMeans, SpectralClustering
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score


class ClusteringWork:
    def __init__(self, settings, arrays):
        self.settings, self.points, self.groups = settings, arrays["points"], arrays["groups"]

    def ways(self, _variant):
        name = self.settings["algorithm"]
        return {name: lambda: getattr(self, name.replace("-", "_"))}

    def values(self, sample):
        """What our side computes, reduced in the same way."""
        return [float(value) for value in sample()]

    def kmeans_minibatch(self):
        k = self.settings["k"]
        # One pass: N / batch size steps.
        model = MiniBatchKMeans(
            k, init=self.points[:k], n_init=1, batch_size=self.settings["batchSize"], max_iter=1,
            max_no_improvement=None, tol=0, random_state=0,
        ).fit(self.points)  # fmt: skip
        return [model.inertia_]

    def dbscan(self):
        model = DBSCAN(eps=self.settings["eps"], min_samples=self.settings["minPoints"], n_jobs=2).fit(self.points)
        return [len(model.core_sample_indices_), *sizes(model.labels_)]

    def hdbscan(self):
        model = HDBSCAN(min_cluster_size=self.settings["minClusterSize"], copy=True, n_jobs=2).fit(self.points)
        return [*sizes(model.labels_), model.probabilities_.sum()]

    def ward(self):
        model = AgglomerativeClustering(self.settings["k"], linkage="ward", compute_distances=True).fit(self.points)
        return [model.distances_[-1], *sizes(model.labels_)]

    def spectral(self):
        model = SpectralClustering(
            self.settings["k"], affinity="nearest_neighbors", n_neighbors=self.settings["neighbors"] + 1,
            random_state=0, n_jobs=2,
        ).fit(self.points)  # fmt: skip
        return sizes(model.labels_)

    def pca(self):
        model = PCA(self.settings["components"], svd_solver="covariance_eigh")
        projected = model.fit_transform(self.points)
        return [*model.explained_variance_ratio_, np.abs(projected[0, 0])]

    def silhouette(self):
        return [silhouette_score(self.points, self.groups)]


def sizes(labels):
    """Noise first, then the sizes of the clusters, largest first."""
    count = Counter(labels.tolist())
    noise = count.pop(-1, 0)
    return [noise, *sorted(count.values(), reverse=True)]
