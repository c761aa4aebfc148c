"""Makes the numbers of TransformerReferences.swift: outputs and gradients of PyTorch's transformers.

Element i of the k-th tensor is sin(0.37·i² + k), of weights half of that; the loss is sum(y_i·cos(0.3·i)). Attention and
blocks are torch.nn.MultiheadAttention, TransformerEncoderLayer and TransformerDecoderLayer with the normalization first and
exact GELU; the GPT and the positions are written here, of torch's functions.
Usage: python3 reference_transformer.py > TransformerReferences.swift   (with torch installed)
"""
import math
import torch
import torch.nn.functional as F
from torch.func import functional_call

torch.set_default_dtype(torch.float64)


def chirp(k, *shape):
    i = torch.arange(torch.Size(shape).numel())
    return torch.sin(0.37 * i * i + k).reshape(shape)


def later(t): return torch.ones(t, t).triu(1).bool()  # what a causal query does not see
def beyond(lengths, t): return torch.arange(t) >= torch.tensor(lengths)[:, None]


# Linear layers' weights are [outputs, inputs] in PyTorch, and [inputs, outputs] here.
def attention_state(p, names, prefix=""):
    w, b, wo, bo = (p[n] for n in names)
    return {prefix + "in_proj_weight": w.T, prefix + "in_proj_bias": b, prefix + "out_proj.weight": wo.T, prefix + "out_proj.bias": bo}


def own(prefix=""): return [prefix + n for n in ("projection.weight", "projection.bias", "out.weight", "out.bias")]


def attention(x, p, heads=2, **masks):
    module = torch.nn.MultiheadAttention(x.shape[2], heads, batch_first=True)
    return functional_call(module, attention_state(p, own()), (x, x, x), dict(need_weights=False, **masks))[0]


def cross_state(p, prefix="", to=""):
    names = ("query.weight", "query.bias", "memory.weight", "memory.bias", "out.weight", "out.bias")
    wq, bq, wm, bm, wo, bo = (p[prefix + n] for n in names)
    return {to + "in_proj_weight": torch.cat([wq, wm], 1).T, to + "in_proj_bias": torch.cat([bq, bm]),
            to + "out_proj.weight": wo.T, to + "out_proj.bias": bo}


def cross(x, memory, p, lengths=None):
    module = torch.nn.MultiheadAttention(x.shape[2], 2, batch_first=True)
    mask = None if lengths is None else beyond(lengths, memory.shape[1])
    return functional_call(module, cross_state(p), (x, memory, memory), dict(need_weights=False, key_padding_mask=mask))[0]


def rest_of_block(p, norms, width):
    state = {f"{n}.{e}": p[f"{n}.{e}"] for n in norms for e in ("weight", "bias")}
    for ours, theirs in (("up", "linear1"), ("down", "linear2")):
        state |= {theirs + ".weight": p[f"perceptron.{ours}.weight"].T, theirs + ".bias": p[f"perceptron.{ours}.bias"]}
    return state, dict(d_model=width, nhead=2, dim_feedforward=4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)


def block(x, p, causal=False, lengths=None):
    state, options = rest_of_block(p, ["norm1", "norm2"], x.shape[2])
    state |= attention_state(p, own("attention."), "self_attn.")
    return functional_call(torch.nn.TransformerEncoderLayer(**options), state, (x,), dict(
        src_mask=later(x.shape[1]) if causal else None,
        src_key_padding_mask=None if lengths is None else beyond(lengths, x.shape[1])))


def decoder_block(x, memory, p, lengths):
    state, options = rest_of_block(p, ["norm1", "norm2", "norm3"], x.shape[2])
    state |= attention_state(p, own("attention."), "self_attn.") | cross_state(p, "cross.", "multihead_attn.")
    return functional_call(torch.nn.TransformerDecoderLayer(**options), state, (x, memory), dict(
        tgt_mask=later(x.shape[1]), memory_key_padding_mask=beyond(lengths, memory.shape[1])))


