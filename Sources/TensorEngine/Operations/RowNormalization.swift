import CKernels
import Kernels
import Preconditions

/// `(x - mean) / √(variance + ε) · weight [+ bias]` along the innermost axis, or `x / √(mean of x² + ε) · weight`.
///
/// Source: Ba, Kiros, Hinton, "Layer normalization", 2016; Zhang, Sennrich, "Root mean square layer normalization", 2019.
struct NormalizeRows: Primitive {
    static let saves: SavedValues = .inputs
    let epsilon: Float
    let centers: Bool

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let x = inputs[0]
        let rows: Shape = [x.shape.outerCount]
        let means = Tensor(shape: centers ? [x.shape.outerCount, 2] : [0]) { _ in }
        let scales = Tensor(shape: rows) { _ in }
        let output = Tensor(shape: x.shape) {
            lockstep_row_normalization(
                x.buffer.pointer, inputs[1].buffer.pointer, inputs.count > 2 ? inputs[2].buffer.pointer : nil, epsilon,
                centers ? 1 : 0, $0.baseAddress!, means.buffer.pointer, scales.buffer.pointer, x.shape.outerCount,
                x.shape.innermost)
        }
        return (output, [means, scales])
    }

    // x̂ = (x - μ)·s, g = ȳ·w  ⇒  x̄ = s·(g - mean(g) - x̂·mean(g·x̂)), w̄ = Σ ȳ·x̂, b̄ = Σ ȳ; without centring μ and mean(g) are 0
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, weight) = (saved.inputs[0], saved.inputs[1])
        if !saved.recordsGraph { return fusedGradients(cotangent, saved) }
        let inverse = 1 / Float(x.shape.innermost)
        func mean(_ tensor: Tensor) -> Tensor { tensor.sum(alongAxis: -1) * inverse }
        // twice: what rounding leaves of a mean that is far from 0
        let once = centers ? x - mean(x) : x
        let centered = centers ? once - mean(once) : x
        let deviation = (mean(centered * centered) + epsilon).squareRoot()
        let normal = centered / deviation
        let g = cotangent * weight
        let level = centers ? g - mean(g) : g
        return [
            saved.needs[0] ? (level - normal * mean(g * normal)) / deviation : nil,
            saved.needs[1] ? (cotangent * normal).sum(to: weight.shape) : nil,
        ] + saved.needs.dropFirst(2).map { $0 ? cotangent.sum(to: weight.shape) : nil }
    }

    private func fusedGradients(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let (x, weight) = (saved.inputs[0], saved.inputs[1])
        let results = zip(saved.inputShapes, saved.needs).map { shape, isNeeded in
            isNeeded ? Tensor(shape: shape) { _ in } : nil
        }
        lockstep_row_normalization_gradient(
            x.buffer.pointer, weight.buffer.pointer, cotangent.buffer.pointer, saved.kept[0].buffer.pointer,
            saved.kept[1].buffer.pointer, centers ? 1 : 0, results[0]?.buffer.pointer, results[1]?.buffer.pointer,
            results.count > 2 ? results[2]?.buffer.pointer : nil, x.shape.outerCount, x.shape.innermost)
        return results
    }
}

extension Tensor {
    /// `(x - mean) / √(variance + ε) · weight + bias` along the innermost axis; weight and bias have its size.
    ///
    /// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
    public func layerNormalized(weight: Tensor, bias: Tensor? = nil, epsilon: Float = 1e-5) -> Tensor {
        checkNormalization(weight, bias, "layer normalization")
        return NormalizeRows(epsilon: epsilon, centers: true).applied(to: [self, weight] + (bias.map { [$0] } ?? []))
    }

    /// `x / √(mean of x² + ε) · weight` along the innermost axis; the weight has its size.
    ///
    /// Source: Zhang, Sennrich, "Root mean square layer normalization", 2019.
    public func rmsNormalized(weight: Tensor, epsilon: Float = 1e-5) -> Tensor {
        checkNormalization(weight, nil, "RMS normalization")
        return NormalizeRows(epsilon: epsilon, centers: false)(self, weight)
    }

    func checkNormalization(_ weight: Tensor, _ bias: Tensor?, _ operation: String) {
        require(
            shape.rank >= 1 && shape.innermost > 0 && weight.shape == [shape.innermost]
                && (bias == nil || bias?.shape == weight.shape),
            "\(operation): x \(shape), weight \(weight.shape)\(bias.map { " and bias \($0.shape)" } ?? "") do not fit [..., n], [n]"
        )
    }
}
