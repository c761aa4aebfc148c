"""Values of operations by numpy and scipy in double precision: python3 reference_operations.py > OperationReferences.swift"""
import numpy as np
from scipy.special import erf, logsumexp

A = np.array([[-2.5, 0.25, 1.0], [3.75, -0.5, 1.0]])
B = np.array([[1.5, 0.25, -1.0], [0.5, 2.0, 1.0]])
LARGE = np.array([-1000.0, 3.0, 100.0, 12345.678, 1e6])


def swift(name, values):
    print(f'    "{name}": [' + ", ".join(f"{v:.9g}" for v in np.ravel(values).astype(float)) + "],")


print("// Written by reference_operations.py\n")
print("let operationReferences: [String: [Double]] = [")
swift("sin", np.sin(A))
swift("cos", np.cos(A))
swift("sin of large numbers", np.sin(LARGE.astype(np.float32).astype(float)))
swift("cos of large numbers", np.cos(LARGE.astype(np.float32).astype(float)))
swift("erf", erf(A))
swift("pow 3", A**3)
swift("pow -0.5", np.abs(A) ** -0.5)
swift("pow tensor", np.abs(A) ** B)
swift("maximum", np.maximum(A, B))
swift("minimum", np.minimum(A, B[0]))
for name, value in [(">", A > B), (">=", A >= B), ("<", A < B), ("<=", A <= B), ("==", A == B), ("!=", A != B)]:
    swift(name, value)
swift("where", np.where(A > B, A, 10.0))
swift("max 0", A.max(0))
swift("max 1", A.max(1))
swift("min 0", A.min(0))
swift("argmax 0", A.argmax(0))
swift("argmax 1", A.argmax(1))
swift("argmin 1", A.argmin(1))
swift("logsumexp 0", logsumexp(A, 0))
swift("logsumexp 1", logsumexp(A * 1000, 1))
swift("mean 0", A.mean(0))
swift("cumsum 0", A.cumsum(0))
swift("cumsum 1", A.cumsum(1))
swift("stack 0", np.stack([A, B], 0))
swift("stack 1", np.stack([A, B], 1))
swift("stack -1", np.stack([A, B], -1))
swift("[1]", A[1])
swift("[-1, 0:2]", A[-1, 0:2])
swift("[0:1, 2]", A[0:1, 2])
swift("[:, 1:]", A[:, 1:])
print("]")
