"""Numbers of CurvatureTests: Laplace approximations of a small softmax network by numpy, with Jacobians by complex steps."""
import numpy as np

widths, rows, tau = [2, 3, 3], 5, 0.5
shapes = [(i + 1, o) for i, o in zip(widths, widths[1:])]
sizes = [a * b for a, b in shapes]
theta = np.sin(1.0 + 3.0 * np.arange(sum(sizes)))
x = np.cos(2.0 + 5.0 * np.arange(rows * widths[0])).reshape(rows, widths[0])
v = np.cos(0.5 * np.arange(sum(sizes)))


def network(theta, offsets, row):
    layers = np.split(theta, np.cumsum(sizes)[:-1])
    h, inputs = x[row].astype(theta.dtype), []
    for index, (layer, shape) in enumerate(zip(layers, shapes)):
        h = np.append(h, 1)
        inputs.append(h.real)
        h = h @ layer.reshape(shape) + offsets[index]
        if index == 0:
            h = np.where(h.real > 0, h, 0)
    return h, inputs


def jacobian(function, at):
    columns = []
    for k in range(len(at)):
        step = at.astype(complex)
        step[k] += 1e-30j
        columns.append(function(step).imag / 1e-30)
    return np.array(columns).T


none = [np.zeros(o) for o in widths[1:]]
full = np.zeros((len(theta), len(theta)))
inputs = [np.zeros((i, i)) for i, _ in shapes]
slopes = [np.zeros((o, o)) for _, o in shapes]
linear = []
for row in range(rows):
    f, given = network(theta, none, row)
    p = np.exp(f) / np.exp(f).sum()
    hessian = np.diag(p) - np.outer(p, p)
    J = jacobian(lambda t: network(t, none, row)[0], theta)
    full += J.T @ hessian @ J
    linear.append(f + J @ (0.1 * v))
    for index in range(2):
        inputs[index] += np.outer(given[index], given[index])

        def moved(offset):
            offsets = [n.astype(complex) for n in none]
            offsets[index] = offset
            return network(theta.astype(complex), offsets, row)[0]

        J = jacobian(moved, none[index])
        slopes[index] += J.T @ hessian @ J

prior = tau * np.eye(len(theta))
diagonal = np.diag(np.diag(full))
kronecker = np.zeros_like(full)
kronecker[: sizes[0], : sizes[0]] = np.kron(inputs[0] / rows, slopes[0])
kronecker[sizes[0] :, sizes[0] :] = np.kron(inputs[1] / rows, slopes[1])
print("linearized", np.array(linear).ravel())
for name, matrix in [("diagonal", diagonal), ("kronecker", kronecker)]:
    print(name, (np.linalg.inv(matrix + prior) @ v))
last = full[sizes[0] :, sizes[0] :] + tau * np.eye(sizes[1])
print("last layer", np.linalg.inv(last) @ v[sizes[0] :])
