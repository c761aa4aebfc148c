"""Makes the numbers of ReferenceTrajectories.swift: weights after 1, 10 and 100 steps of PyTorch's optimizers.

The function is f(w) = sum(c/4·(w - t)^4 + 1/2·(w - t)^2); its gradient c·(w - t)^3 + (w - t). The weights are two
parameters, of 3 and of 2 elements. An L1 penalty is a term of the loss; decoupled decay, which PyTorch's SGD has not,
shrinks the weights before its step, as in AdamW. Averages are those of torch.optim.swa_utils. Lion, LARS and LAMB, which PyTorch has not, are computed here in Float64 from the
formulas of their papers. The rates are such that this script's Float32 and Float64 agree to 2e-6: larger ones make some
rules circle around the optimum, where each rounding grows.
Usage: python3 reference.py > ReferenceTrajectories.swift   (with torch installed)
"""
import torch

start, target, curvature = [1.0, -0.5, 0.25, 2.0, 0.0], [0.3, 0.7, -1.0, 1.5, 0.1], [1.0, 0.5, 2.0, 0.1, 3.0]
parts = [slice(0, 3), slice(3, 5)]


class FromPaper:
    """A rule w, g, state, t -> new w, for each parameter by itself, in Float64."""

    def __init__(self, parameters, rule):
        self.parameters, self.rule, self.step_number = parameters, rule, 0
        self.states = [{} for _ in parameters]

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.step_number += 1
        for p, state in zip(self.parameters, self.states):
            p.copy_(self.rule(p.clone(), p.grad, state, self.step_number))


def lion(rate, beta1, beta2, decay):
    # Chen and others, 2023, algorithm 2
    def rule(w, g, state, t):
        m = state.get("m", torch.zeros_like(w))
        update = torch.sign(beta1 * m + (1 - beta1) * g) + decay * w
        state["m"] = beta2 * m + (1 - beta2) * g
        return w - rate * update
    return rule


def lars(rate, momentum, trust, decay):
    # You and others, 2017, algorithm 1
    def rule(w, g, state, t):
        local = trust * w.norm() / (g.norm() + decay * w.norm())
        v = momentum * state.get("v", torch.zeros_like(w)) + rate * local * (g + decay * w)
        state["v"] = v
        return w - v
    return rule


def lamb(rate, beta1, beta2, epsilon, decay):
    # You and others, 2020, algorithm 2, with phi the identity
    def rule(w, g, state, t):
        m = beta1 * state.get("m", torch.zeros_like(w)) + (1 - beta1) * g
        v = beta2 * state.get("v", torch.zeros_like(w)) + (1 - beta2) * g * g
        state["m"], state["v"] = m, v
        r = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + epsilon)
        u = r + decay * w
        return w - rate * w.norm() / u.norm() * u
    return rule


class DecayedSGD(torch.optim.SGD):
    """SGD with decoupled decay: Loshchilov and Hutter, 2019, algorithm 1, the decay times the rate as in AdamW."""

    def __init__(self, parameters, decay, **options):
        super().__init__(parameters, **options)
        self.decay = decay

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]: p.mul_(1 - group["lr"] * self.decay)
        super().step()


class Model(torch.nn.Module):
    """The parameters as a module, which averages are made of."""

    def __init__(self, parameters):
        super().__init__()
        self.all = torch.nn.ParameterList(parameters)


