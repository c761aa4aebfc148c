import Preconditions

/// A quantum circuit: gates on qubits, whose angles may be parameters.
public struct Circuit: Sendable {
    /// An angle: fixed, or a multiple of a parameter.
    public enum Angle: Sendable, Equatable {
        case fixed(Double)
        case parameter(Int, scale: Double)

        /// A parameter as it is.
        public static func parameter(_ index: Int) -> Angle { .parameter(index, scale: 1) }
    }

    /// A gate in its place.
    public struct Operation: Sendable {
        public let gate: Gate
        public let targets, controls: [Int]
        public let angle: Angle
    }

    /// The number of qubits; qubit 0 is the highest bit of a basis state.
    public let qubits: Int
    /// The gates in the order of time.
    public private(set) var operations: [Operation] = []
    /// The number of parameters.
    public private(set) var parameters = 0

    /// A circuit without gates.
    public init(qubits: Int) {
        require((1...26).contains(qubits), "Circuit: the number of qubits must be from 1 to 26, found \(qubits)")
        self.qubits = qubits
    }

    /// Adds a gate, which acts where all `controls` are 1.
    public mutating func add(_ gate: Gate, _ targets: Int..., controls: [Int] = [], angle: Angle = .fixed(0)) {
        add(gate, on: targets, controls: controls, angle: angle)
    }

    /// The same, with a list of targets.
    public mutating func add(_ gate: Gate, on targets: [Int], controls: [Int] = [], angle: Angle = .fixed(0)) {
        let all = targets + controls
        require(
            targets.count == gate.targets && Set(all).count == all.count && all.allSatisfy { 0..<qubits ~= $0 },
            "Circuit: \(gate) on \(targets) under \(controls) does not fit \(qubits) qubits")
        if case .parameter(let index, _) = angle {
            require(index >= 0 && gate.isParametric, "Circuit: \(gate) takes no parameter \(index)")
            parameters = max(parameters, index + 1)
        }
        operations.append(Operation(gate: gate, targets: targets, controls: controls, angle: angle))
    }

    /// The angle of an operation.
    func angle(_ operation: Operation, _ values: [Double]) -> Double {
        switch operation.angle {
        case .fixed(let angle): angle
        case .parameter(let index, let scale): scale * values[index]
        }
    }

    /// The state that it makes of |0…0⟩.
    public func state(_ values: [Double] = []) -> StateVector {
        require(values.count == parameters, "Circuit: \(values.count) values given for \(parameters) parameters")
        var state = StateVector(qubits: qubits)
        for operation in operations { state.apply(operation, angle: angle(operation, values)) }
        return state
    }

    /// The expectation of `observable` in the state that it makes.
    public func expectation(_ observable: Observable, _ values: [Double] = []) -> Double {
        state(values).expectation(observable)
    }
}
