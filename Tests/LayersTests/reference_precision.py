"""Makes the numbers of PrecisionReferences.swift: losses and normalizations far from 0 and with one class far ahead.

Element i of the tensor with phase p is offset + ((7919 i + 104729 p) mod 4096 - 2048) / 1024 on both sides: Float32 holds it
exactly up to 16384. The formulas are those of textbooks, with 60 digits; gradients are central differences with a step of
1e-20, whose error is near 1e-40. Usage: python3 reference_precision.py > PrecisionReferences.swift (needs mpmath).
"""
from mpmath import mp, mpf, exp, log, sqrt

mp.dps = 60
H = mpf(10) ** -20

def fill(count, phase, offset=0, scale=1):
    return [mpf(offset) + mpf(scale) * ((7919 * i + 104729 * phase) % 4096 - 2048) / 1024 for i in range(count)]

def rows(x, width): return [x[i:i + width] for i in range(0, len(x), width)]

def ahead(x, width, labels, margin):
    """The rows with the labeled column `margin` above all others."""
    x = list(x)
    for r, label in enumerate(labels):
        row = x[r * width:(r + 1) * width]
        x[r * width + label] = max(v for c, v in enumerate(row) if c != label) + margin
    return x

def log_softmax(row):
    total = log(sum(exp(v - max(row)) for v in row)) + max(row)
    return [v - total for v in row]

def numbers(x): return "[" + ", ".join(mp.nstr(v, 17, min_fixed=-5, max_fixed=17).replace("nan", ".nan") for v in x) + "]"

def case(name, function, *inputs):
    """The outputs of `function`, and the gradients of Σ (i + 1)·output[i] with respect to each input."""
    inputs = [list(map(mpf, x)) for x in inputs]
    value = function(*inputs)
    def scalar(): return sum((i + 1) * v for i, v in enumerate(function(*inputs)))
    gradients = []
    for x in inputs:
        gradient = []
        for i in range(len(x)):
            center = x[i]
            x[i] = center + H
            above = scalar()
            x[i] = center - H
            below = scalar()
            x[i] = center
            gradient.append((above - below) / (2 * H))
        gradients.append(gradient)
    print(f'        "{name}": PrecisionReference(value: {numbers(value)}, '
          f'gradients: [{", ".join(numbers(g) for g in gradients)}]),')

labels = [4, 0, 2]
def cross_entropy(x): return [-log_softmax(row)[label] for row, label in zip(rows(x, 5), labels)]
def smoothed(x):
    return [-sum((mpf(c == label) * (1 - mpf(1) / 8) + mpf(1) / 40) * y for c, y in enumerate(log_softmax(row)))
            for row, label in zip(rows(x, 5), labels)]
def soft(x, t): return [-sum(t * y for t, y in zip(ts, log_softmax(row))) for ts, row in zip(rows(t, 5), rows(x, 5))]

def softplus(x): return log(1 + exp(x))
def binary(x, t): return [t * softplus(-x) + (1 - t) * softplus(x) for x, t in zip(x, t)]

def temporal(x):
    """Every alignment of the target 1, 2 with four steps of four classes, blank 0."""
    steps, total = [log_softmax(row) for row in rows(x, 4)], mpf(0)
    def collapse(path): return [k for i, k in enumerate(path) if k and (i == 0 or path[i - 1] != k)]
    for number in range(4 ** 4):
        path = [number >> 2 * t & 3 for t in range(4)]
        if collapse(path) == [1, 2]: total += exp(sum(steps[t][k] for t, k in enumerate(path)))
    return [-log(total)]

def triplet(a, p, n):
    def distance(a, b): return sqrt(sum((x - y + mpf(2) ** -20) ** 2 for x, y in zip(a, b)))
    return [max(distance(a, p) - distance(a, n) + 1, mpf(0)) for a, p, n in zip(rows(a, 4), rows(p, 4), rows(n, 4))]

def cosine(a, b):
    epsilon = mpf(10) ** -12  # PyTorch's
    return [1 - sum(x * y for x, y in zip(a, b)) / sqrt((sum(x * x for x in a) + epsilon) * (sum(y * y for y in b) + epsilon))
            for a, b in zip(rows(a, 4), rows(b, 4))]

