"""One training step: forward, backward, fused Adam; the loss is read back, as a training loop does."""

import torch

import losses
import models
from steps import training_sample
from weights import load_weights


def batches_of(tensors):
    names = ("items", "targets", "masked")
    present = {name: tensors[name] for name in names if name in tensors}
    return [
        {name: values[index] for name, values in present.items()} for index in range(present["items"].shape[0])
    ]


def recurrent_hidden(network, batch):
    return network(batch["items"]), batch["targets"]


def transformer_hidden(network, batch):
    hidden = network(batch["items"]).flatten(0, 1)
    rows = batch.get("masked")
    return (hidden if rows is None else hidden[rows]), batch["targets"].flatten()


class TrainingWork:
    def __init__(self, settings, tensors):
        self.settings, self.tensors = settings, tensors
        self.is_recurrent = settings["model"] in ("lstm", "gru")
        self.hidden = recurrent_hidden if self.is_recurrent else transformer_hidden
        self.batches = batches_of(tensors)

    def network(self, kind=models.Recurrent):
        settings = self.settings
        if self.is_recurrent:
            sizes = settings["vocabulary"], settings["width"], settings["dropout"]
            network = kind(settings["model"], *sizes)
        else:
            network = models.Transformer(settings)
        load_weights(network, settings, self.tensors)
        return network.train()

    def eager_loss(self):
        # Of the masked positions only those that are there: public code picks them by a mask.
        return losses.selected_rows if "masked" in self.batches[0] else losses.full_logits

    def step(self, network, loss_function, compiled=None, compile_all=False):
        """compiled: the compiled network, if any; compile_all: network and loss in one graph."""
        table, hidden = network.table, self.hidden
        forward = network if compiled is None else compiled

        def loss_of(batch):
            rows, targets = hidden(forward, batch)
            return loss_function(rows, table, targets)

        return training_sample(network, self.batches, loss_of, self.settings["learningRate"], compile_all)

    def ways(self, variant):
        """Ways to do the work: {name: function that makes a sample}; each starts from the same weights."""
        if variant == "pytorch":
            return {"eager": lambda: self.step(self.network(), self.eager_loss())}
        return self.recurrent_ways() if self.is_recurrent else self.transformer_ways()

    def check_ways(self, variant):
        """Those whose numbers are ours: PyTorch's GRU has its reset gate elsewhere, so ours is checked by a GRU of its kind."""
        if self.settings["model"] != "gru":
            return self.ways(variant)
        own = {"GRU with our reset gate": lambda: self.step(self.network(models.ResetBeforeGru), losses.full_logits)}
        return own if variant == "pytorch" else {}

    def recurrent_ways(self):
        full = losses.full_logits

        def of(kind, compile_all=False):
            return lambda: self.step(self.network(kind), full, compile_all=compile_all)

        def compiled(kind):
            def make():
                network = self.network(kind)
                return self.step(network, full, compiled=torch.compile(network, dynamic=False))

            return make

        return {
            "eager": of(models.Recurrent),
            "eager, time first": of(models.TimeFirstRecurrent),
            "compile": of(models.TimeFirstRecurrent, compile_all=True),
            "compile, steps unrolled": compiled(models.UnrolledRecurrent),
        }

    def transformer_ways(self):
        shared = {}

        def trunk():
            # One compilation serves all losses.
            if not shared:
                shared["network"] = self.network()
                shared["compiled"] = torch.compile(shared["network"], dynamic=False)
            load_weights(shared["network"], self.settings, self.tensors)
            return shared["network"], shared["compiled"]

        def eager(loss):
            return lambda: self.step(self.network(), loss)

        def on_compiled_trunk(loss):
            def make():
                network, compiled = trunk()
                return self.step(network, loss, compiled)

            return make

        return {
            "eager, full logits": eager(losses.full_logits),
            "eager, rows that count": eager(losses.selected_rows),
            "eager, chunks of 512 rows": eager(losses.chunked(512)),
            "compile, full logits": lambda: self.step(self.network(), losses.full_logits, compile_all=True),
            "compile, rows that count": on_compiled_trunk(losses.selected_rows),
            "compile, chunks of 128 rows": on_compiled_trunk(losses.chunked(128)),
            "compile, chunks of 512 rows": on_compiled_trunk(losses.chunked(512)),
            "compile, chunks of 2048 rows": on_compiled_trunk(losses.chunked(2048)),
            "compile, compiled chunks of 640 rows": on_compiled_trunk(losses.chunked_by_compiler(640)),
        }

    def values(self, sample):
        """Losses of eight steps on the batches in turn: equal only if gradients and optimiser are."""
        return [sample() for _ in range(8)]
