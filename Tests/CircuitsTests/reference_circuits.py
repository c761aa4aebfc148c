"""The fixed numbers of CircuitsTests and of Observable.hydrogen: PennyLane's.

python3 -m venv v && v/bin/pip install pennylane==0.45.1 && v/bin/python reference_circuits.py
"""
import pennylane as qml
from pennylane import numpy as np

device = qml.device("default.qubit", wires=3)


@qml.qnode(device)
def circuit(x, observable):
    qml.Hadamard(0)
    qml.Hadamard(2)
    qml.RX(x[0], wires=0)
    qml.RY(x[1], wires=1)
    qml.RZ(2 * x[2], wires=2)
    qml.CNOT([0, 1])
    qml.S(1)
    qml.T(2)
    qml.SX(2)
    qml.CRX(x[3], [1, 2])
    qml.PauliRot(x[4], "XZY", wires=[0, 1, 2])
    qml.CZ([0, 2])
    qml.SWAP([0, 1])
    qml.PhaseShift(x[5], wires=0)
    qml.ControlledPhaseShift(x[6], [0, 2])
    qml.Toffoli([0, 1, 2])
    qml.CRZ(x[7], [2, 0])
    qml.Y(1)
    qml.RY(x[0], wires=0)
    qml.Hadamard(1)
    return qml.expval(observable)


x = np.array([0.3, -1.1, 0.7, 2.0, 0.9, -0.4, 1.6, 0.5], requires_grad=True)
for observable in [qml.Z(0), qml.X(0) @ qml.Y(1), qml.Y(0) @ qml.Z(1) @ qml.X(2), 0.5 * qml.Z(0) @ qml.Z(1) - 1.5 * qml.Y(2)]:
    print(observable, repr(float(circuit(x, observable))), [float(g) for g in qml.grad(circuit, argnums=0)(x, observable)])
hamiltonian, _ = qml.qchem.molecular_hamiltonian(["H", "H"], np.array([0, 0, 0, 0, 0, 0.7414 / 0.529177210903]))
for coefficient, term in zip(*hamiltonian.terms()):
    print(repr(float(coefficient)), term)
print("ground", float(np.linalg.eigvalsh(qml.matrix(hamiltonian))[0]))
