import Preconditions
package import TensorEngine

/// What models of sequences are made of.
extension GraphBuilder {
    /// Scaled dot-product attention of queries [n, t, heads·width], keys and values [n, s, heads·width]; of each sample only the
    /// first `lengths` [n] keys are seen.
    public func attention(
        _ queries: GraphValue, keys: GraphValue, values: GraphValue, heads: Int, causal: Bool = false,
        lengths: GraphValue? = nil
    ) -> GraphValue {
        require(
            queries.rank == 3 && keys.rank == 3 && heads > 0 && queries.width % heads == 0,
            "GraphBuilder.attention: queries \(queries.shape) and keys \(keys.shape) do not fit \(heads) heads")
        return node(
            .attention(heads: heads, isCausal: causal),
            [rowMajor(queries), rowMajor(keys), rowMajor(values)] + (lengths.map { [$0] } ?? []), queries.shape)
    }

    /// The mean over the positions of each sequence [n, t, width] of which the first `lengths` [n] count: [n, width].
    public func mean(_ x: GraphValue, lengths: GraphValue) -> GraphValue {
        let x = rowMajor(x)
        let mask = node(.sequenceMask, [lengths, x], [x.shape[0], x.shape[1], 1])
        let total = sum(multiply(x, mask), alongAxis: 1, keepsAxis: false)
        let counts = node(.toFloat, [lengths], lengths.shape)
        return divide(total, reshape(counts, to: [1]))
    }

    /// Rotary positions of [n, t, heads·width]: the pairs (i, i + width/2) of each head are rotated by the angles with these cosines
    /// and sines [positions, width/2].
    package func rotated(_ x: GraphValue, heads: Int, cosines: Tensor, sines: Tensor) -> GraphValue {
        let (positions, half) = (cosines.shape[0], cosines.shape[1])
        let width = 2 * heads * half
        /// [positions, heads·width], whose first halves of heads are multiplied by `sign`.
        func table(_ values: [Float], sign: Float) -> Tensor {
            Tensor(shape: [positions, width]) { elements in
                for index in elements.indices {
                    let (position, column) = index.quotientAndRemainder(dividingBy: width)
                    let factor: Float = column % (2 * half) < half ? sign : 1
                    elements[index] = factor * values[position * half + column % half]
                }
            }
        }
        // y₁ = x₁·cos - x₂·sin,  y₂ = x₂·cos + x₁·sin
        let swapped = concatenated(
            (0..<(2 * heads)).map { part in slice(x, ((part ^ 1) * half)..<((part ^ 1) * half + half), alongAxis: -1) },
            alongAxis: -1)
        let (cosines, sines) = (table(cosines.values, sign: 1), table(sines.values, sign: -1))
        return add(
            multiply(x, self.positions(of: x, table: cosines)), multiply(swapped, self.positions(of: x, table: sines)))
    }

    /// The layers of `recurrence` over [n, t, inputs]: all outputs, [n, t, directions·hidden], and the final states of the last
    /// layer, [n, directions·hidden].
    package func recurrent(_ x: GraphValue, _ recurrence: GraphRecurrence, lengths: GraphValue?) -> (
        outputs: GraphValue, state: GraphValue
    ) {
        let x = rowMajor(x)
        let width = GraphDimension.fixed(recurrence.hidden * recurrence.layers[0].count)
        let outputs = node(
            .recurrent(recurrence), [x] + (lengths.map { [$0] } ?? []),
            outputs: [[x.shape[0], x.shape[1], width], [x.shape[0], width]])
        return (outputs[0], outputs[1])
    }
}
