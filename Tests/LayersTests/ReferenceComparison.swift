import Foundation
import TensorEngine
import Testing

/// The sum that the references of images and transformers differentiate: Σ yᵢ·cos(0.3·i).
func weighedByCosines(_ y: Tensor) -> Tensor {
    (y * Tensor((0..<y.shape.count).map { Float(cos(0.3 * Double($0))) }, shape: y.shape)).sum()
}

/// Expects each of `results` to be the numbers written in the text at its place, within 4e-6 of the largest: sums of up to
/// some hundred terms, each with a rounding of 2⁻²⁴.
func expectClose(_ results: [[Float]], to texts: [String]) {
    #expect(results.count == texts.count)
    for (place, (values, text)) in zip(results, texts).enumerated() {
        let reference = text.split(whereSeparator: \.isWhitespace).map { Float($0)! }
        #expect(values.count == reference.count, "tensor \(place)")
        let scale = reference.map(abs).max() ?? 1
        for (i, (value, wanted)) in zip(values, reference).enumerated() {
            #expect(
                abs(value - wanted) <= 4e-6 * max(1, scale),
                "tensor \(place), element \(i): \(value), PyTorch \(wanted)")
        }
    }
}
