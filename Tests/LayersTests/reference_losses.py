"""Makes the numbers of LossReferences.swift: PyTorch's losses and activations with their gradients.

Element i of the tensor with phase p is 2 sin(0.7 i + p) on both sides. In Float64.
Usage: python3 reference_losses.py > LossReferences.swift
"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

def fill(shape, phase):
    i = torch.arange(torch.Size(shape).numel())
    return (2 * torch.sin(0.7 * i + phase)).reshape(shape)

def numbers(x): return "[" + ", ".join(f"{v:.8g}" for v in x.detach().reshape(-1).tolist()) + "]"

def case(name, function, *inputs):
    inputs = [x.clone().requires_grad_() for x in inputs]
    y = function(*inputs)
    (y.reshape(-1) * (1 + torch.arange(y.numel()))).sum().backward()
    grads = ", ".join(numbers(x.grad) for x in inputs)
    print(f'        "{name}": LossReference(value: {numbers(y)}, gradients: [{grads}]),')

x, y = fill([4, 5], 0), fill([4, 5], 1)
labels, partly = torch.tensor([4, 0, 2, 2]), torch.tensor([4, -100, 2, 0])
weights = torch.tensor([0.5, 1, 2, 0.25, 3])
soft = F.softmax(fill([4, 5], 2), 1)
unit = (y / 2 + 1) / 2
signs = torch.sign(y)
wide = torch.tensor([-1e4, -30, -0.3, -1e-3, 0, 1e-3, 0.3, 30, 1e4])
print(f"""// Made by reference_losses.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.
// swift-format-ignore-file

/// What PyTorch makes of one loss or activation: its value, and the gradients of Σ (i + 1)·value[i].
struct LossReference: Sendable {{
    let value: [Float]
    let gradients: [[Float]]

    static let all: [String: LossReference] = [""")
case("sigmoid", torch.sigmoid, x)
case("tanh", torch.tanh, x)
case("ReLU", F.relu, x)
case("sigmoid, wide", torch.sigmoid, wide)
case("tanh, wide", torch.tanh, wide)
case("ReLU, wide", F.relu, wide)
case("linear", lambda x, w, b: F.linear(x, w.T, b), x, fill([5, 3], 1), fill([3], 2))
case("linear, ReLU", lambda x, w, b: F.relu(F.linear(x, w.T, b)), x, fill([5, 3], 1), fill([3], 2))
case("leaky ReLU", lambda x: F.leaky_relu(x, 0.2), x)
case("ELU", lambda x: F.elu(x, 0.7), x)
case("SiLU", F.silu, x)
case("softplus", F.softplus, x)
case("ELU, wide", F.elu, wide)
case("SiLU, wide", F.silu, wide)
case("softplus, wide", F.softplus, wide)
case("log-softmax, wide", lambda x: F.log_softmax(x, 0), wide)
case("softmax, wide", lambda x: F.softmax(x, 0), wide)
case("squared error", lambda x, y: F.mse_loss(x, y), x, y)
case("absolute error", lambda x: F.l1_loss(x, y, reduction="sum"), x)
case("Huber error", lambda x: F.huber_loss(x, y, delta=0.7, reduction="sum"), x)
case("cross-entropy", lambda x: F.cross_entropy(x, labels), x)
case("cross-entropy, wide", lambda x: F.cross_entropy(x.reshape(3, 3), labels[1:]), wide)
case("cross-entropy, soft targets", lambda x: F.cross_entropy(x, soft, reduction="sum"), x)
case("cross-entropy, soft targets, class weights", lambda x: F.cross_entropy(x, soft, weights, reduction="mean"), x)
case("cross-entropy, class weights", lambda x: F.cross_entropy(x, labels, weights), x)
case("cross-entropy, ignored label", lambda x: F.cross_entropy(x, partly), x)
case("cross-entropy, label smoothing", lambda x: F.cross_entropy(x, labels, label_smoothing=0.1), x)
case("cross-entropy, all", lambda x: F.cross_entropy(x, partly, weights, label_smoothing=0.3), x)
case("binary cross-entropy", lambda x: F.binary_cross_entropy_with_logits(x, unit, reduction="sum"), x)
case("binary cross-entropy, weights", lambda x: F.binary_cross_entropy_with_logits(
    x, unit, weight=soft, pos_weight=weights, reduction="mean"), x)
case("binary cross-entropy, wide", lambda x: F.binary_cross_entropy_with_logits(
    x, torch.tensor([0.0, 0, 0, 0, 0, 1, 1, 1, 1]), reduction="sum"), wide)
case("divergence", lambda x, p: F.kl_div(F.log_softmax(x, 1), p, reduction="batchmean"), x, soft)
case("hinge", lambda x: torch.clamp(0.5 - signs * x, min=0).sum(), x)
case("hinge, several classes", lambda x: F.multi_margin_loss(x, labels, margin=0.8), x)
case("triplet", lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=0.9, reduction="sum"),
     x, fill([4, 5], 1.3), fill([4, 5], 0.9))
case("cosine", lambda a, b: F.cosine_embedding_loss(a, b, torch.tensor([1, -1, 1, -1]), margin=0.2, reduction="sum"),
     x, fill([4, 5], 0.4))

def ctc(zero_infinity, reduction="none"):
    # [batch 3, time 6, classes 4]; a repeated label, a shorter input, an empty target
    targets = torch.tensor([[1, 1, 3], [2, 3, 1], [0, 0, 0]])
    inputs, lengths = torch.tensor([6, 2 if zero_infinity else 4, 3]), torch.tensor([3, 3, 0])
    return lambda x: F.ctc_loss(F.log_softmax(x, 2).transpose(0, 1), targets, inputs, lengths, 0, reduction, zero_infinity)
case("temporal classification", ctc(False), fill([3, 6, 4], 0))
case("temporal classification, impossible target", ctc(True), fill([3, 6, 4], 0))
print("    ]\n}")
