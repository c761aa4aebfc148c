import CKernels
import Kernels

/// `x - ln Σ eˣ` along the innermost axis; no overflow for any finite logits.
struct LogSoftmax: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor {
        let shape = inputs[0].shape
        return inputs[0].map { from, to, _ in lockstep_log_softmax(from, to, shape.outerCount, shape.innermost) }
    }

    // y = x - ln Σ eˣ  ⇒  x̄ = ȳ - e^y · Σ ȳ
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        [cotangent - saved.output.exp() * cotangent.sum(alongAxis: -1)]
    }
}

/// `eˣ / Σ eˣ` along the innermost axis; no overflow for any finite logits.
struct Softmax: Primitive {
    static let saves: SavedValues = .output

    func forward(_ inputs: [Tensor]) -> Tensor {
        let shape = inputs[0].shape
        return inputs[0].map { from, to, _ in lockstep_softmax(from, to, shape.outerCount, shape.innermost) }
    }

    // y = eˣ / Σ eˣ  ⇒  x̄ = y·(ȳ - Σ ȳ·y)
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let y = saved.output
        if saved.recordsGraph { return [y * (cotangent - (cotangent * y).sum(alongAxis: -1))] }
        return [
            Tensor(shape: y.shape) {
                lockstep_softmax_gradient(
                    y.buffer.pointer, cotangent.buffer.pointer, $0.baseAddress!, y.shape.outerCount, y.shape.innermost)
            }
        ]
    }
}

/// For each row of logits `ln Σ eˣ - x[label]`: [n, classes] → [n].
struct SoftmaxCrossEntropy: Primitive {
    static let saves: SavedValues = .inputs
    let labels: Indices

    func forward(_ inputs: [Tensor]) -> Tensor { compute(inputs[0], probabilities: nil) }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        let probabilities = Tensor(shape: inputs[0].shape) { _ in }
        return (compute(inputs[0], probabilities: probabilities.buffer.pointer), [probabilities])
    }

    private func compute(_ logits: Tensor, probabilities: UnsafeMutablePointer<Float>?) -> Tensor {
        labels.checkLabels(for: logits.shape, "softmax cross-entropy")
        return Tensor(shape: [labels.count]) {
            lockstep_softmax_cross_entropy(
                logits.buffer.pointer, labels.values, $0.baseAddress!, probabilities, logits.shape[0], logits.shape[1])
        }
    }

    // l[r] = ln Σ eˣ - x[k]  ⇒  x̄ = (softmax(x) - onehot(k)) · l̄[r]
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        let logits = saved.inputs[0]
        if saved.recordsGraph {
            let perRow = cotangent.reshaped(to: [labels.count, 1])
            let ones = Tensor(repeating: 1, shape: [labels.count, 1])
            let oneHot = ones.scatterAdded(rows: labels.offsets(ofRowsOf: logits.shape[1]), count: logits.shape.count)
            return [(logits.logSoftmax().exp() - oneHot.reshaped(to: logits.shape)) * perRow]
        }
        return [
            Tensor(shape: logits.shape) {
                lockstep_softmax_cross_entropy_gradient(
                    saved.kept[0].buffer.pointer, labels.values, cotangent.buffer.pointer, $0.baseAddress!,
                    logits.shape[0], logits.shape[1])
            }
        ]
    }
}

extension Tensor {
    /// `x - ln Σ eˣ` along the innermost axis.
    public func logSoftmax() -> Tensor { LogSoftmax()(self) }

    /// `eˣ / Σ eˣ` along the innermost axis.
    public func softmax() -> Tensor { Softmax()(self) }

    /// For each row of logits [n, classes] the cross-entropy with its label, in nats: [n].
    public func softmaxCrossEntropy(labels: Indices) -> Tensor { SoftmaxCrossEntropy(labels: labels)(self) }
}
