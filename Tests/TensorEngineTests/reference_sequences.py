"""Prints the numbers of SequenceReferences.swift; made with PyTorch 2.15.0. Inputs are sin(0.7·i) and the like, so that
both sides compute them."""
import torch, torch.nn.functional as F

torch.set_printoptions(precision=9)
torch.set_default_dtype(torch.float64)


def wave(*shape, step=0.7, scale=1.0):
    n = 1
    for s in shape: n *= s
    # the Float32 sine, as the test computes it
    return (torch.sin(torch.arange(n) * step) * scale).float().double().reshape(shape).requires_grad_()


def show(name, output, inputs):
    weights = torch.cos(torch.arange(output.numel()) * 0.3).reshape(output.shape)
    grads = torch.autograd.grad((output * weights).sum(), inputs)
    rows = [output, *grads]
    print(f'    "{name}": [')
    for t in rows: print("        [" + ", ".join(f"{v:.7g}" for v in t.flatten().tolist()) + "],")
    print("    ],")


x, w, b = wave(3, 5), wave(5, step=0.9), wave(5, step=1.1)
show("layer normalization", F.layer_norm(x, (5,), w, b, 1e-5), [x, w, b])
show("RMS normalization", F.rms_norm(x, (5,), w, 1e-5), [x, w])
x = wave(13, scale=3)
show("GELU", F.gelu(x), [x])
show("GELU by tanh", F.gelu(x, approximate="tanh"), [x])
x = wave(2, 6, scale=4)
show("softmax", F.softmax(x, -1), [x])
table = wave(4, 3)
show("embedding", F.embedding(torch.tensor([[3, 0], [0, 1], [3, 3]]), table), [table])


def attention(q, k, v, heads, **options):
    split = lambda t: t.view(t.shape[0], t.shape[1], heads, -1).transpose(1, 2)
    return F.scaled_dot_product_attention(split(q), split(k), split(v), **options).transpose(1, 2).flatten(2)


q, k, v = wave(1, 3, 4), wave(1, 3, 4, step=0.9), wave(1, 3, 4, step=1.1)
show("causal attention", attention(q, k, v, 2, is_causal=True), [q, k, v])
q, k, v = wave(2, 2, 3), wave(2, 4, 3, step=0.9), wave(2, 4, 3, step=1.1)
mask = torch.tensor([[1, 1, 1, 0], [1, 0, 0, 0]]).bool().view(2, 1, 1, 4)
show("attention with lengths 3 and 1", attention(q, k, v, 1, attn_mask=mask), [q, k, v])
