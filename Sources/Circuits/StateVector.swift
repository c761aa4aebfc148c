import Foundation
import Kernels

/// The state of some qubits: 2ⁿ complex amplitudes, in Float64.
public struct StateVector: Sendable {
    /// The number of qubits.
    public let qubits: Int
    /// The amplitudes of the basis states, whose highest bit is qubit 0.
    public private(set) var real, imaginary: [Double]

    /// |0…0⟩.
    public init(qubits: Int) {
        self.qubits = qubits
        real = [Double](repeating: 0, count: 1 << qubits)
        imaginary = real
        real[0] = 1
    }

    private func bit(_ qubit: Int) -> Int { 1 << (qubits - 1 - qubit) }

    /// Applies a gate; `isInverse`: its inverse.
    mutating func apply(_ operation: Circuit.Operation, angle: Double, isInverse: Bool = false) {
        let mask = operation.controls.reduce(0) { $0 | bit($1) }
        switch operation.gate {
        case .swap:
            let (a, b) = (bit(operation.targets[0]), bit(operation.targets[1]))
            for k in real.indices where k & mask == mask && k & a != 0 && k & b == 0 {
                real.swapAt(k, k ^ a ^ b)
                imaginary.swapAt(k, k ^ a ^ b)
            }
        case .pauliRotation(let paulis):
            let string = PauliString(
                Dictionary(uniqueKeysWithValues: zip(operation.targets, paulis)), qubits: qubits)
            rotate(about: string, by: isInverse ? -angle : angle, under: mask)
        default:
            guard var m = operation.gate.matrix(angle) else { return }
            if isInverse { m = [m[0].conjugate, m[2].conjugate, m[1].conjugate, m[3].conjugate] }
            apply(m, bit(operation.targets[0]), under: mask)
        }
    }

    private mutating func apply(_ m: [Complex], _ bit: Int, under mask: Int) {
        let (a, b, c, d) = (m[0], m[1], m[2], m[3])
        let count = real.count
        real.withUnsafeMutableBufferPointer { re in
            imaginary.withUnsafeMutableBufferPointer { im in
                var base = 0
                while base < count {
                    for k in base..<(base + bit) where k & mask == mask {
                        let (r0, i0, r1, i1) = (re[k], im[k], re[k + bit], im[k + bit])
                        re[k] = a.re * r0 - a.im * i0 + b.re * r1 - b.im * i1
                        im[k] = a.re * i0 + a.im * r0 + b.re * i1 + b.im * r1
                        re[k + bit] = c.re * r0 - c.im * i0 + d.re * r1 - d.im * i1
                        im[k + bit] = c.re * i0 + c.im * r0 + d.re * i1 + d.im * r1
                    }
                    base += 2 * bit
                }
            }
        }
    }

    /// cos(θ/2) - i·sin(θ/2)·P.
    private mutating func rotate(about string: PauliString, by angle: Double, under mask: Int) {
        let (c, s) = (cos(angle / 2), sin(angle / 2))
        let turned = applying(string)
        for k in real.indices where k & mask == mask {
            let (r, i) = (real[k], imaginary[k])
            real[k] = c * r + s * turned.imaginary[k]
            imaginary[k] = c * i - s * turned.real[k]
        }
    }

    /// P|ψ⟩.
    func applying(_ string: PauliString) -> StateVector {
        var result = self
        for k in real.indices {
            let value = string.phase(k) * Complex(real[k], imaginary[k])
            result.real[k ^ string.flips] = value.re
            result.imaginary[k ^ string.flips] = value.im
        }
        return result
    }

    /// H|ψ⟩, which is no state.
    func applying(_ observable: Observable) -> StateVector {
        var result = self
        for k in real.indices { (result.real[k], result.imaginary[k]) = (0, 0) }
        for (coefficient, string) in observable.terms {
            let turned = applying(string)
            for k in real.indices {
                result.real[k] += coefficient * turned.real[k]
                result.imaginary[k] += coefficient * turned.imaginary[k]
            }
        }
        return result
    }

    /// ⟨self|other⟩ over the basis states that hold all bits of `mask`.
    func product(_ other: StateVector, under mask: Int = 0) -> (real: Double, imaginary: Double) {
        var (re, im) = (0.0, 0.0)
        for k in real.indices where k & mask == mask {
            re += real[k] * other.real[k] + imaginary[k] * other.imaginary[k]
            im += real[k] * other.imaginary[k] - imaginary[k] * other.real[k]
        }
        return (re, im)
    }

    /// ⟨ψ|H|ψ⟩.
    public func expectation(_ observable: Observable) -> Double { product(applying(observable)).real }

    /// The probability of each basis state.
    public var probabilities: [Double] { zip(real, imaginary).map { $0 * $0 + $1 * $1 } }

    /// How often each basis state is measured in `shots` measurements, with random numbers keyed by (seed, stream).
    public func counts(shots: Int, seed: UInt64, stream: UInt64 = 0) -> [Int: Int] {
        var (sums, total) = ([Double](), 0.0)
        for probability in probabilities {
            total += probability
            sums.append(total)
        }
        var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: stream)
        var counts: [Int: Int] = [:]
        for _ in 0..<shots {
            let draw = Double(random.next() >> 11) * 0x1p-53 * total
            // the first basis state whose sum is above the draw
            var (low, high) = (0, sums.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > draw { high = middle } else { low = middle + 1 }
            }
            counts[low, default: 0] += 1
        }
        return counts
    }

    /// The mean of a Pauli string in `shots` measurements, each in the basis of its factors.
    public func expectation(_ string: PauliString, shots: Int, seed: UInt64, stream: UInt64 = 0) -> Double {
        var turned = Circuit(qubits: qubits)
        for (qubit, pauli) in string.factors.sorted(by: { $0.key < $1.key }) {
            // Y = S·X·S†, X = H·Z·H
            if pauli == .y { turned.add(.phase, qubit, angle: .fixed(-Double.pi / 2)) }
            if pauli != .z { turned.add(.hadamard, qubit) }
        }
        var state = self
        for operation in turned.operations { state.apply(operation, angle: turned.angle(operation, [])) }
        let mask = string.flips | string.signs
        let sum = state.counts(shots: shots, seed: seed, stream: stream).reduce(0) {
            $0 + (($1.key & mask).nonzeroBitCount % 2 == 0 ? $1.value : -$1.value)
        }
        return shots > 0 ? Double(sum) / Double(shots) : 0
    }
}
