"""Frequent itemsets by mlxtend's FP-growth, from a table of true and false, one row a basket: making the table is not timed."""

import gzip

import mlxtend
import pandas as pd
from mlxtend.frequent_patterns import fpgrowth
from mlxtend.preprocessing import TransactionEncoder


class ItemsetsWork:
    versions = {"mlxtend": mlxtend.__version__, "pandas": pd.__version__}

    def __init__(self, settings, files):
        self.min_support = settings["minSupport"]
        with gzip.open(files["baskets"], "rt", encoding="utf8") as file:
            baskets = [[name.strip() for name in line.split(",") if name.strip()] for line in file]
        baskets = [basket for basket in baskets if basket]
        encoder = TransactionEncoder()
        self.baskets = len(baskets)
        self.dense = pd.DataFrame(encoder.fit(baskets).transform(baskets), columns=encoder.columns_)
        sparse = encoder.transform(baskets, sparse=True).astype(bool)
        self.sparse = pd.DataFrame.sparse.from_spmatrix(sparse, columns=encoder.columns_)

    def ways(self, _variant):
        def way(table, use_colnames):
            return lambda: lambda: fpgrowth(table, self.min_support, use_colnames=use_colnames)

        return {
            "names": way(self.dense, True),
            "numbers of columns": way(self.dense, False),
            "names, sparse table": way(self.sparse, True),
        }

    def values(self, sample):
        """What our side computes, reduced in the same way."""
        counts = (sample()["support"] * self.baskets).round().astype(int)
        return [len(counts), *sorted(counts.tolist(), reverse=True)]
