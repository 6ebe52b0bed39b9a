"""Vectors of many users: the state after each user's last event, without gradients."""

import torch

import models
from weights import load_weights


class EncodingWork:
    def __init__(self, settings, tensors):
        self.settings, self.tensors = settings, tensors
        self.items, self.lengths = tensors["items"], tensors["lengths"]

    def network(self, kind=models.Recurrent):
        settings = self.settings
        if settings["model"] == "lstm":
            network = kind("lstm", settings["vocabulary"], settings["width"], 0.0)
        else:
            network = models.Transformer(settings)
        load_weights(network, settings, self.tensors)
        return network.eval()

    def encode(self, network, items, lengths):
        if self.settings["model"] == "lstm":
            return network(items)
        hidden = network(items)
        return hidden[torch.arange(hidden.shape[0]), lengths - 1]

    def pass_over(self, network, batch, compiled=False):
        """A sample encodes the next tenth of the users."""
        users, width = self.items.shape[0], self.settings["width"]
        tenth = users // 10
        run = torch.compile(self.encode, dynamic=False) if compiled else self.encode
        part = -1

        def sample():
            nonlocal part
            part = (part + 1) % 10
            first = part * tenth
            # On the processor, where ours puts them too: copying waits for a GPU.
            vectors = torch.empty(tenth, width, device="cpu")
            with torch.inference_mode():
                for start in range(0, tenth, batch):
                    size = min(batch, tenth - start)
                    rows = slice(first + start, first + start + size)
                    items, lengths = self.items[rows], self.lengths[rows]
                    if compiled and size < batch:  # one shape only: the last batch is filled up
                        items = torch.cat([items, items[:1].expand(batch - size, -1)])
                        lengths = torch.cat([lengths, lengths[:1].expand(batch - size)])
                    vectors[start : start + size] = run(network, items, lengths)[:size]
            return vectors

        return sample

    def ways(self, variant):
        if variant == "pytorch":
            return {"eager, batches of 128": self.way_of(models.Recurrent, 128)}
        ways = {f"eager, batches of {batch}": self.way_of(models.Recurrent, batch) for batch in (128, 512, 2048)}
        if self.settings["model"] == "lstm":
            ways["eager, time first, batches of 512"] = self.way_of(models.TimeFirstRecurrent, 512)
            ways["compile, steps unrolled, batches of 512"] = self.way_of(models.UnrolledRecurrent, 512, True)
        else:
            ways["compile, batches of 128"] = self.way_of(models.Recurrent, 128, True)
            ways["compile, batches of 512"] = self.way_of(models.Recurrent, 512, True)
        return ways

    def way_of(self, kind, batch, compiled=False):
        return lambda: self.pass_over(self.network(kind), batch, compiled)

    def values(self, sample):
        """The sum of each of the first twenty users' vectors, and the mean size of the first tenth's numbers."""
        vectors = sample()
        return vectors[:20].sum(1).tolist() + [vectors.abs().sum().item() / vectors.numel()]
