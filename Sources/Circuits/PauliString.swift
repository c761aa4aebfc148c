/// A product of Pauli matrices on some qubits.
public struct PauliString: Sendable, Equatable {
    /// The qubits with X or Y, which it flips, and those with Y or Z, whose sign it turns, as bits of a basis state.
    let flips, signs: Int
    /// The number of Ys.
    let ys: Int
    /// The qubits that it acts on, and how.
    public let factors: [Int: Pauli]

    /// A string on a register of `qubits`, by qubit.
    public init(_ factors: [Int: Pauli], qubits: Int) {
        self.factors = factors.filter { $0.value != .i }
        var (flips, signs, ys) = (0, 0, 0)
        for (qubit, pauli) in self.factors {
            let bit = 1 << (qubits - 1 - qubit)
            if pauli == .x || pauli == .y { flips |= bit }
            if pauli == .z || pauli == .y { signs |= bit }
            if pauli == .y { ys += 1 }
        }
        (self.flips, self.signs, self.ys) = (flips, signs, ys)
    }

    /// The string of one letter for each qubit, such as `XIZ`; nil for other letters.
    public init?(_ text: String) {
        let paulis = text.map { Pauli(rawValue: $0) }
        guard !paulis.contains(nil) else { return nil }
        self.init(
            Dictionary(uniqueKeysWithValues: paulis.enumerated().map { ($0.offset, $0.element ?? .i) }),
            qubits: paulis.count)
    }

    /// P|k⟩ = phase·|k ⊕ flips⟩.
    func phase(_ basis: Int) -> Complex {
        // Y = i·|1⟩⟨0| - i·|0⟩⟨1|: a factor i for each Y, and -1 for each 1 under Y or Z
        let sign = (basis & signs).nonzeroBitCount % 2 == 0 ? 1.0 : -1.0
        return [Complex(sign), Complex(0, sign), Complex(-sign), Complex(0, -sign)][ys % 4]
    }
}

/// A weighted sum of Pauli strings, such as a Hamiltonian.
public struct Observable: Sendable {
    /// Its terms.
    public let terms: [(coefficient: Double, string: PauliString)]

    /// A sum.
    public init(_ terms: [(coefficient: Double, string: PauliString)]) { self.terms = terms }

    /// Z on one qubit.
    public static func z(_ qubit: Int, qubits: Int) -> Observable {
        Observable([(1, PauliString([qubit: .z], qubits: qubits))])
    }
}
