"""Writes the optimum that SecondOrderTrainingTests compares with. Run with PyTorch 2.15."""

import torch

samples = torch.arange(40)
inputs = torch.stack([(samples * 7 % 40) / 20 - 1, (samples * 11 % 40) / 20 - 1], 1).double()
labels = (inputs[:, 0] > inputs[:, 1]).long()
weight = torch.zeros(2, 2, dtype=torch.float64, requires_grad=True)
bias = torch.zeros(2, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.LBFGS([weight, bias], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")


def loss():
    return torch.nn.functional.cross_entropy(inputs @ weight + bias, labels)


def closure():
    optimizer.zero_grad()
    value = loss() + 0.05 * ((weight**2).sum() + (bias**2).sum())
    value.backward()
    return value


optimizer.step(closure)
print("mean loss at the optimum, without the penalty:", loss().item())
print("weight", weight.tolist(), "bias", bias.tolist())
