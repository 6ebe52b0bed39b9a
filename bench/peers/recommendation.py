"""Implicit factors by the library implicit, and neighbours of items by SciPy, from the pairs that our side wrote."""

import implicit
import numpy as np
import scipy.sparse as sparse
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender


class AlsWork:
    versions = {"implicit": implicit.__version__}

    def __init__(self, settings, arrays, threads):
        self.settings, self.threads = settings, threads
        self.used = used_items(arrays)
        # The library's value of a pair is the confidence itself.
        self.confidence = (self.used * (1 + settings["alpha"])).astype(np.float32).tocsr()

    def ways(self, _variant):
        return {"conjugate gradients": lambda: self.fit}

    def fit(self):
        model = AlternatingLeastSquares(
            factors=self.settings["factors"],
            regularization=self.settings["l2"],
            alpha=1.0,
            iterations=self.settings["iterations"],
            use_cg=True,
            num_threads=self.threads,
            random_state=1,
        )
        model.fit(self.confidence, show_progress=False)
        return model

    def values(self, sample):
        """What is minimised, by user and item."""
        model = sample()
        x, y = model.user_factors.astype(np.float64), model.item_factors.astype(np.float64)
        rows, columns = self.used.nonzero()
        products = (x[rows] * y[columns]).sum(axis=1)
        loss = ((x.T @ x) * (y.T @ y)).sum()
        loss += ((1 + self.settings["alpha"]) * (1 - products) ** 2 - products**2).sum()
        loss += self.settings["l2"] * ((x**2).sum() + (y**2).sum())
        return [float(loss / self.used.shape[0] / self.used.shape[1])]


class ItemKnnWork:
    versions = {"implicit": implicit.__version__}

    def __init__(self, settings, arrays, threads):
        self.neighbors, self.threads = settings["neighbors"], threads
        self.used = used_items(arrays)

    def ways(self, variant):
        if variant == "implicit":
            return {"CosineRecommender": lambda: self.by_implicit}
        return {"sparse product": lambda: lambda: self.by_product(512), "sparse product, all at once": lambda: lambda: self.by_product(None)}

    def unit_items(self):
        items = self.used.T.tocsr().astype(np.float64)
        lengths = np.sqrt(items.multiply(items).sum(axis=1)).A1
        return sparse.diags(1 / lengths) @ items

    def by_product(self, chunk):
        """The best of each row of the product of unit rows, the diagonal left out."""
        unit = self.unit_items().tocsr()
        columns = unit.T.tocsr()
        count = unit.shape[0]
        chunk = chunk or count
        best = np.zeros((count, self.neighbors))
        for start in range(0, count, chunk):
            block = (unit[start : start + chunk] @ columns).toarray()
            rows = np.arange(block.shape[0])
            block[rows, start + rows] = 0
            place = np.argpartition(block, -self.neighbors, axis=1)[:, -self.neighbors :]
            found = np.take_along_axis(block, place, axis=1)
            order = np.argsort(-found, axis=1)
            best[start : start + chunk] = np.take_along_axis(found, order, axis=1)
        return best

    def by_implicit(self):
        model = CosineRecommender(K=self.neighbors + 1, num_threads=self.threads)
        model.fit(self.used.astype(np.float64), show_progress=False)
        return model.similarity

    def values(self, sample):
        """The sum of the similarities that are kept, item by item."""
        found = sample()
        if sparse.issparse(found):
            # An item is the nearest of itself, at 1.
            return [float(value) for value in np.asarray(found.sum(axis=1)).ravel() - 1]
        return [float(value) for value in found.sum(axis=1)]


def used_items(arrays):
    users, items = arrays["users"], arrays["items"]
    return sparse.csr_matrix((np.ones(len(users), dtype=np.float32), (users, items)))
