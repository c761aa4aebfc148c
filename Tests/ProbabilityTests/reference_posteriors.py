"""The fixed numbers of PosteriorTests.swift that are not posteriordb's: eight schools by quadrature over mu and log(tau).

Given mu and tau, theta_j is normal with precision 1/tau^2 + 1/s_j^2, so that its moments are integrals over a plane.
python3 -m venv v && v/bin/pip install numpy && v/bin/python reference_posteriors.py
"""
import numpy as np

y = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
s = np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
mu = np.linspace(-40, 50, 1801)[:, None]
log_tau = np.linspace(-20, 8, 5601)[None, :]
tau = np.exp(log_tau)
log_p = -0.5 * (mu / 5) ** 2 - np.log1p((tau / 5) ** 2) + log_tau
for yj, sj in zip(y, s):
    v = sj**2 + tau**2
    log_p = log_p - 0.5 * (yj - mu) ** 2 / v - 0.5 * np.log(v)
p = np.exp(log_p - log_p.max())
p /= p.sum()


def moments(mean, square):
    return float((p * mean).sum()), float(np.sqrt((p * square).sum() - (p * mean).sum() ** 2))


print("mu", moments(mu, mu**2))
print("tau", moments(tau, tau**2))
print("log tau", moments(log_tau, log_tau**2))
for j in range(8):
    w = tau**2 / (tau**2 + s[j] ** 2)
    m = mu + w * (y[j] - mu)
    print(f"theta[{j + 1}]", moments(m, m**2 + w * s[j] ** 2))