def rotated(x, start=0):
    """Su and others, 2021, in GPT-NeoX's arrangement (rotate_half): element i is paired with i + width/2. [n, heads, t, width]"""
    width = x.shape[3]
    frequencies = 10000 ** (-torch.arange(0, width, 2) / width)
    angles = torch.outer(torch.arange(start, start + x.shape[2]).double(), frequencies)
    angles = torch.cat([angles, angles], 1)
    half = torch.cat([-x[..., width // 2:], x[..., :width // 2]], -1)
    return x * angles.cos() + half * angles.sin()


def plain_attention(x, p, prefix, heads, rotary=False):
    n, t, width = x.shape
    q, k, v = ((x @ p[prefix + "projection.weight"]).view(n, t, 3, heads, width // heads).permute(2, 0, 3, 1, 4))
    if rotary: q, k = rotated(q), rotated(k)
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return y.transpose(1, 2).reshape(n, t, width) @ p[prefix + "out.weight"]


def gpt(p):
    tokens = torch.arange(10).reshape(2, 5) * 3 % 7
    x = p["tokens.weight"][tokens] + p["positions.weight"][:5]
    def norm(x, name): return F.layer_norm(x, [4], p[name])
    for i in range(2):
        x = x + plain_attention(norm(x, f"blocks.{i}.norm1.weight"), p, f"blocks.{i}.attention.", 2)
        h = F.gelu(norm(x, f"blocks.{i}.norm2.weight") @ p[f"blocks.{i}.perceptron.up.weight"])
        x = x + h @ p[f"blocks.{i}.perceptron.down.weight"]
    return norm(x, "norm.weight") @ p["tokens.weight"].T


def sinusoidal(x, p):
    table = torch.zeros(x.shape[1:])
    position = torch.arange(x.shape[1]).double()[:, None]
    factor = torch.exp(torch.arange(0, x.shape[2], 2) * (-math.log(10000.0) / x.shape[2]))
    table[:, 0::2], table[:, 1::2] = torch.sin(position * factor), torch.cos(position * factor)
    return x + table


def attention_shapes(width, prefix=""):
    return dict(zip(own(prefix), [(width, 3 * width), (3 * width,), (width, width), (width,)]))
def cross_shapes(width, prefix=""):
    return {prefix + n + e: s for n, w in (("query.", width), ("memory.", 2 * width), ("out.", width))
            for e, s in (("weight", (width, w)), ("bias", (w,)))}
def norm_shapes(name): return {name + ".weight": (4,), name + ".bias": (4,)}
perceptron_shapes = {"perceptron.up.weight": (4, 16), "perceptron.up.bias": (16,),
                     "perceptron.down.weight": (16, 4), "perceptron.down.bias": (4,)}
block_shapes = norm_shapes("norm1") | attention_shapes(4, "attention.") | norm_shapes("norm2") | perceptron_shapes
decoder_shapes = (norm_shapes("norm1") | attention_shapes(4, "attention.") | norm_shapes("norm2") | cross_shapes(4, "cross.")
                  | norm_shapes("norm3") | perceptron_shapes)
gpt_shapes = {"tokens.weight": (7, 4), "positions.weight": (6, 4)}
for i in range(2):
    gpt_shapes |= {f"blocks.{i}.{n}": s for n, s in block_shapes.items() if not n.endswith("bias")}
gpt_shapes["norm.weight"] = (4,)

# by name: the function of the inputs and the parameters, the inputs' shapes, the parameters' shapes in their order
cases = {
    "attention": (attention, [(2, 3, 4)], attention_shapes(4)),
    "attention, causal, lengths": (
        lambda x, p: attention(x, p, attn_mask=later(4), key_padding_mask=beyond([4, 2], 4)), [(2, 4, 4)], attention_shapes(4)),
    "attention, rotary": (
        lambda x, p: plain_attention(x, p, "", 2, True), [(1, 5, 8)], {"projection.weight": (8, 24), "out.weight": (8, 8)}),
    "cross-attention, lengths": (lambda x, m, p: cross(x, m, p, [3, 1]), [(2, 2, 4), (2, 3, 4)], cross_shapes(4)),
    "block, lengths": (lambda x, p: block(x, p, lengths=[2, 3]), [(2, 3, 4)], block_shapes),
    "block, causal": (lambda x, p: block(x, p, causal=True), [(2, 3, 4)], block_shapes),
    "decoder block": (lambda x, m, p: decoder_block(x, m, p, [2, 3]), [(2, 3, 4), (2, 3, 4)], decoder_shapes),
    "GPT": (gpt, [], gpt_shapes),
    "sinusoidal positions": (sinusoidal, [(2, 5, 6)], {}),
    "layer normalization": (lambda x, p: F.layer_norm(x, [5], p["weight"], p["bias"]), [(2, 3, 5)], {"weight": (5,), "bias": (5,)}),
    "RMS normalization": (lambda x, p: F.rms_norm(x, [5], p["weight"], 1e-5), [(2, 3, 5)], {"weight": (5,)}),
}
print(f"""// Made by reference_transformer.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.

/// By case: the output, the gradient of each input, and that of each parameter.
let transformerReferences: [String: [String]] = [""")
for name, (f, shapes, parameters) in cases.items():
    inputs = [chirp(k, *s).requires_grad_() for k, s in enumerate(shapes)]
    p = {n: (chirp(k + 3, *s) / 2).requires_grad_() for k, (n, s) in enumerate(parameters.items())}
    y = f(*inputs, p)
    (y.reshape(-1) * torch.cos(0.3 * torch.arange(y.numel()))).sum().backward()
    print(f'    "{name}": [')
    for t in [y] + [i.grad for i in inputs] + [q.grad for q in p.values()]:
        words, line = [f"{v:.7g}" for v in t.reshape(-1).tolist()], "        "
        print('        """')
        for word in words:
            if len(line) + len(word) > 116: print(line.rstrip()); line = "        "
            line += word + " "
        print(line.rstrip() + '\n        """,')
    print("    ],")
print("]")
