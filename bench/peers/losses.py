"""Softmax cross-entropy over a whole vocabulary: as public implementations write it, and in chunks of rows."""

import torch
import torch.nn.functional as F


def full_logits(hidden, table, targets):
    """All scores at once; target 0 is padding and counts nothing."""
    return F.cross_entropy(hidden @ table.T, targets, ignore_index=0)


def selected_rows(hidden, table, targets):
    """Scores of the rows that count, and of no others."""
    rows = targets.nonzero().squeeze(1)
    return F.cross_entropy(hidden[rows] @ table.T, targets[rows])


class _Chunked(torch.autograd.Function):
    """The gradient of a chunk is computed while its scores are at hand (Liger Kernel, arXiv:2410.10989)."""

    @staticmethod
    def forward(ctx, hidden, table, targets, rows):
        count = targets.shape[0]
        total = hidden.new_zeros(())
        hidden_gradient = torch.empty_like(hidden)
        table_gradient = torch.zeros_like(table)
        scores = hidden.new_empty(min(rows, count), table.shape[0])
        for start in range(0, count, rows):
            part, right = hidden[start : start + rows], targets[start : start + rows, None]
            chunk = scores[: part.shape[0]]
            torch.mm(part, table.T, out=chunk)
            at_target = chunk.gather(1, right)
            log_sum = chunk.logsumexp(1, keepdim=True)
            total += (log_sum - at_target).sum()
            chunk.sub_(log_sum).exp_()
            chunk.scatter_add_(1, right, torch.full_like(at_target, -1.0))
            torch.mm(chunk, table, out=hidden_gradient[start : start + rows])
            table_gradient.addmm_(chunk.T, part)
        ctx.save_for_backward(hidden_gradient, table_gradient)
        ctx.count = count
        return total / count

    @staticmethod
    def backward(ctx, upstream):
        hidden_gradient, table_gradient = ctx.saved_tensors
        scale = upstream / ctx.count
        return hidden_gradient.mul_(scale), table_gradient.mul_(scale), None, None


def chunked(rows):
    """Rows that count only, `rows` of them at a time; their scores stay in the processor's cache."""

    def loss(hidden, table, targets):
        kept = targets.nonzero().squeeze(1)
        return _Chunked.apply(hidden[kept], table, targets[kept], rows)

    return loss


def chunked_by_compiler(rows):
    """The same in plain PyTorch for torch.compile to fuse; recomputes the scores of a chunk in the backward pass."""

    def one(part, table, right):
        return F.cross_entropy(part @ table.T, right, ignore_index=0, reduction="sum")

    compiled = torch.compile(one, dynamic=False)

    def loss(hidden, table, targets):
        total = sum(
            torch.utils.checkpoint.checkpoint(
                compiled, hidden[start : start + rows], table, targets[start : start + rows], use_reentrant=False
            )
            for start in range(0, targets.shape[0], rows)
        )
        return total / (targets != 0).sum()

    return loss
