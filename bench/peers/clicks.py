"""Models of clicks in PyTorch, as public code writes them: one table for all fields of codes, a network over all vectors."""

import copy

import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
from torch import nn

from steps import training_sample


class ClickNetwork(nn.Module):
    """A bias and a weight of each value; pairs of fields for 'fm' and 'deepfm'; a network for 'wide-and-deep' and 'deepfm'."""

    def __init__(self, name, sizes, numbers, lists, settings):
        super().__init__()
        self.codes, self.numbers, self.lists = list(sizes), numbers, lists
        offsets = torch.tensor([0, *sizes.values()]).cumsum(0)
        self.register_buffer("offsets", offsets[:-1])
        width = settings["width"]
        self.table, self.weight = nn.Embedding(int(offsets[-1]), width), nn.Embedding(int(offsets[-1]), 1)
        self.number_vectors, self.number_weights = nn.Parameter(torch.empty(len(numbers), width)), nn.Parameter(torch.empty(len(numbers), 1))
        self.bias = nn.Parameter(torch.empty(1))
        self.has_pairs, has_network = name in ("fm", "deepfm"), name in ("wide-and-deep", "deepfm")
        self.network = None
        if has_network:
            widths = [width * (len(sizes) + len(numbers)), *map(int, settings["hidden"].split())]
            layers = []
            for before, after in zip(widths, widths[1:]):
                layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(settings["dropout"])]
            self.network = nn.Sequential(*layers, nn.Linear(widths[-1], 1))

    def prepare(self, rows):
        """Fields side by side, once for all steps: codes as places in the one table, and what lists are summed up by."""
        offsets = {name: self.offsets[place] for place, name in enumerate(self.codes)}
        single = [name for name in self.codes if name not in self.lists]
        batch = {"labels": rows["labels"], "codes": torch.stack([rows[name] + offsets[name] for name in single], 1)}
        if self.numbers:
            batch["numbers"] = torch.stack([rows[name] for name in self.numbers], 1).unsqueeze(2)
        for name in self.lists:
            mask = (rows[name] != 0).unsqueeze(2).float()
            batch[name] = rows[name] + offsets[name]
            batch[f"{name} shares"] = mask / mask.sum(1, keepdim=True).clamp(min=1)
        return batch

    def forward(self, batch):
        vectors, weights = [self.table(batch["codes"])], [self.weight(batch["codes"])]
        for name in self.lists:
            vectors.append((self.table(batch[name]) * batch[f"{name} shares"]).sum(1, keepdim=True))
            weights.append((self.weight(batch[name]) * batch[f"{name} shares"]).sum(1, keepdim=True))
        if self.numbers:
            vectors.append(batch["numbers"] * self.number_vectors)
            weights.append(batch["numbers"] * self.number_weights)
        logit = torch.cat(weights, 1).sum(1) + self.bias
        x = torch.cat(vectors, 1)
        if self.has_pairs:
            logit = logit + 0.5 * (x.sum(1).square() - x.square().sum(1)).sum(1, keepdim=True)
        if self.network is not None:
            logit = logit + self.network(x.flatten(1))
        return logit.squeeze(1)

    def load(self, weights, order):
        """Our weights, field by field; the network reads the fields of one code first, then lists, then numbers."""
        with torch.no_grad():
            self.table.weight.copy_(torch.cat([weights[f"vectors.{name}"] for name in self.codes]))
            self.weight.weight.copy_(torch.cat([weights[f"weights.{name}"] for name in self.codes]))
            if self.numbers:
                self.number_vectors.copy_(torch.cat([weights[f"vectors.{name}"] for name in self.numbers]))
                self.number_weights.copy_(torch.cat([weights[f"weights.{name}"] for name in self.numbers]))
            self.bias.copy_(weights["bias"])
            if self.network is not None:
                linear = [layer for layer in self.network if isinstance(layer, nn.Linear)]
                for number, layer in enumerate(linear):
                    name = "output" if layer is linear[-1] else f"hidden.{number}"
                    kernel = weights[f"{name}.kernel"]
                    if number == 0:
                        kernel = self.reordered(kernel, order)
                    layer.weight.copy_(kernel.T)
                    layer.bias.copy_(weights[f"{name}.bias"])
        return self

    def reordered(self, kernel, order):
        mine = [name for name in self.codes if name not in self.lists] + list(self.lists) + list(self.numbers)
        parts = dict(zip(order, kernel.chunk(len(order))))
        return torch.cat([parts[name] for name in mine])


