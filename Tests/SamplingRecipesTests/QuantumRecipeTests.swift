import Foundation
import TensorEngine
import Testing
import Training

@Suite("The recipe quantum")
struct QuantumRecipeTests {
    /// The energy of Hartree and Fock at angle 0, full configuration interaction at the best angle: `reference_circuits.py`.
    @Test("has the energies of H₂, dealt to shards by its terms")
    func energies() throws {
        let made = try SamplingTask("quantum", ["model.name=vqe"])
        let angles = try #require(made.parameter("angles"))
        angles.assign(Tensor([0]))
        let whole = try made.evaluate(Array(0..<15))
        #expect(abs(whole.sums.loss + 1.1166843872469294) < 1e-9 && whole.sums.terms == 1)
        let parts = try [Array(0..<4), Array(4..<15)].map { try made.loss(of: $0) }
        #expect(abs(parts.reduce(0) { $0 + $1.sum } - whole.sums.loss) < 1e-6)
        #expect(abs(parts.reduce(0) { $0 + $1.count } - 1) < 1e-12)
        // E(θ) = a + b·cos θ + c·sin θ, of three evaluations
        let energies = try [0, Float.pi / 2, Float.pi].map { angle in
            angles.assign(Tensor([angle]))
            return try made.evaluate(Array(0..<15)).sums.loss
        }
        let (middle, b) = ((energies[0] + energies[2]) / 2, (energies[0] - energies[2]) / 2)
        let least = middle - (b * b + (energies[1] - middle) * (energies[1] - middle)).squareRoot()
        #expect(abs(least + 1.13727017) < 1e-6)
    }

    @Test(
        "takes no settings of a table where there is none",
        arguments: [
            (["data.test_fraction=0.3"], "data.path none does not use it"),
            (["csv.target=y"], "or set data.path to the file of a table"),
            (["model.name=vqe", "csv.target=y"], "or set model.name to classifier"),
        ])
    func tables(values: [String], text: String) throws {
        let error = #expect(throws: (any Error).self) { try SamplingTask("quantum", values) }
        #expect("\(try #require(error))".contains(text))
    }

    @Test("knows its circuit of layers")
    func classifier() throws {
        let made = try SamplingTask("quantum", ["quantum.layers=2"])
        // two qubits, three angles each in two layers
        #expect(made.parameter("angles")?.shape.sizes == [12] && made.parameter("head.weight")?.shape.sizes == [2, 2])
        let found = try made.evaluate(Array(0..<20))
        #expect(found.sums.loss.isFinite && found.sums.correct != nil)
    }
}
