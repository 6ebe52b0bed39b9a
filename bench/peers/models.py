"""The peers' models, as public PyTorch implementations write them. They return hidden states; a loss comes after."""

import torch
import torch.nn.functional as F
from torch import nn


class Recurrent(nn.Module):
    """Embedding, one layer of LSTM or GRU, the state after the last position; an output table of its own.

    Rows are padded on the left, so that the last position is the last event.
    """

    def __init__(self, kind, vocabulary, width, dropout):
        super().__init__()
        self.kind, self.dropout = kind, dropout
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=0)
        self.rnn = (nn.LSTM if kind == "lstm" else nn.GRU)(width, width, batch_first=True)
        self.table = nn.Parameter(torch.empty(vocabulary, width))

    def forward(self, items):
        x = F.dropout(self.embedding(items), self.dropout, self.training)
        hidden, _ = self.rnn(x)
        return F.dropout(hidden[:, -1], self.dropout, self.training)


class TimeFirstRecurrent(Recurrent):
    """Time as the first axis, which is how the layer works inside; the last state as the layer returns it."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.rnn.batch_first = False

    def forward(self, items):
        x = F.dropout(self.embedding(items.T), self.dropout, self.training)
        _, state = self.rnn(x)
        last = state[0] if self.kind == "lstm" else state
        return F.dropout(last[0], self.dropout, self.training)


class UnrolledRecurrent(Recurrent):
    """The steps written out, for torch.compile to fuse; the inputs of all steps in one product."""

    def forward(self, items):
        x = F.dropout(self.embedding(items.T), self.dropout, self.training)
        rnn = self.rnn
        step = lstm_step if self.kind == "lstm" else gru_step
        bias = rnn.bias_ih_l0 + rnn.bias_hh_l0 if self.kind == "lstm" else rnn.bias_ih_l0
        from_inputs = F.linear(x, rnn.weight_ih_l0, bias)
        hidden, cell = x.new_zeros(x.shape[1:]), x.new_zeros(x.shape[1:])
        for from_input in from_inputs.unbind(0):
            hidden, cell = step(rnn, from_input, hidden, cell)
        return F.dropout(hidden, self.dropout, self.training)


def lstm_step(rnn, from_input, hidden, cell):
    i, f, g, o = torch.addmm(from_input, hidden, rnn.weight_hh_l0.T).chunk(4, 1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def gru_step(rnn, from_input, hidden, cell):
    (r, z, n), (hr, hz, hn) = from_input.chunk(3, 1), F.linear(hidden, rnn.weight_hh_l0, rnn.bias_hh_l0).chunk(3, 1)
    z = (z + hz).sigmoid()
    n = (n + (r + hr).sigmoid() * hn).tanh()
    return n + z * (hidden - n), cell


class ResetBeforeGru(UnrolledRecurrent):
    """Our side's GRU, whose reset gate acts before the product (PyTorch's acts after it): to check ours, not to race."""

    def forward(self, items):
        x = F.dropout(self.embedding(items), self.dropout, self.training)
        from_inputs = F.linear(x, self.rnn.weight_ih_l0, self.rnn.bias_ih_l0)
        to_gates, to_candidate = self.rnn.weight_hh_l0.split([2 * x.shape[2], x.shape[2]])
        hidden = x.new_zeros(x.shape[0], x.shape[2])
        for from_input in from_inputs.unbind(1):
            gates, candidate = from_input.split([2 * x.shape[2], x.shape[2]], 1)
            r, z = (gates + hidden @ to_gates.T).sigmoid().chunk(2, 1)
            candidate = (candidate + (r * hidden) @ to_candidate.T).tanh()
            hidden = z * hidden + (1 - z) * candidate
        return F.dropout(hidden, self.dropout, self.training)


class Block(nn.Module):
    """A pre-norm Transformer block: dropout after the attention's output and after the feed-forward layer."""

    def __init__(self, settings):
        super().__init__()
        width, self.heads, self.dropout = settings["width"], settings["heads"], settings["dropout"]
        self.causal = settings["causal"]
        self.activation = F.relu if settings["activation"] == "relu" else F.gelu
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-5), nn.LayerNorm(width, eps=1e-5)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.inner = nn.Linear(width, settings["feedForward"])
        self.outer = nn.Linear(settings["feedForward"], width)

    def forward(self, x, key_mask):
        B, T, D = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(B, T, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4)
        # Right padding and causality: no row that counts can see a padded one.
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=key_mask, is_causal=self.causal)
        attended = self.out(attended.transpose(1, 2).reshape(B, T, D))
        x = x + F.dropout(attended, self.dropout, self.training)
        fed = self.outer(self.activation(self.inner(self.norm2(x))))
        return x + F.dropout(fed, self.dropout, self.training)


class Transformer(nn.Module):
    """SASRec (causal) or BERT4Rec (bidirectional): item and position vectors, blocks, output tied to the items."""

    def __init__(self, settings):
        super().__init__()
        width = settings["width"]
        self.embedding = nn.Embedding(settings["vocabulary"], width, padding_idx=0)
        self.position = nn.Parameter(torch.empty(settings["length"], width))
        self.blocks = nn.ModuleList(Block(settings) for _ in range(settings["blocks"]))
        self.norm = nn.LayerNorm(width, eps=1e-5)
        self.causal, self.dropout, self.scale = settings["causal"], settings["dropout"], width**0.5

    def forward(self, items):
        x = self.embedding(items) * self.scale + self.position
        x = F.dropout(x, self.dropout, self.training)
        key_mask = None if self.causal else (items != 0)[:, None, None, :]
        for block in self.blocks:
            x = block(x, key_mask)
        return self.norm(x)

    @property
    def table(self):
        return self.embedding.weight
