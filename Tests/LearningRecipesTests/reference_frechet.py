"""The Fréchet distance of AdversarialTests, by numpy and scipy: python reference_frechet.py"""

import numpy as np
from scipy.linalg import sqrtm

i, j = np.arange(12)[:, None], np.arange(4)[None, :]
x, y = np.cos(i * (j + 1)), np.sin(i * (j + 2)) + j / 4
a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
shift = x.mean(axis=0) - y.mean(axis=0)
print(repr(float(shift @ shift + np.trace(a + b - 2 * sqrtm(a @ b).real))))
