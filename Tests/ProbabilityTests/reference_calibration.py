"""The fixed numbers of CalibrationTests.swift.

python3 -m venv v && v/bin/pip install numpy scipy && v/bin/python reference_calibration.py
"""
import numpy as np
from scipy import optimize, special, stats

n, k = 60, 3
logits = np.array([[3 * np.sin(7 * i + 2 * j) for j in range(k)] for i in range(n)])
labels = np.array([int(np.argmax(logits[i])) if i % 3 else i % k for i in range(n)])


def nll(t):
    return -special.log_softmax(logits / t, axis=1)[np.arange(n), labels].mean()


best = optimize.minimize_scalar(nll, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-10})
print("temperature", best.x)
p = special.softmax(logits, axis=1)
confidence, correct = p.max(axis=1), p.argmax(axis=1) == labels
edges = np.linspace(0, 1, 11)
ece, mce = 0, 0
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    if inside.any():
        gap = abs(correct[inside].mean() - confidence[inside].mean())
        ece, mce = ece + inside.mean() * gap, max(mce, gap)
print("ECE", ece, "MCE", mce)
print("Brier", ((p - np.eye(k)[labels]) ** 2).sum(axis=1).mean())
print("entropy", stats.entropy(p[0]), "mutual information", stats.entropy(p[:5].mean(axis=0)) - stats.entropy(p[:5], axis=1).mean())
a, b = np.round(np.sin(np.arange(20) * 3.0), 1) + 0.3, np.round(np.sin(np.arange(15) * 5.0), 1)
print("AUROC", stats.mannwhitneyu(a, b).statistic / (20 * 15))
