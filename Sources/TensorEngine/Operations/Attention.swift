import CKernels
import Kernels
import Preconditions

/// Scaled dot-product attention: for each head `softmax(scale·q·kᵀ)·v`, with memory linear in the sequence's length.
///
/// The inputs are q, k and v, or one tensor with the three side by side in its innermost axis.
/// Source: Vaswani et al., "Attention is all you need", 2017; Dao et al., "FlashAttention", 2022.
struct Attention: Primitive {
    static let saves: SavedValues = [.inputs, .output]
    let heads: Int
    let isCausal: Bool
    /// How many keys of each sample are seen.
    let lengths: Indices?
    /// Which probabilities are dropped.
    var dropout: AttentionDropout?

    func forward(_ inputs: [Tensor]) -> Tensor { forwardKeeping(inputs).output }

    func forwardKeeping(_ inputs: [Tensor]) -> (output: Tensor, kept: [Tensor]) {
        var shape = kernelShape(inputs.map(\.shape))
        let logarithms = Tensor(shape: [shape.samples * heads * shape.queries]) { _ in }
        let scratch = Buffer(count: lockstep_attention_scratch(&shape))
        let (q, k, v) = pointers(inputs)
        let output = Tensor(shape: [shape.samples, shape.queries, heads * shape.width]) {
            let out = $0.baseAddress!
            dropout.withKernelForm(rows: shape.samples) {
                lockstep_attention(
                    &shape, q, k, v, lengths?.values, $0, out, logarithms.buffer.pointer, scratch.pointer)
            }
        }
        return (output, [logarithms])
    }

    // P = softmax(scale·q·kᵀ), y = (M∘P)·v  ⇒  v̄ = (M∘P)ᵀ·ȳ;  P̄ = M∘(ȳ·vᵀ);  S̄ = scale·P∘(P̄ - Σ P̄∘P);  q̄ = S̄·k,
    // k̄ = S̄ᵀ·q
    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if saved.recordsGraph {
            let gradients = AttentionByMatrices(heads: heads, isCausal: isCausal, lengths: lengths, dropout: dropout)
                .gradients(of: parts(saved.inputs), cotangent)
            return saved.inputs.count == 1 ? [Tensor.concatenated(gradients, alongAxis: -1)] : gradients
        }
        var shape = kernelShape(saved.inputShapes)
        let scratch = Buffer(count: lockstep_attention_scratch(&shape))
        let (q, k, v) = pointers(saved.inputs)
        let results = saved.inputShapes.map { Tensor(shape: $0) { _ in } }
        let (dq, dk, dv) = pointers(results)
        dropout.withKernelForm(rows: shape.samples) {
            lockstep_attention_gradient(
                &shape, q, k, v, lengths?.values, $0, saved.output.buffer.pointer, saved.kept[0].buffer.pointer,
                cotangent.buffer.pointer, dq, dk, dv, scratch.pointer)
        }
        return results
    }

    /// Where q, k and v begin.
    private func pointers(_ tensors: [Tensor]) -> (
        UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) {
        let start = tensors[0].buffer.pointer
        guard tensors.count == 1 else { return (start, tensors[1].buffer.pointer, tensors[2].buffer.pointer) }
        let width = tensors[0].shape.innermost / 3
        return (start, start + width, start + 2 * width)
    }

    private func parts(_ inputs: [Tensor]) -> [Tensor] {
        guard inputs.count == 1 else { return inputs }
        let width = inputs[0].shape.innermost / 3
        return (0..<3).map { inputs[0].slice(($0 * width)..<(($0 + 1) * width), alongAxis: -1) }
    }

    private func kernelShape(_ shapes: [Shape]) -> lockstep_attention_shape {
        let rows = shapes.count == 1 ? [Int](repeating: shapes[0][2], count: 3) : shapes.map { $0[2] }
        let width = (shapes.count == 1 ? rows[0] / 3 : rows[0]) / heads
        return lockstep_attention_shape(
            samples: shapes[0][0], heads: heads, queries: shapes[0][1], keys: shapes[shapes.count == 1 ? 0 : 1][1],
            width: width, query_row: rows[0], key_row: rows[1], value_row: rows[2],
            scale: 1 / Float(width).squareRoot(), causal: isCausal ? 1 : 0)
    }
}

extension Tensor {
    /// Scaled dot-product attention of this tensor's queries: per head `softmax(q·kᵀ/√width)·v`.
    ///
    /// Queries are [n, queries, heads·width], keys and values [n, keys, heads·width]; the result is as the queries. When
    /// `causal`, query i sees the keys up to i + keys - queries. Of sample s only the first `lengths[s]` keys are seen. A
    /// query that sees no key has the result 0. What `dropout` names is dropped of the softmax's probabilities.
    public func attention(
        keys: Tensor, values: Tensor, heads: Int, causal: Bool = false, lengths: Indices? = nil,
        dropout: AttentionDropout? = nil
    ) -> Tensor {
        require(
            shape.rank == 3 && keys.shape.rank == 3 && keys.shape == values.shape && keys.shape[0] == shape[0]
                && keys.shape[2] == shape[2] && heads > 0 && shape[2] % heads == 0,
            "attention: queries \(shape), keys \(keys.shape) and values \(values.shape) do not fit \(heads) heads")
        lengths?.check(samples: shape[0], keys: keys.shape[1])
        return Attention(heads: heads, isCausal: causal, lengths: lengths, dropout: dropout)(self, keys, values)
    }

    /// Attention among the rows of one tensor that holds queries, keys and values side by side:
    /// [n, t, 3·heads·width] → [n, t, heads·width].
    public func selfAttention(
        heads: Int, causal: Bool = false, lengths: Indices? = nil, dropout: AttentionDropout? = nil
    ) -> Tensor {
        require(
            shape.rank == 3 && heads > 0 && shape[2] % (3 * heads) == 0,
            "attention: the shape \(shape) is not [n, t, 3·heads·width] with \(heads) heads")
        lengths?.check(samples: shape[0], keys: shape[1])
        return Attention(heads: heads, isCausal: causal, lengths: lengths, dropout: dropout)(self)
    }
}

extension Indices {
    /// Checks that there is one length for each sample, in 0...keys.
    fileprivate func check(samples: Int, keys: Int) {
        require(
            shape == [samples] && values.allSatisfy { (0...Int32(keys)).contains($0) },
            "attention: the lengths \(values.prefix(8)) do not fit \(samples) samples of \(keys) keys")
    }
}
