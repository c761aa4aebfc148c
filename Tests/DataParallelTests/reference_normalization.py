"""Writes the numbers of SynchronizedNormalizationTests: batch normalization of one whole batch. Run with PyTorch 2.15."""

import torch

rows, channels = 7, 3
x = torch.tensor([[((r * 5 + c * 3) % 11) / 4 - 1 + c for c in range(channels)] for r in range(rows)], dtype=torch.float64)
weight = torch.tensor([0.5, 1.0, -2.0], dtype=torch.float64)
bias = torch.tensor([0.25, -1.0, 0.5], dtype=torch.float64)
factor = torch.tensor([[((r + 2 * c) % 5 - 2) / 2 for c in range(channels)] for r in range(rows)], dtype=torch.float64)
mean, variance = torch.zeros(channels, dtype=torch.float64), torch.ones(channels, dtype=torch.float64)
for tensor in (x, weight, bias):
    tensor.requires_grad_()
y = torch.nn.functional.batch_norm(x, mean, variance, weight, bias, training=True, momentum=0.1, eps=1e-5)
loss = (factor * y * y).sum()
loss.backward()
for name, tensor in [
    ("outputs", y), ("xGradient", x.grad), ("scaleGradient", weight.grad), ("shiftGradient", bias.grad),
    ("mean", mean), ("variance", variance), ("loss", loss),
]:
    print(name, [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()])
