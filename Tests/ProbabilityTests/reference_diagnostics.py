"""The fixed numbers of ChainDiagnosticsTests.swift: ArviZ's diagnostics of draws that the test makes again.

python3 -m venv v && v/bin/pip install arviz==0.23.4 && v/bin/python reference_diagnostics.py
"""
import arviz
import numpy as np


def draws(chains, length, coefficient, shift):
    """Autocorrelated numbers of a linear congruential generator; chain k is shifted by k * shift."""
    state, result = 1, np.zeros((chains, length))
    for chain in range(chains):
        value = 0.0
        for index in range(length):
            total = 0.0
            for _ in range(3):
                state = (state * 1103515245 + 12345) % 2**31
                total += state / 2**31 - 0.5
            value = coefficient * value + total
            result[chain, index] = value + shift * chain
    return result


for case in [(4, 500, 0.5, 0.0), (3, 101, 0.9, 0.0), (2, 200, -0.4, 0.0), (4, 100, 0.3, 0.4), (1, 50, 0.0, 0.0), (4, 4, 0.0, 0.0)]:
    x = draws(*case)
    numbers = [
        x.mean(), x.std(ddof=1), arviz.rhat(x), arviz.ess(x, method="bulk"), arviz.ess(x, method="tail"),
        arviz.ess(x, method="mean"), arviz.mcse(x, method="mean"),
    ]
    print(case, ", ".join(repr(float(number)) for number in numbers))
# draws of few values, many of them equal
x = np.round(draws(4, 250, 0.6, 0.0) * 2)
print("rounded", [float(f) for f in (arviz.rhat(x), arviz.ess(x, method="bulk"), arviz.ess(x, method="tail"))])
