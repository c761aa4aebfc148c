# The numbers of ODETests.swift and OptimizationTests.swift: python3 reference_programs.py, with numpy and scipy 1.17.
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize


def lotka_volterra(t, y):
    return [1.5 * y[0] - y[0] * y[1], -3 * y[1] + y[0] * y[1]]


times = [0, 1, 2.5, 4]
solution = solve_ivp(lotka_volterra, (0, 4), [10, 5], method="DOP853", t_eval=times, rtol=1e-12, atol=1e-12)
print("Lotka-Volterra", solution.y.T.reshape(-1).tolist())
adaptive = solve_ivp(lotka_volterra, (0, 4), [10, 5], method="RK45", rtol=1e-3, atol=1e-6)
print("RK45 with the usual tolerances", adaptive.nfev, "evaluations,", len(adaptive.t) - 1, "steps,", adaptive.y[:, -1].tolist())

# a quadratic program of 3 variables with 2 inequalities and 1 equality
Q = np.array([[4.0, 1, 0], [1, 3, 0.5], [0, 0.5, 2]])
q = np.array([-1.0, 0.5, -2])
G, h = np.array([[1.0, 1, 0], [0, -1, 1]]), np.array([-0.3, 2.0])
A, b = np.array([[1.0, 1, 1]]), np.array([0.8])
w = np.array([1.0, -2, 0.5])


def solve(Q, q, G, h, A, b):
    result = minimize(
        lambda z: 0.5 * z @ Q @ z + q @ z, np.zeros(3), jac=lambda z: Q @ z + q, method="SLSQP",
        constraints=[{"type": "ineq", "fun": lambda z: h - G @ z}, {"type": "eq", "fun": lambda z: A @ z - b}],
        options={"ftol": 1e-15, "maxiter": 500})
    return result.x


print("solution", solve(Q, q, G, h, A, b).tolist())
arguments = [Q, q, G, h, A, b]
for index, name in enumerate(["Q", "q", "G", "h", "A", "b"]):
    slopes = np.zeros_like(arguments[index])
    for place in np.ndindex(slopes.shape):
        ends = []
        for sign in (1, -1):
            changed = [value.copy() for value in arguments]
            changed[index][place] += sign * 1e-5
            if name == "Q" and place[0] != place[1]:  # symmetric
                changed[0][place[::-1]] += sign * 1e-5
            ends.append(w @ solve(*changed))
        slopes[place] = (ends[0] - ends[1]) / (4e-5 if name == "Q" and place[0] != place[1] else 2e-5)
    print("d(w·z)/d" + name, np.round(slopes, 5).tolist())
