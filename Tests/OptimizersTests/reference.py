"""Makes the numbers of ReferenceTrajectories.swift: weights after 1, 10 and 100 steps of PyTorch's optimizers.

The function is f(w) = sum(c/4·(w - t)^4 + 1/2·(w - t)^2); its gradient c·(w - t)^3 + (w - t).
Usage: python3 reference.py > ReferenceTrajectories.swift   (with torch installed)
"""
import torch

cases = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "sgd, weight decay": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1),
    "sgd, momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    "sgd, momentum, weight decay": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.1),
    "sgd, nesterov, weight decay": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.1),
    "adam": lambda p: torch.optim.Adam(p, lr=0.03),
    "adam, weight decay": lambda p: torch.optim.Adam(p, lr=0.03, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.03, weight_decay=0.1),
}
start, target, curvature = [1.0, -0.5, 0.25, 2.0, 0.0], [0.3, 0.7, -1.0, 1.5, 0.1], [1.0, 0.5, 2.0, 0.1, 3.0]

print(f"""// Made by reference.py with PyTorch {torch.__version__.split('+')[0]}; do not edit.

/// By optimizer: the weights after 1, 10 and 100 steps.
let referenceTrajectories: [String: [Int: [Float]]] = [""")
for name, make in cases.items():
    w = torch.tensor(start, requires_grad=True)
    t, c = torch.tensor(target), torch.tensor(curvature)
    optimizer = make([w])
    print(f'    "{name}": [')
    for step in range(1, 101):
        optimizer.zero_grad()
        (c / 4 * (w - t) ** 4 + 0.5 * (w - t) ** 2).sum().backward()
        optimizer.step()
        if step in (1, 10, 100):
            print(f"        {step}: [{', '.join(f'{x:.9g}' for x in w.tolist())}],")
    print("    ],")
print("]")
