import Foundation

extension Circuit {
    /// The expectation of `observable` and its gradient, backwards through the circuit with two states.
    ///
    /// Source: Jones and Gacon, "Efficient calculation of gradients in classical simulations of variational quantum algorithms", 2020.
    public func adjointGradient(_ observable: Observable, _ values: [Double]) -> (value: Double, gradient: [Double]) {
        var state = state(values)
        var bra = state.applying(observable)
        let value = state.product(bra).real
        var gradient = [Double](repeating: 0, count: parameters)
        for operation in operations.reversed() {
            let angle = angle(operation, values)
            if case .parameter(let index, let scale) = operation.angle {
                gradient[index] += scale * slope(operation, bra, state)
            }
            state.apply(operation, angle: angle, isInverse: true)
            bra.apply(operation, angle: angle, isInverse: true)
        }
        return (value, gradient)
    }

    /// 2·Re⟨bra|dU/dθ·U⁻¹|state⟩, of a rotation Im⟨bra|P|state⟩ over the basis states with the controls.
    private func slope(_ operation: Operation, _ bra: StateVector, _ state: StateVector) -> Double {
        func bit(_ qubit: Int) -> Int { 1 << (qubits - 1 - qubit) }
        let mask = operation.controls.reduce(0) { $0 | bit($1) }
        func rotation(_ paulis: [Pauli]) -> Double {
            let string = PauliString(
                Dictionary(uniqueKeysWithValues: zip(operation.targets, paulis)), qubits: qubits)
            return bra.product(state.applying(string), under: mask).imaginary
        }
        switch operation.gate {
        case .rotationX: return rotation([.x])
        case .rotationY: return rotation([.y])
        case .rotationZ: return rotation([.z])
        case .pauliRotation(let paulis): return rotation(paulis)
        // dU/dθ = i·|1⟩⟨1|·U
        case .phase: return -2 * bra.product(state, under: mask | bit(operation.targets[0])).imaginary
        default: return 0
        }
    }

    /// The gradient by shifted circuits, as hardware computes it: two for each gate with a parameter, four under controls.
    ///
    /// Sources: Schuld and others, "Evaluating analytic gradients on quantum hardware", 2019; Anselmetti and others, "Local, expressive,
    /// quantum-number-preserving VQE ansätze for fermionic systems", 2021, for four terms.
    public func parameterShiftGradient(_ observable: Observable, _ values: [Double]) -> [Double] {
        var gradient = [Double](repeating: 0, count: parameters)
        for (place, operation) in operations.enumerated() {
            guard case .parameter(let index, let scale) = operation.angle else { continue }
            func difference(_ shift: Double) -> Double {
                shifted(place, shift, observable, values) - shifted(place, -shift, observable, values)
            }
            if operation.controls.isEmpty || operation.gate == .phase {
                gradient[index] += scale * difference(Double.pi / 2) / 2
            } else {
                let root = 2.0.squareRoot()
                gradient[index] +=
                    scale * ((root + 1) * difference(Double.pi / 2) - (root - 1) * difference(3 * Double.pi / 2))
                    / (4 * root)
            }
        }
        return gradient
    }

    /// The expectation with the angle of one gate shifted.
    private func shifted(_ place: Int, _ shift: Double, _ observable: Observable, _ values: [Double]) -> Double {
        var state = StateVector(qubits: qubits)
        for (index, operation) in operations.enumerated() {
            state.apply(operation, angle: angle(operation, values) + (index == place ? shift : 0))
        }
        return state.expectation(observable)
    }
}
