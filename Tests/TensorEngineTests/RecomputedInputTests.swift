import Foundation
import TensorEngine
import Testing

@Suite("A product whose input is computed again")
struct RecomputedInputTests {
    private static let (rows, inputs, outputs) = (33, 12, 20)

    private static func wave(_ shape: Shape, phase: Float) -> Tensor {
        Tensor((0..<shape.count).map { 2 * sin(Float($0) * 0.37 + phase) }, shape: shape)
    }

    @Test("has the bits of the two operations by themselves, output and gradients", arguments: [false, true])
    func sameBits(hasBias: Bool) {
        let x = Self.wave([Self.rows, Self.inputs], phase: 0).tracked
        let scale = Self.wave([Self.inputs], phase: 1).tracked
        let weight = Self.wave([Self.inputs, Self.outputs], phase: 2).tracked
        let bias = Self.wave([Self.outputs], phase: 3).tracked
        func product(_ middle: Tensor) -> Tensor {
            hasBias ? middle.linear(weight: weight, bias: bias) : middle.matrixProduct(weight)
        }
        let given = hasBias ? bias : nil
        let targets = [x, weight] + (hasBias ? [bias] : [])
        let together = [
            x.geluThenLinear(weight: weight, bias: given),
            x.layerNormalizedThenLinear(normWeight: scale, weight: weight, bias: given),
        ]
        let apart = [product(x.gelu()), product(x.layerNormalized(weight: scale))]
        for (index, (one, other)) in zip(together, apart).enumerated() {
            #expect(one.values == other.values)
            let all = targets + (index == 1 ? [scale] : [])
            let found = gradients(of: (one * one).sum(), withRespectTo: all)
            let expected = gradients(of: (other * other).sum(), withRespectTo: all)
            for (a, b) in zip(found, expected) { #expect(a.values == b.values) }
        }
    }
}
