"""Makes the numbers of RecurrentReferences.swift: outputs, final states and all gradients of PyTorch's recurrent networks.

Both sides compute the same inputs and weights: element i of the tensor with phase p is sin(0.7 i + p) / 2; the loss weighs
element i of each result by cos(0.3 i). In Float64. Usage: python3 reference_recurrent.py > RecurrentReferences.swift
"""
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)

def fill(shape, phase):
    i = torch.arange(torch.Size(shape).numel())
    return (torch.sin(0.7 * i + phase) / 2).reshape(shape)

def weighed(x): return (x.reshape(-1) * torch.cos(0.3 * torch.arange(x.numel()))).sum()

def numbers(x): return "[" + ", ".join(f"{v:.8g}" for v in x.detach().reshape(-1).tolist()) + "]"

def run(name, kind, layers, bidirectional, lengths, batch=3, time=4, inputs=3, hidden=2, **options):
    net = kind(inputs, hidden, layers, batch_first=True, bidirectional=bidirectional, **options)
    directions = 2 if bidirectional else 1
    has_cell, has_recurrent_bias = kind is torch.nn.LSTM, kind is torch.nn.GRU
    phase, wanted = 0, []
    for layer in range(layers):
        for direction in range(directions):
            end = f"l{layer}" + ("_reverse" if direction else "")
            for part, is_used in [("weight_ih", 1), ("weight_hh", 1), ("bias_ih", 1), ("bias_hh", has_recurrent_bias)]:
                p = getattr(net, f"{part}_{end}")
                if is_used:  # ours is the transpose
                    p.data = fill(list(reversed(p.shape)), phase).T.contiguous(); phase += 1; wanted.append(p)
                else:  # our one bias is the sum of PyTorch's two
                    p.data.zero_()
    x = fill([batch, time, inputs], 0.5).requires_grad_()
    h = fill([layers * directions, batch, hidden], 1.5).requires_grad_()
    c = fill([layers * directions, batch, hidden], 2.5).requires_grad_()
    source = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False) if lengths else x
    y, state = net(source, (h, c) if has_cell else h)
    if lengths: y, _ = pad_packed_sequence(y, batch_first=True, total_length=time)
    hn, cn = state if has_cell else (state, None)
    loss = weighed(y) + weighed(hn) + (weighed(cn) if has_cell else 0)
    loss.backward()
    grads = ",\n            ".join(numbers(p.grad.T) for p in wanted)
    print(f"""        "{name}": RecurrentReference(
            outputs: {numbers(y)},
            state: {numbers(hn)},
            cell: {numbers(cn) if has_cell else "[]"},
            inputGradient: {numbers(x.grad)},
            stateGradient: {numbers(h.grad)},
            cellGradient: {numbers(c.grad) if has_cell else "[]"},
            parameterGradients: [
            {grads},
            ]),""")

print(f"""// Made by reference_recurrent.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.
// swift-format-ignore-file

/// What PyTorch makes of one recurrent network.
struct RecurrentReference: Sendable {{
    let outputs, state, cell, inputGradient, stateGradient, cellGradient: [Float]
    let parameterGradients: [[Float]]

    /// By name: two layers in both directions with lengths 4, 2, 3; one layer forward.
    static let all: [String: RecurrentReference] = [""")
for name, kind in [("RNN", torch.nn.RNN), ("LSTM", torch.nn.LSTM), ("GRU", torch.nn.GRU)]:
    run(f"{name}, two layers, both directions, lengths", kind, 2, True, [4, 2, 3])
    run(f"{name}, one layer", kind, 1, False, None)
run("RNN with ReLU, one layer", torch.nn.RNN, 1, False, None, nonlinearity="relu")
print("    ]\n}")
