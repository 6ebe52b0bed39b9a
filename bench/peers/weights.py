"""Puts our side's weights into the peers' networks."""

import torch


def load_weights(network, settings, tensors):
    weights = {
        name.removeprefix("weight."): value for name, value in tensors.items() if name.startswith("weight.")
    }
    model = settings["model"]
    theirs = recurrent(model, weights, settings["width"]) if model in ("lstm", "gru") else transformer(weights)
    network.load_state_dict(theirs)
    if model in ("lstm", "gru"):
        # PyTorch has two biases where ours has one. Learning both moves their sum twice as fast: not while checking.
        network.rnn.bias_hh_l0.requires_grad_(settings["dropout"] > 0)


def recurrent(model, weights, width):
    if model == "lstm":
        # Ours: rows input then state, columns input gate, candidate, forget gate, output gate.
        kernel, bias = (reorder(weights[f"layer.{name}"]) for name in ("kernel", "bias"))
    else:
        # Ours: reset gate and update gate, then the candidate: PyTorch's order.
        kernel = torch.cat([weights["layer.gateKernel"], weights["layer.candidateKernel"]], 1)
        bias = torch.cat([weights["layer.gateBias"], weights["layer.candidateBias"]])
    return {
        "embedding.weight": weights["items"],
        "rnn.weight_ih_l0": kernel[:width].T,
        "rnn.weight_hh_l0": kernel[width:].T,
        "rnn.bias_ih_l0": bias,
        "rnn.bias_hh_l0": torch.zeros_like(bias),
        "table": weights["output"],
    }


def reorder(gates):
    i, c, f, o = gates.chunk(4, -1)
    return torch.cat([i, f, c, o], -1)


def transformer(weights):
    theirs = {
        "embedding.weight": weights["items"],
        "position": weights["positions.table"],
        **norm("norm", weights, "norm"),
    }
    block = 0
    while f"blocks.{block}.expand.kernel" in weights:
        at = f"blocks.{block}."
        theirs |= linear(at + "qkv", weights, at + "attention.queryKeyValue")
        theirs |= linear(at + "out", weights, at + "attention.output")
        theirs |= linear(at + "inner", weights, at + "expand")
        theirs |= linear(at + "outer", weights, at + "contract")
        theirs |= norm(at + "norm1", weights, at + "attentionNorm")
        theirs |= norm(at + "norm2", weights, at + "feedForwardNorm")
        block += 1
    return theirs


def linear(name, weights, path):
    return {f"{name}.weight": weights[f"{path}.kernel"].T, f"{name}.bias": weights[f"{path}.bias"]}


def norm(name, weights, path):
    return {f"{name}.weight": weights[f"{path}.scale"], f"{name}.bias": weights[f"{path}.shift"]}
