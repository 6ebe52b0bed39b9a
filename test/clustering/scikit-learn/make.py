"""Computes with scikit-learn and SciPy what the tests of lib/clustering compare with: `python make.py > clusters-golden.json`.

Written with scikit-learn 1.9.1, SciPy 1.17 and NumPy 2.4. Points are rounded so that both sides hold the same 32-bit numbers.
"""

import json
import warnings

import numpy as np
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, MiniBatchKMeans, SpectralClustering
from sklearn.datasets import load_iris, make_moons
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import kneighbors_graph

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)


def blobs():
    """Five groups of 32 points in 4 columns, of different widths; the last column hardly varies."""
    centres = rng.normal(scale=3, size=(5, 4))
    widths = np.array([0.3, 0.5, 0.8, 1.0, 1.4])
    points = np.repeat(centres, 32, axis=0) + np.repeat(widths, 32)[:, None] * rng.normal(size=(160, 4))
    points[:, 3] *= 0.1
    return points[rng.permutation(160)]


points = {
    "moons": make_moons(120, noise=0.06, random_state=0)[0].round(3),
    "blobs": blobs().round(3),
    "iris": load_iris().data,
}
points = {name: values.astype(np.float32).astype(np.float64) for name, values in points.items()}


def dbscan(data, eps, min_points):
    model = DBSCAN(eps=eps, min_samples=min_points).fit(points[data])
    core = np.zeros(len(points[data]), int)
    core[model.core_sample_indices_] = 1
    return {"data": data, "eps": eps, "minPoints": min_points, "labels": model.labels_.tolist(), "core": core.tolist()}


def hdbscan(data, size, samples):
    model = HDBSCAN(min_cluster_size=size, min_samples=samples, algorithm="brute", copy=True).fit(points[data])
    return {
        "data": data,
        "minClusterSize": size,
        "minPoints": samples,
        "labels": model.labels_.tolist(),
        "strengths": model.probabilities_.round(9).tolist(),
    }


def hierarchical(data, method):
    cut = {k: AgglomerativeClustering(k, linkage=method).fit(points[data]).labels_.tolist() for k in (2, 5, 9)}
    merges = linkage(points[data], method)
    return {
        "data": data,
        "method": method,
        "left": merges[:, 0].astype(int).tolist(),
        "right": merges[:, 1].astype(int).tolist(),
        "heights": merges[:, 2].round(10).tolist(),
        "cut": cut,
    }


def mixture(data, k, kind):
    """EM from the moments of the groups point % k, the same start for both sides."""
    x = points[data]
    start = np.arange(len(x)) % k
    weights = np.array([(start == c).mean() for c in range(k)])
    means = np.array([x[start == c].mean(0) for c in range(k)])
    covariances = [np.cov(x[start == c].T, bias=True) + 1e-6 * np.eye(x.shape[1]) for c in range(k)]
    if kind == "full":
        precisions = np.array([np.linalg.inv(c) for c in covariances])
    else:
        precisions = np.array([1 / np.diag(c) for c in covariances])
    model = GaussianMixture(
        k, covariance_type="full" if kind == "full" else "diag", tol=1e-9, max_iter=500,
        weights_init=weights, means_init=means, precisions_init=precisions,
    ).fit(x)  # fmt: skip
    return {
        "data": data,
        "k": k,
        "covariance": kind,
        "labels": model.predict(x).tolist(),
        "weights": model.weights_.tolist(),
        "means": model.means_.ravel().tolist(),
        "covariances": model.covariances_.ravel().tolist(),
        "meanLogLikelihood": model.score(x),
        "bic": model.bic(x),
        "aic": model.aic(x),
    }


def spectral(data, k, neighbours):
    x = points[data]
    graph = kneighbors_graph(x, neighbours, include_self=True).toarray()
    graph = (graph + graph.T) / 2
    np.fill_diagonal(graph, 0)
    degree = graph.sum(1)
    values = np.linalg.eigvalsh(graph / np.sqrt(np.outer(degree, degree)))[::-1]
    model = SpectralClustering(k, affinity="nearest_neighbors", n_neighbors=neighbours, random_state=0).fit(x)
    return {
        "data": data,
        "k": k,
        "neighbors": neighbours,
        "eigenvalues": (1 - values[:k]).tolist(),
        "labels": model.labels_.tolist(),
    }


def minibatch(data, k, size):
    x = points[data]
    model = MiniBatchKMeans(k, init=x[:k], n_init=1, reassignment_ratio=0)
    for start in range(0, len(x), size):
        model.partial_fit(x[start : start + size])
    return {"data": data, "k": k, "batchSize": size, "centroids": model.cluster_centers_.ravel().tolist()}


print(
    json.dumps(
        {
            "points": {name: points[name].astype(float).round(3).tolist() for name in ("moons", "blobs")},
            "dbscan": [dbscan("moons", 0.2, 5), dbscan("blobs", 1.0, 4), dbscan("iris", 0.5, 5)],
            "hdbscan": [hdbscan("moons", 5, 5), hdbscan("blobs", 10, 5), hdbscan("blobs", 6, 3), hdbscan("iris", 8, 4)],
            "hierarchical": [hierarchical("blobs", method) for method in ("ward", "average", "complete", "single")],
            "mixture": [mixture("blobs", 5, "full"), mixture("blobs", 5, "diagonal"), mixture("iris", 3, "full")],
            "spectral": [spectral("moons", 2, 10), spectral("blobs", 5, 12), spectral("iris", 3, 10)],
            "minibatch": [minibatch("blobs", 5, 40), minibatch("iris", 3, 25)],
        },
        separators=(",", ":"),
    )
)
