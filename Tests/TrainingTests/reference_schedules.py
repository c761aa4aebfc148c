"""Makes the numbers of ScheduleReferences.swift: learning rates of PyTorch's schedules, at steps 0, 5, … 120 of 120.

Inverse time, which PyTorch has not by name, is its LambdaLR of 1/(1 + 0.05·step).
Usage: python3 reference_schedules.py > ScheduleReferences.swift   (with torch installed)
"""
import math
import warnings

import torch

warnings.filterwarnings("ignore")
s = torch.optim.lr_scheduler
PEAK = 0.8
cases = {
    "constant": lambda o: s.LambdaLR(o, lambda n: 1.0),
    "step": lambda o: s.StepLR(o, step_size=25, gamma=0.3),
    "exponential": lambda o: s.ExponentialLR(o, gamma=0.97),
    "inverse time": lambda o: s.LambdaLR(o, lambda n: 1 / (1 + 0.05 * n)),
    "polynomial": lambda o: s.PolynomialLR(o, total_iters=110, power=1.7),
    "linear": lambda o: s.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=110),
    "cosine": lambda o: s.CosineAnnealingLR(o, T_max=120, eta_min=0.08),
    "cosine restarts": lambda o: s.CosineAnnealingWarmRestarts(o, T_0=20, T_mult=1, eta_min=0.04),
    "cosine restarts, growing": lambda o: s.CosineAnnealingWarmRestarts(o, T_0=15, T_mult=2),
    "warm-up": lambda o: s.SequentialLR(
        o, [s.LinearLR(o, start_factor=1 / 30, end_factor=1.0, total_iters=29), s.ExponentialLR(o, gamma=0.98)], [30]),
    "one cycle": lambda o: s.OneCycleLR(o, max_lr=PEAK, total_steps=121, pct_start=0.3, div_factor=25, final_div_factor=100),
    "triangular": lambda o: s.CyclicLR(o, base_lr=0.1, max_lr=PEAK, step_size_up=20, mode="triangular"),
    "triangular2": lambda o: s.CyclicLR(o, base_lr=0.1, max_lr=PEAK, step_size_up=20, mode="triangular2"),
    "exp_range": lambda o: s.CyclicLR(o, base_lr=0.1, max_lr=PEAK, step_size_up=20, mode="exp_range", gamma=0.99),
    "plateau": lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=4, threshold=0.01, cooldown=3, min_lr=0.03),
}


def loss(n):
    """Falls, with waves, and not below 0.3."""
    return max(0.3, 2 * math.exp(-n / 30)) + 0.05 * math.sin(n)


print(f"""// Made by reference_schedules.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.

/// By schedule: the rates of the steps 0, 5, … 120.
let scheduleReferences: [String: [Double]] = [""")
for name, make in cases.items():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=PEAK, momentum=0.9)
    schedule = make(optimizer)
    rates = []
    for n in range(121):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if n < 120:
            schedule.step(loss(n)) if name == "plateau" else schedule.step()
    print(f'    "{name}": [')
    shown = [f"{rate:.12g}" for rate in rates[::5]]
    for i in range(0, len(shown), 6):
        print("        " + ", ".join(shown[i : i + 6]) + ",")
    print("    ],")
print("]")