def normalize(values, epsilon=mpf(1) / 65536):
    mean = sum(values) / len(values)
    return [(v - mean) / sqrt(sum((v - mean) ** 2 for v in values) / len(values) + epsilon) for v in values]
def layer(x): return [y for row in rows(x, 40) for y in normalize(row)]
def rms(x): return [v / sqrt(sum(v * v for v in row) / 40 + mpf(1) / 65536) for row in rows(x, 40) for v in row]
def batch(x):  # [40, 2]: the second channel is offset, the first is not
    columns = [normalize(x[c::2]) for c in range(2)]
    return [columns[i % 2][i // 2] for i in range(len(x))]
def group(x):  # [2, 10, 4] in 2 groups
    out = [None] * len(x)
    for sample in range(2):
        for g in range(2):
            places = [sample * 40 + r * 4 + g * 2 + c for r in range(10) for c in range(2)]
            for place, y in zip(places, normalize([x[i] for i in places])): out[place] = y
    return out
def second_offset(x): return [v + 10000 * (i % 2) for i, v in enumerate(x)]

print("""// Made by reference_precision.py with mpmath, to 60 digits; do not edit.
// swift-format-ignore-file

/// A loss or normalization in exact arithmetic: its value, and the gradients of Σ (i + 1)·value[i].
struct PrecisionReference: Sendable {
    let value: [Double]
    let gradients: [[Double]]

    static let all: [String: PrecisionReference] = [""")
for offset in [0, 10, 10000, -10000]:
    for margin in [0, 12, 30]:
        x = fill(15, 0, offset)
        if margin: x = ahead(x, 5, labels, margin)
        case(f"cross-entropy, offset {offset}, margin {margin}", cross_entropy, x)
        case(f"log-softmax, offset {offset}, margin {margin}", lambda x: [y for r in rows(x, 5) for y in log_softmax(r)], x)
        case(f"label smoothing, offset {offset}, margin {margin}", smoothed, x)
case("equal logits of 10000", lambda x: [-log_softmax(x)[0]], [10000] * 10)
targets = [mpf(v) / 8 for v in [1, 2, 3, 1, 1, 0, 0, 8, 0, 0, 4, 4, 0, 0, 0]]
for offset in [0, 10000]: case(f"soft targets, offset {offset}", lambda x: soft(x, targets), fill(15, 0, offset))
wide = [-30, -12, -1, 0, 1, 12, 30, 10000, -10000, 9999.5]
case("binary cross-entropy, right", lambda x: binary(x, [0, 0, 0, 1, 1, 1, 1, 1, 0, 1]), wide)
case("binary cross-entropy, wrong", lambda x: binary(x, [1, 1, 1, 0, 0, 0, 0, 0, 1, 0]), wide)
case("temporal classification, offset 10000", temporal, fill(16, 3, 10000))
case("temporal classification, margin 30", temporal, ahead(fill(16, 3), 4, [1, 1, 2, 2], 30))
case("triplet, offset 10000", triplet, fill(8, 1, 10000), fill(8, 2, 10000), fill(8, 3, 10000))
case("triplet, distances of 10000", triplet, fill(8, 1), fill(8, 2, 8192), fill(8, 3, 8192))
case("cosine, offset 10000", cosine, fill(8, 1, 10000), fill(8, 2, 10000))
case("cosine, nearly parallel", cosine, fill(8, 1), [v * 3 + (i % 3) * mpf(2) ** -20 for i, v in enumerate(fill(8, 1))])
case("layer normalization, offset 10000", layer, fill(80, 0, 10000))
case("layer normalization, offset 0", layer, fill(80, 0))
case("RMS normalization, offset 10000", rms, fill(80, 0, 10000))
case("batch normalization, offset 10000", batch, second_offset(fill(80, 0)))
case("group normalization, offset 10000", group, fill(80, 0, 10000))
case("group normalization, offset 0", group, fill(80, 0))
print("    ]\n}")
