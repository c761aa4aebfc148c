"""Numbers for LibraryUserTests, by numpy in double precision: python3 reference_seams.py > References.swift

Random numbers are those of Philox4x32-10, written here from the paper (Salmon, Moraes, Dror, Shaw, SC11) and checked
against the known answers that Random123 ships (kat_vectors). Gradients are central differences, good to 1e-8.
"""
import numpy as np

np.seterr(over="ignore")


def philox(counter, key):
    c, k = [int(v) for v in counter], [int(v) for v in key]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
assert philox([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
assert philox([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def words(seed, purpose, request, step, sample, count):
    key = [seed & 0xFFFFFFFF, seed >> 32]
    blocks = [philox([b, purpose << 24 | request, step, sample], key) for b in range((count + 3) // 4)]
    return [w for block in blocks for w in block][:count]


def normal(seed, purpose, request, step, sample, count):
    w = words(seed, purpose, request, step, sample, count + count % 2)
    result = []
    for u, v in zip(w[::2], w[1::2]):
        radius, angle = np.sqrt(-2 * np.log((u + 1) / 2**32)), 2 * np.pi * v / 2**32
        result += [radius * np.cos(angle), radius * np.sin(angle)]
    return np.array(result[:count])


def uniform(seed, purpose, request, step, sample, count):
    return np.array([(w >> 8) / 2**24 for w in words(seed, purpose, request, step, sample, count)])


def bernoulli(probability, *key):
    return np.array([1.0 if w < probability * 2**32 else 0.0 for w in words(*key)])


def chirp(k, *shape):
    """Element i is sin(0.37·i² + k)/2."""
    i = np.arange(int(np.prod(shape)))
    return 0.5 * np.sin(0.37 * i * i + k).reshape(shape)


def differences(loss, weights, h=1e-5):
    found = []
    for w in weights:
        g = np.zeros_like(w)
        for i in np.ndindex(*w.shape):
            old = w[i]
            w[i] = old + h
            above = loss(weights)
            w[i] = old - h
            below = loss(weights)
            w[i] = old
            g[i] = (above - below) / (2 * h)
        found.append(g)
    return found


def swift(name, values):
    flat = np.concatenate([np.ravel(v) for v in values]) if isinstance(values, list) else np.ravel(values)
    lines, line = [], "   "
    for v in flat:
        text = f" {v:.9g},"
        if len(line) + len(text) > 116:
            lines.append(line)
            line = "   "
        line += text
    lines.append(line)
    print(f"    static let {name}: [Double] = [")
    print("\n".join("    " + l for l in lines))
    print("    ]\n")


# MAML (Finn, Abbeel, Levine, 2017): y = tanh(x·W1 + b1)·W2 + b2, two inner steps on the sum of squares of five points
def network(w, x):
    return np.tanh(x @ w[0] + w[1]) @ w[2] + w[3]


def inner_gradient(w, x, y):
    hidden = np.tanh(x @ w[0] + w[1])
    d = 2 * (hidden @ w[2] + w[3] - y) / len(x)
    dh = (d @ w[2].T) * (1 - hidden**2)
    return [x.T @ dh, dh.sum(0), hidden.T @ d, d.sum(0)]


def sinusoid(task, x):
    return (1 + 0.5 * task) * np.sin(x + 0.4 * task)


SUPPORT = np.array([-2.0, -1.0, 0.25, 1.0, 2.5]).reshape(5, 1)
QUERY = np.array([-1.5, -0.5, 0.5, 1.5, 2.0]).reshape(5, 1)


def maml(weights):
    total = 0.0
    for task in range(6):
        w = weights
        for _ in range(2):
            w = [a - 0.05 * g for a, g in zip(w, inner_gradient(w, SUPPORT, sinusoid(task, SUPPORT)))]
        total += ((network(w, QUERY) - sinusoid(task, QUERY)) ** 2).mean()
    return total


# R1 (Mescheder, Geiger, Nowozin, 2018): softplus(-D(x)) + γ/2·|∇D(x)|², D as above with two inputs, γ = 10
def r1(w):
    x = np.array([[np.cos(0.7 * s), np.sin(1.3 * s)] for s in range(6)])
    hidden = np.tanh(x @ w[0] + w[1])
    slope = ((1 - hidden**2) * w[2][:, 0]) @ w[0].T
    return np.log1p(np.exp(-(hidden @ w[2] + w[3]))).sum() + 5 * (slope**2).sum()


# A VAE (Kingma, Welling, 2014): linear encoder to mean and log variance of two latents, linear decoder, Gaussian likelihood
def elbo(w):
    total = 0.0
    for sample in range(6):
        x = np.array([np.cos(0.9 * sample), np.sin(0.5 * sample), 0.1 * sample])
        code = x @ w[0] + w[1]
        mean, log_variance = code[:2], code[2:]
        z = mean + np.exp(0.5 * log_variance) * normal(11, 3, 0, 4, sample, 2)
        decoded = z @ w[2] + w[3]
        total += 0.5 * ((decoded - x) ** 2).sum()
        total += 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum()
    return total


print("// Written by reference_seams.py\n")
print("enum References {")
weights = [chirp(0, 1, 8), chirp(1, 8), chirp(2, 8, 1), chirp(3, 1)]
losses = []
for _ in range(3):
    losses.append(maml(weights) / 6)
    weights = [a - 0.1 * g / 6 for a, g in zip(weights, differences(maml, weights))]
swift("mamlLosses", np.array(losses))
swift("mamlWeights", weights)
weights = [chirp(0, 2, 5), chirp(1, 5), chirp(2, 5, 1), chirp(3, 1)]
swift("r1Loss", np.array([r1(weights)]))
swift("r1Gradients", differences(r1, weights))
weights = [chirp(0, 3, 4), chirp(1, 4), chirp(2, 2, 3), chirp(3, 3)]
swift("elboLoss", np.array([elbo(weights)]))
swift("elboGradients", differences(elbo, weights))
seed, step = 0x123456789ABCDEF, 7
swift("normals", np.concatenate([normal(seed, 3, 0, step, s, 5) for s in (0, 9)]))
swift("uniforms", np.concatenate([uniform(seed, 3, 1, step, s, 6) for s in (0, 9)]))
swift("ones", np.concatenate([bernoulli(0.3, seed, 3, 2, step, s, 9) for s in (0, 9)]))
swift("ownNormals", normal(seed, 64 + 5, 0, step, 9, 4))
print("}")