o, clip, average = torch.optim, torch.nn.utils, torch.optim.swa_utils
cases = {
    "sgd": lambda p: o.SGD(p, lr=0.05),
    "sgd, l2": lambda p: o.SGD(p, lr=0.05, weight_decay=0.1),
    "sgd, momentum": lambda p: o.SGD(p, lr=0.02, momentum=0.9),
    "sgd, momentum, l2": lambda p: o.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.1),
    "sgd, nesterov, l2": lambda p: o.SGD(p, lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.1),
    "sgd, decay": lambda p: DecayedSGD(p, 0.3, lr=0.05),
    "sgd, momentum, decay": lambda p: DecayedSGD(p, 0.3, lr=0.02, momentum=0.9),
    "sgd, nesterov, decay": lambda p: DecayedSGD(p, 0.3, lr=0.02, momentum=0.9, nesterov=True),
    "sgd, l1": lambda p: o.SGD(p, lr=0.05),
    "adam, l1": lambda p: o.Adam(p, lr=0.03),
    "sgd, clipped by value": lambda p: o.SGD(p, lr=0.05),
    "sgd, clipped by norm": lambda p: o.SGD(p, lr=0.05),
    "sgd, clipped by global norm": lambda p: o.SGD(p, lr=0.05),
    "sgd, clipped by all": lambda p: o.SGD(p, lr=0.05),
    "sgd, exponential average": lambda p: o.SGD(p, lr=0.05),
    "sgd, stochastic average": lambda p: o.SGD(p, lr=0.05),
    "adam": lambda p: o.Adam(p, lr=0.03),
    "adam, l2": lambda p: o.Adam(p, lr=0.03, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adamw": lambda p: o.AdamW(p, lr=0.03, weight_decay=0.1),
    "nadam": lambda p: o.NAdam(p, lr=0.03),
    "nadam, decay": lambda p: o.NAdam(
        p, lr=0.01, betas=(0.8, 0.95), momentum_decay=0.01, weight_decay=0.1, decoupled_weight_decay=True),
    "radam": lambda p: o.RAdam(p, lr=0.03),
    "radam, l2": lambda p: o.RAdam(p, lr=0.03, betas=(0.8, 0.95), weight_decay=0.1),
    "adagrad": lambda p: o.Adagrad(p, lr=0.1),
    "adagrad, accumulator, l2": lambda p: o.Adagrad(p, lr=0.1, initial_accumulator_value=0.5, weight_decay=0.1),
    "rmsprop": lambda p: o.RMSprop(p, lr=0.01),
    "rmsprop, momentum, l2": lambda p: o.RMSprop(p, lr=0.001, alpha=0.95, momentum=0.8, weight_decay=0.1),
    "rmsprop, centered": lambda p: o.RMSprop(p, lr=0.01, eps=1e-3, centered=True),
    "rmsprop, centered, momentum": lambda p: o.RMSprop(p, lr=0.005, alpha=0.9, eps=1e-2, centered=True, momentum=0.5),
    "adadelta": lambda p: o.Adadelta(p, lr=1.0),
    "adadelta, l2": lambda p: o.Adadelta(p, lr=2.0, rho=0.95, eps=1e-5, weight_decay=0.1),
    "lion": lambda p: FromPaper(p, lion(0.013, 0.9, 0.99, 0.0)),
    "lion, decay": lambda p: FromPaper(p, lion(0.01, 0.95, 0.98, 0.3)),
    "lars": lambda p: FromPaper(p, lars(0.05, 0.9, 0.01, 0.0)),
    "lars, decay": lambda p: FromPaper(p, lars(0.5, 0.8, 0.02, 0.1)),
    "lamb": lambda p: FromPaper(p, lamb(0.005, 0.9, 0.999, 1e-6, 0.0)),
    "lamb, decay": lambda p: FromPaper(p, lamb(0.003, 0.8, 0.95, 1e-6, 0.1)),
}

# what is done to the gradients before a step; the bounds lie below the first steps' gradients and above the last ones'
def clip_each(w, bound):
    for p in w: clip.clip_grad_norm_([p], bound)
def clip_all(w):
    clip.clip_grad_value_(w, 0.6)
    clip_each(w, 0.7)
    clip.clip_grad_norm_(w, 0.75)
clippings = {
    "sgd, clipped by value": lambda w: clip.clip_grad_value_(w, 0.4),
    "sgd, clipped by norm": lambda w: clip_each(w, 0.5),
    "sgd, clipped by global norm": lambda w: clip.clip_grad_norm_(w, 0.7),
    "sgd, clipped by all": clip_all,
}
penalties = {"sgd, l1": 0.05, "adam, l1": 0.05}
# the average, and the steps whose weights it takes in; its weights are printed in the place of those of the run
averages = {
    "sgd, exponential average": (
        lambda m: average.AveragedModel(m, multi_avg_fn=average.get_ema_multi_avg_fn(0.9)), range(1, 101)),
    "sgd, stochastic average": (average.AveragedModel, range(4, 101, 3)),
}

print(f"""// Made by reference.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.

/// By optimizer: the weights after 1, 10 and 100 steps.
let referenceTrajectories: [String: [Int: [Float]]] = [""")
for name, make in cases.items():
    kind = torch.float64 if name.split(",")[0] in ("lion", "lars", "lamb") else torch.float32
    w = [torch.tensor(start[part], dtype=kind, requires_grad=True) for part in parts]
    t, c = torch.tensor(target, dtype=kind), torch.tensor(curvature, dtype=kind)
    optimizer = make(w)
    penalty, clipping = penalties.get(name, 0), clippings.get(name, lambda w: None)
    shown, taken = w, ()
    if name in averages:
        model = Model(w)
        w = list(model.all)
        optimizer = make(w)
        averaged, taken = averages[name][0](model), averages[name][1]
        shown = list(averaged.module.all)
    print(f'    "{name}": [')
    for step in range(1, 101):
        optimizer.zero_grad()
        distance = torch.cat(w) - t
        (c / 4 * distance**4 + 0.5 * distance**2).sum().backward()
        if penalty: (penalty * torch.cat(w).abs()).sum().backward()
        clipping(w)
        optimizer.step()
        if step in taken: averaged.update_parameters(model)
        if step in (1, 10, 100):
            print(f"        {step}: [{', '.join(f'{x:.9g}' for x in torch.cat(shown).tolist())}],")
    print("    ],")
print("]")
