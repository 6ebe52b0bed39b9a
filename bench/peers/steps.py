"""Training steps in PyTorch on a few batches in turn."""

import torch


def training_sample(network, batches, loss_of, learning_rate, compile_all=False):
    """A function that does one step by Adam and reads the loss back. compile_all: network and loss in one graph."""
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate, fused=True)
    run = torch.compile(loss_of, dynamic=False) if compile_all else loss_of
    done = 0

    def sample():
        nonlocal done
        batch = batches[done % len(batches)]
        done += 1
        optimiser.zero_grad(set_to_none=True)
        loss = run(batch)
        loss.backward()
        optimiser.step()
        return loss.item()

    return sample
