"""The fixed numbers of DensityTests.swift: log densities of scipy, with constrained values by Stan's transforms.

python3 -m venv v && v/bin/pip install scipy && v/bin/python reference_distributions.py
"""
import numpy as np
from scipy import stats

x = np.array([0.3, 1.7, 2.4])
for name, distribution in [
    ("Normal", stats.norm(0.5, 1.5)), ("HalfNormal", stats.halfnorm(scale=1.5)), ("StudentT", stats.t(4, 0.5, 1.5)),
    ("Cauchy", stats.cauchy(0.5, 1.5)), ("HalfCauchy", stats.halfcauchy(scale=1.5)), ("Exponential", stats.expon(scale=1 / 1.5)),
    ("Gamma", stats.gamma(2.5, scale=1 / 1.5)), ("InverseGamma", stats.invgamma(2.5, scale=1.5)),
]:
    print(name, distribution.logpdf(x).sum())
print("Beta", stats.beta(2.5, 1.5).logpdf([0.1, 0.6, 0.8]).sum())
eta = np.array([0.3, -1.2, 0.5])
print("Bernoulli", stats.bernoulli(1 / (1 + np.exp(-eta))).logpmf([1, 0, 1]).sum())
print("Poisson", stats.poisson(np.exp(eta)).logpmf([2, 0, 5]).sum())
print("normal quantiles", [float(stats.norm.ppf(p)) for p in (1e-12, 0.003, 0.3, 0.5, 0.9, 0.9999)])
