import Foundation
import TensorEngine
import Testing

import Circuits

@Suite("Quantum circuits")
struct CircuitTests {
    /// The circuit of `reference_circuits.py`.
    private static let circuit: Circuit = {
        var circuit = Circuit(qubits: 3)
        circuit.add(.hadamard, 0)
        circuit.add(.hadamard, 2)
        circuit.add(.rotationX, 0, angle: .parameter(0))
        circuit.add(.rotationY, 1, angle: .parameter(1))
        circuit.add(.rotationZ, 2, angle: .parameter(2, scale: 2))
        circuit.add(.pauliX, 1, controls: [0])
        circuit.add(.s, 1)
        circuit.add(.t, 2)
        circuit.add(.squareRootX, 2)
        circuit.add(.rotationX, 2, controls: [1], angle: .parameter(3))
        circuit.add(.pauliRotation([.x, .z, .y]), 0, 1, 2, angle: .parameter(4))
        circuit.add(.pauliZ, 2, controls: [0])
        circuit.add(.swap, 0, 1)
        circuit.add(.phase, 0, angle: .parameter(5))
        circuit.add(.phase, 2, controls: [0], angle: .parameter(6))
        circuit.add(.pauliX, 2, controls: [0, 1])
        circuit.add(.rotationZ, 0, controls: [2], angle: .parameter(7))
        circuit.add(.pauliY, 1)
        circuit.add(.rotationY, 0, angle: .parameter(0))
        circuit.add(.hadamard, 1)
        return circuit
    }()
    private static let values = [0.3, -1.1, 0.7, 2.0, 0.9, -0.4, 1.6, 0.5]

    private static func observable(_ terms: (Double, String)...) -> Observable {
        Observable(terms.map { ($0.0, PauliString($0.1)!) })
    }

    /// PennyLane 0.45.1, `reference_circuits.py`: expectations and gradients.
    private static let references: [(observable: Observable, value: Double, gradient: [Double])] = [
        (
            observable((1, "ZII")), -0.11459621765374595,
            [
                -0.37045841797837886, -0.012520875689856194, -0.14331750810604357, -0.07089995938347146,
                -0.023212784486407893, -0.05734384633655465, 0.08668426594179983, -0.022233808362247035,
            ]
        ),
        (
            observable((1, "XYI")), 0.6799979558564011,
            [
                -0.506677645804921, -0.11768291656578861, -0.6368187035592253, -0.13391992497253127,
                -0.2260377979456966, -0.20318147430698127, 0.16242464418957073, -0.25055188860652927,
            ]
        ),
        (
            observable((1, "YZX")), -0.8476690785897427,
            [
                0, 0.09056537792396419, 0.09196349575125747, 0.2075660315740699, 0.11293888152112908,
                0.3795470725566283, -0.007295836139162665, 0.18977353627831417,
            ]
        ),
        (
            observable((0.5, "ZZI"), (-1.5, "IIY")), 0.39447047350497605,
            [
                -0.05567938636875293, -0.1881133890015917, -0.03704204520108539, 0.36105452104499897,
                -0.4369107996155479, 0.03523219921863767, -0.38892313683820307, -0.06287213531279714,
            ]
        ),
    ]

    @Test(
        "have PennyLane's expectations and gradients, by adjoint states, shifted circuits and automatic differentiation"
    )
    func references() {
        let input = Tensor(Self.values.map { Float($0) }, shape: [1, 8]).tracked
        for (observable, value, gradient) in Self.references {
            let adjoint = Self.circuit.adjointGradient(observable, Self.values)
            let shifted = Self.circuit.parameterShiftGradient(observable, Self.values)
            let output = Self.circuit.expectations([observable], input)
            let automatic = gradients(of: output.sum(), withRespectTo: [input])[0].values
            #expect(abs(adjoint.value - value) < 1e-12 && abs(Double(output.scalar) - value) < 1e-6)
            #expect(abs(Self.circuit.expectation(observable, Self.values) - value) < 1e-12)
            for index in gradient.indices {
                #expect(abs(adjoint.gradient[index] - gradient[index]) < 1e-12, "parameter \(index)")
                #expect(abs(shifted[index] - gradient[index]) < 1e-12, "parameter \(index)")
                #expect(abs(Double(automatic[index]) - gradient[index]) < 1e-6, "parameter \(index)")
            }
        }
    }

    /// A chain rule through a circuit: d/dw of ⟨Z⟩² with angle w² on |0⟩, whose ⟨Z⟩ is cos(w²).
    @Test("are a layer of a model")
    func chainRule() {
        var circuit = Circuit(qubits: 1)
        circuit.add(.rotationY, 0, angle: .parameter(0))
        let w = Tensor([0.8, 1.3], shape: [2, 1]).tracked
        let z = circuit.expectations([.z(0, qubits: 1)], w * w)
        let slopes = gradients(of: (z * z).sum(), withRespectTo: [w])[0].values
        for (slope, w) in zip(slopes, [0.8, 1.3]) {
            #expect(abs(Double(slope) + 4 * w * cos(w * w) * sin(w * w)) < 1e-5)
        }
    }

    @Test("make a Bell state, whose measurements agree")
    func measurements() {
        var circuit = Circuit(qubits: 2)
        circuit.add(.hadamard, 0)
        circuit.add(.pauliX, 1, controls: [0])
        let state = circuit.state()
        #expect(zip(state.probabilities, [0.5, 0, 0, 0.5]).allSatisfy { abs($0 - $1) < 1e-15 })
        let counts = state.counts(shots: 1000, seed: 5)
        #expect(Set(counts.keys) == [0, 3] && counts[0]! + counts[3]! == 1000 && abs(counts[0]! - 500) < 80)
        #expect(state.counts(shots: 1000, seed: 5) == counts && state.counts(shots: 1000, seed: 5, stream: 1) != counts)
        // XX and ZZ are 1 in every measurement, YY is -1
        for (text, expected) in [("XX", 1.0), ("ZZ", 1), ("YY", -1)] {
            #expect(state.expectation(PauliString(text)!, shots: 50, seed: 1) == expected)
        }
        #expect(PauliString("XQ") == nil)
    }

    @Test("measure expectations within their error")
    func shots() {
        let state = Self.circuit.state(Self.values)
        for (text, expected) in [("XYI", 0.6799979558564011), ("YZX", -0.8476690785897427)] {
            #expect(abs(state.expectation(PauliString(text)!, shots: 20_000, seed: 3) - expected) < 0.03)
        }
    }

    /// The only excitation of H₂ that its symmetries allow, e^(-iθ·YXXX/2) on |1100⟩ (O'Malley and others, "Scalable quantum simulation
    /// of molecular energies", 2016): the least energy is that of full configuration interaction, -1.137 Hartree at 0.7414 Å (Szabo and
    /// Ostlund, "Modern quantum chemistry", 1989, section 3.5.2 for the basis; PennyLane's ground state is -1.13727017).
    @Test("find the energy of H₂")
    func hydrogen() {
        var circuit = Circuit(qubits: 4)
        circuit.add(.pauliX, 0)
        circuit.add(.pauliX, 1)
        #expect(abs(circuit.expectation(.hydrogen) + 1.1166843872469294) < 1e-12)
        circuit.add(.pauliRotation([.y, .x, .x, .x]), 0, 1, 2, 3, angle: .parameter(0))
        var angle = [0.0]
        for _ in 0..<60 { angle[0] -= 0.4 * circuit.adjointGradient(.hydrogen, angle).gradient[0] }
        #expect(abs(circuit.expectation(.hydrogen, angle) + 1.13727017) < 1e-7)
    }
}