def below(prefix, tensors):
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def network_of(name, settings, weights, rows):
    """Fields in our order; those whose table has a row for each code are codes, those with a second axis are lists."""
    order = [field for field in rows if field != "labels"]
    numbers = [field for field in order if rows[field].is_floating_point()]
    lists = [field for field in order if field not in numbers and rows[field].dim() > 1]
    sizes = {field: weights[f"weights.{field}"].shape[0] for field in order if field not in numbers}
    return ClickNetwork(name, sizes, numbers, lists, settings).load(weights, order)


class ClickStepWork:
    def __init__(self, settings, tensors):
        self.settings, self.weights, rows = settings, below("weight.", tensors), below("rows.", tensors)
        # In the order in which our network reads them.
        fields = [f"category{place}" for place in range(settings["categories"])]
        fields += [f"number{place}" for place in range(settings["numbers"])]
        self.rows = [{name: rows[name][index] for name in [*fields, "labels"]} for index in range(settings["batches"])]

    def ways(self, variant):
        ways = {"eager": lambda: self.step(False)}
        return ways if variant == "pytorch" else {**ways, "compile": lambda: self.step(True)}

    def step(self, is_compiled):
        network = network_of("deepfm", self.settings, self.weights, self.rows[0]).train()
        batches = [network.prepare(rows) for rows in self.rows]

        def loss_of(batch):
            return F.binary_cross_entropy_with_logits(network(batch), batch["labels"])

        return training_sample(network, batches, loss_of, self.settings["learningRate"], is_compiled)

    def values(self, sample):
        return [sample() for _ in range(8)]


class ClickTrainingWork:
    """Whole trainings from our start: Adam, the epoch with the best area on the validation part."""

    def __init__(self, settings, tensors):
        self.settings, self.tensors = settings, tensors
        # In the order in which our network reads them.
        names = [*settings["fields"].split(), "labels"]
        self.parts = {
            part: {name: tensors[f"{part}.{name}"] for name in names} for part in ("training", "validation", "test")
        }

    def ways(self, _variant):
        return {"eager": lambda: self.train_all}

    def train_all(self):
        return [self.train(name) for name in self.settings["models"].split()]

    def train(self, name):
        settings = self.settings
        torch.manual_seed(1)
        network = network_of(name, settings, below(f"weight.{name}.", self.tensors), self.parts["training"])
        parts = {part: network.prepare(rows) for part, rows in self.parts.items()}
        training = parts["training"]
        optimiser = torch.optim.Adam(network.parameters(), lr=settings["learningRate"], fused=True)
        best, best_epoch, kept = -1.0, 0, None
        for epoch in range(settings["maxEpochs"]):
            network.train()
            for rows in torch.randperm(len(training["labels"])).split(settings["batch"]):
                batch = {field: values[rows] for field, values in training.items()}
                optimiser.zero_grad(set_to_none=True)
                F.binary_cross_entropy_with_logits(network(batch), batch["labels"]).backward()
                nn.utils.clip_grad_norm_(network.parameters(), settings["clipNorm"])
                optimiser.step()
            area = area_of(network, parts["validation"])
            if area > best:
                best, best_epoch, kept = area, epoch, copy.deepcopy(network.state_dict())
            elif epoch - best_epoch >= settings["patience"]:
                break
        network.load_state_dict(kept)
        return area_of(network, parts["test"])

    def values(self, sample):
        return sample()


def area_of(network, part):
    network.eval()
    with torch.inference_mode():
        return float(roc_auc_score(part["labels"].numpy(), network(part).numpy()))
