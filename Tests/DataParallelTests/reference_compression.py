"""Prints the numbers of CompressionReferences.swift; made with PyTorch 2.15.0 and numpy 2.4. Gradients are sin(0.37·i² + phase),
so that both sides compute them."""
import numpy as np
import torch
from torch.distributed.algorithms.ddp_comm_hooks.powerSGD_hook import _orthogonalize_gram_schmidt

ROWS, COLUMNS, RANK, COUNTS = 12, 10, 2, [3.0, 5.0]


def wave(count, phase):
    return np.sin(np.arange(count) ** 2 * 0.37 + phase).astype(np.float32).astype(np.float64)


def orthonormal(matrix):
    columns = torch.tensor(matrix)[None].clone()
    _orthogonalize_gram_schmidt(columns)
    return columns[0].numpy()


def show(name, values):
    print(f"    static let {name}: [Float] = [")
    values = [f"{v:.7g}" for v in np.asarray(values).flatten()]
    for i in range(0, len(values), 8):
        print("        " + ", ".join(values[i:i + 8]) + ",")
    print("    ]")


# PowerSGD, algorithms 1 and 2 of Vogels and others, for sums of gradients of shards with different counts
q = (np.cos(np.arange(RANK * COLUMNS) * 0.3)).astype(np.float32).astype(np.float64).reshape(RANK, COLUMNS).T
errors = [np.zeros((ROWS, COLUMNS)) for _ in COUNTS]
for step in range(2):
    q = orthonormal(q)
    matrices = [wave(ROWS * COLUMNS, 10 * step + s).reshape(ROWS, COLUMNS) / n + e
                for s, (n, e) in enumerate(zip(COUNTS, errors))]
    p = orthonormal(sum(n * m @ q for n, m in zip(COUNTS, matrices)))
    errors = [m - p @ (m.T @ p).T for m in matrices]
    q = sum(n * m.T @ p for n, m in zip(COUNTS, matrices))
    result = p @ q.T
show("powerSGD", result.flatten()[::7])
show("powerSGDError", errors[1].flatten()[::7])

# the largest tenth of a tensor of 120 elements by torch.topk, after two steps
error, result = np.zeros(120), None
for step in range(2):
    m = error + wave(120, step) / 4
    places = torch.topk(torch.tensor(m).abs(), 12).indices.numpy()
    sent = np.zeros(120)
    sent[places] = m[places]
    error, result = m - sent, 4 * sent
show("topK", result[:60])

# Adasum by its formula
def adasum(a, b):
    return (1 - a @ b / (2 * a @ a)) * a + (1 - a @ b / (2 * b @ b)) * b


shards = [wave(50, phase) / 2 for phase in (0, 1, 2)]
show("adasum", 6 * adasum(adasum(shards[0], shards[1]), shards[2]))
