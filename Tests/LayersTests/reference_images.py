"""Makes the numbers of ImageReferences.swift: outputs and gradients of PyTorch's layers for images.

Element i (row-major, channels innermost) of the k-th input is sin(0.7·i + k); the loss is sum(y_i·cos(0.3·i)).
Usage: python3 reference_images.py > ImageReferences.swift   (with torch installed)
"""
import torch
import torch.nn.functional as F


def wave(k, *shape):
    n = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(n, dtype=torch.float64) + k).reshape(shape).requires_grad_()


images, kernels = (0, 3, 1, 2), (3, 2, 0, 1)  # from [n, h, w, c] and [h, w, i, o] to PyTorch's order
back = (0, 2, 3, 1)


def conv(x, w, b=None, **o): return F.conv2d(x.permute(images), w.permute(kernels), b, **o).permute(back)
def transposed(x, w, b, **o):  # [h, w, outputs / groups, inputs] to [inputs, outputs / groups, h, w]
    return F.conv_transpose2d(x.permute(images), w.permute(kernels), b, **o).permute(back)
def on(f): return lambda x, *p: f(x.permute(images), *p).permute(back)


def batch_norm(steps):
    def f(x, scale, shift):
        mean, variance = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
        for _ in range(steps):
            y = F.batch_norm(x.permute(images), mean, variance, scale, shift, True, 0.1, 1e-5).permute(back)
        if steps == 0: return F.batch_norm(x.permute(images), wave(8, 3).detach(), wave(9, 3).detach() + 2, scale, shift).permute(back)
        f.more = [mean, variance]
        return y
    return f


def residual(stride, projected, channels):
    """Block of the given channels, whose shortcut is x, a projection, or x sampled with zeros for the missing channels."""
    moments = []
    def norm(y, scale, shift):
        mean, variance = torch.zeros_like(scale).detach(), torch.ones_like(scale).detach()
        moments.extend([mean, variance])
        return F.batch_norm(y.permute(images), mean, variance, scale, shift, True, 0.1, 1e-5).permute(back)
    def f(x, w1, scale1, shift1, w2, scale2, shift2, w3=None, scale3=None, shift3=None):
        y = F.relu(norm(conv(x, w1, stride=stride, padding=1), scale1, shift1))
        y = norm(conv(y, w2, padding=1), scale2, shift2)
        if projected: return F.relu(y + norm(conv(x, w3, stride=stride), scale3, shift3))
        missing = channels - x.shape[3]
        return F.relu(y + F.pad(x[:, ::stride, ::stride], (missing // 2, missing - missing // 2)))
    f.more = moments
    return f


cases = {
    "convolution, stride 2, padding 1": (lambda x, w, b: conv(x, w, b, stride=2, padding=1), [(2, 5, 4, 3), (3, 3, 3, 4), (4,)]),
    "convolution, dilation 2": (lambda x, w, b: conv(x, w, b, dilation=2, padding=1), [(1, 5, 6, 2), (2, 3, 2, 3), (3,)]),
    "convolution, 2 groups": (lambda x, w, b: conv(x, w, b, groups=2), [(1, 4, 4, 4), (2, 2, 2, 6), (6,)]),
    "convolution, depthwise": (lambda x, w: conv(x, w, groups=5, padding=1), [(1, 3, 4, 5), (3, 3, 1, 5)]),
    "convolution, 1-D": (lambda x, w, b: F.conv1d(x.permute(0, 2, 1), w[0].permute(2, 1, 0), b, stride=2, padding=1).permute(0, 2, 1),
                         [(2, 9, 3), (1, 3, 3, 4), (4,)]),
    "transposed convolution, stride 2": (lambda x, w, b: transposed(x, w, b, stride=2, padding=1, output_padding=1), [(1, 3, 2, 3), (3, 3, 4, 3), (4,)]),
    "transposed convolution, 2 groups": (lambda x, w, b: transposed(x, w, b, groups=2, dilation=2), [(1, 2, 3, 4), (2, 2, 1, 4), (2,)]),
    "max pooling": (on(lambda x: F.max_pool2d(x, 3, 2, 1)), [(1, 6, 5, 3)]),
    "average pooling": (on(lambda x: F.avg_pool2d(x, 3, 2, 1)), [(1, 6, 5, 3)]),
    "average pooling, without padding": (on(lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)), [(1, 6, 5, 3)]),
    "adaptive average pooling": (on(lambda x: F.adaptive_avg_pool2d(x, (3, 2))), [(1, 5, 7, 2)]),
    "adaptive max pooling": (on(lambda x: F.adaptive_max_pool2d(x, (3, 2))), [(1, 5, 7, 2)]),
    "global average pooling": (lambda x: F.adaptive_avg_pool2d(x.permute(images), 1).flatten(1), [(2, 3, 5, 3)]),
    "residual block, identity": (residual(1, False, 2), [(2, 3, 3, 2), (3, 3, 2, 2), (2,), (2,), (3, 3, 2, 2), (2,), (2,)]),
    "residual block, padding": (residual(2, False, 5), [(2, 4, 5, 2), (3, 3, 2, 5), (5,), (5,), (3, 3, 5, 5), (5,), (5,)]),
    "residual block, projection": (residual(2, True, 3),
        [(2, 4, 5, 2), (3, 3, 2, 3), (3,), (3,), (3, 3, 3, 3), (3,), (3,), (1, 1, 2, 3), (3,), (3,)]),
    "batch normalization": (batch_norm(1), [(3, 3, 2, 3), (3,), (3,)]),
    "batch normalization, two steps": (batch_norm(2), [(3, 3, 2, 3), (3,), (3,)]),
    "batch normalization, evaluation": (batch_norm(0), [(2, 2, 2, 3), (3,), (3,)]),
    "group normalization": (on(lambda x, s, t: F.group_norm(x, 2, s, t)), [(2, 3, 2, 6), (6,), (6,)]),
}
print(f"""// Made by reference_images.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.

/// By case: the output, the gradient of each input, and for batch normalization the running mean and variance.
let imageReferences: [String: [String]] = [""")
for name, (f, shapes) in cases.items():
    inputs = [wave(k, *s) for k, s in enumerate(shapes)]
    y = f(*inputs)
    (y.reshape(-1) * torch.cos(0.3 * torch.arange(y.numel(), dtype=torch.float64))).sum().backward()
    print(f'    "{name}": [')
    for t in [y] + [i.grad for i in inputs] + getattr(f, "more", []):
        words, line = [f"{v:.7g}" for v in t.reshape(-1).tolist()], "        "
        print('        """')
        for word in words:
            if len(line) + len(word) > 116: print(line.rstrip()); line = "        "
            line += word + " "
        print(line.rstrip() + '\n        """,')
    print("    ],")
print("]")
