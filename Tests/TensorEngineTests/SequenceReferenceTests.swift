import Foundation
import TensorEngine
import Testing

@Suite("Operations of sequences")
struct SequenceReferenceTests {
    /// sin(step·i)·scale, as reference_sequences.py makes its inputs.
    private static func wave(_ shape: Shape, step: Double = 0.7, scale: Double = 1) -> Tensor {
        Tensor((0..<shape.count).map { Float(sin(Double($0) * step) * scale) }, shape: shape)
    }

    private struct Case: Sendable {
        let inputs: [Tensor]
        let compute: @Sendable ([Tensor]) -> Tensor
    }

    private static let cases: [String: Case] = [
        "layer normalization": Case(inputs: [wave([3, 5]), wave([5], step: 0.9), wave([5], step: 1.1)]) {
            $0[0].layerNormalized(weight: $0[1], bias: $0[2])
        },
        "RMS normalization": Case(inputs: [wave([3, 5]), wave([5], step: 0.9)]) {
            $0[0].rmsNormalized(weight: $0[1])
        },
        "GELU": Case(inputs: [wave([13], scale: 3)]) { $0[0].gelu() },
        "GELU by tanh": Case(inputs: [wave([13], scale: 3)]) { $0[0].geluByTanh() },
        "softmax": Case(inputs: [wave([2, 6], scale: 4)]) { $0[0].softmax() },
        "embedding": Case(inputs: [wave([4, 3])]) {
            $0[0].gathered(rows: Indices([3, 0, 0, 1, 3, 3], shape: [3, 2]))
        },
        "causal attention": Case(inputs: [wave([1, 3, 4]), wave([1, 3, 4], step: 0.9), wave([1, 3, 4], step: 1.1)]) {
            $0[0].attention(keys: $0[1], values: $0[2], heads: 2, causal: true)
        },
        "attention with lengths 3 and 1": Case(
            inputs: [wave([2, 2, 3]), wave([2, 4, 3], step: 0.9), wave([2, 4, 3], step: 1.1)]
        ) { $0[0].attention(keys: $0[1], values: $0[2], heads: 1, lengths: Indices([3, 1])) },
    ]

    @Test("give PyTorch's results and gradients", arguments: sequenceReferences.keys.sorted())
    func references(name: String) throws {
        let example = try #require(Self.cases[name], "nothing computes \(name)")
        let expected = try #require(sequenceReferences[name])
        let inputs = example.inputs.map(\.tracked)
        let output = example.compute(inputs)
        let weights = Self.wave(output.shape).values.indices.map { Float(cos(Double($0) * 0.3)) }
        let found =
            [output] + gradients(of: (output * Tensor(weights, shape: output.shape)).sum(), withRespectTo: inputs)
        #expect(found.count == expected.count)
        for (tensor, reference) in zip(found, expected) {
            #expect(tensor.shape.count == reference.count)
            for (value, reference) in zip(tensor.values, reference) {
                // a few roundings of Float32
                #expect(abs(value - reference) <= 2e-6 * max(1, abs(reference)), "\(value), PyTorch \(reference)")
            }
        }
    }
}
