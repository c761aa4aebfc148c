"""Prints the numbers of ShardReferences.swift, in Float64 with numpy 2.4: NT-Xent with its derivatives by complex steps, and
sums of clipped gradients of single samples."""
import numpy as np


def show(name, values):
    print(f"    static let {name}: [Float] = [")
    values = [f"{v:.8g}" for v in np.asarray(values).flatten()]
    for i in range(0, len(values), 8):
        print("        " + ", ".join(values[i:i + 8]) + ",")
    print("    ]")


# NT-Xent (Chen and others, 2020): seven pairs of embeddings x·w and x'·w
PAIRS, FEATURES, WIDTH, TEMPERATURE = 7, 4, 3, 0.3
first = (np.arange(PAIRS * FEATURES) * 7919 % 23 / 23 - 0.5).reshape(PAIRS, FEATURES)
second = (np.arange(PAIRS * FEATURES) * 6007 % 19 / 19 - 0.4).reshape(PAIRS, FEATURES)
weights = (np.arange(FEATURES * WIDTH) * 31 % 17 / 17 - 0.4).reshape(FEATURES, WIDTH)


def nt_xent(w):
    z = np.concatenate([first @ w, second @ w])
    z = z / np.sqrt((z * z).sum(axis=1, keepdims=True))
    similarities = z @ z.T / TEMPERATURE
    loss = 0
    for i in range(2 * PAIRS):
        others = [k for k in range(2 * PAIRS) if k != i]
        loss += np.log(np.exp(similarities[i, others]).sum()) - similarities[i, (i + PAIRS) % (2 * PAIRS)]
    return loss


gradient = np.zeros_like(weights)
for index in np.ndindex(weights.shape):
    moved = weights.astype(complex)
    moved[index] += 1e-30j
    gradient[index] = nt_xent(moved).imag / 1e-30
print("/// Numbers that `reference_shards.py` prints.\nenum ShardReferences {")
print(f"    static let ntXent = {nt_xent(weights):.10g}")
show("ntXentGradient", gradient)

# DP-SGD (Abadi and others, 2016): the loss (w·x + b - y)² of eleven samples, each gradient clipped to norm 1.5
LIMIT = 1.5
inputs = (np.arange(11 * 3) * 37 % 29 / 29 - 0.5).reshape(11, 3)
targets = np.arange(11) * 13 % 7 / 7
w, b = np.array([0.5, -1, 0.25]), 0.125
total, clipped = np.zeros(4), 0
for x, y in zip(inputs, targets):
    sample = 2 * (w @ x + b - y) * np.append(x, 1)
    norm = np.linalg.norm(sample)
    clipped += norm > LIMIT
    total += sample * min(1, LIMIT / norm)
show("clippedSum", total)
print(f"    static let clippedSamples = {clipped}\n}}")
