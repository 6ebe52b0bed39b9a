"""scikit-learn's k-means on points from a file; prints one JSON object. Called by bench/kmeans.ts.

usage: kmeans_peer.py POINTS.f32 N D K ITERATIONS ROUNDS THREADS
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

path, (n, d, k, iterations, rounds, threads) = sys.argv[1], map(int, sys.argv[2:])
points = np.fromfile(path, dtype=np.float32).reshape(n, d)
milliseconds = []
with threadpool_limits(threads):
    for _ in range(rounds + 1):  # the first round warms up
        start = time.perf_counter()
        model = KMeans(k, init=points[:k], n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(points)
        milliseconds.append((time.perf_counter() - start) * 1000)
print(
    json.dumps(
        {
            "version": sklearn.__version__,
            "milliseconds": milliseconds[1:],
            "iterations": int(model.n_iter_),
            "inertia": float(model.inertia_),
            "labels": model.labels_.tolist(),
        }
    )
)
