import Kernels

/// Scaled dot-product attention in primitive operations, with the whole matrix of probabilities: what the fused form is
/// tested against, and its second derivative.
package struct AttentionByMatrices {
    let heads: Int
    let isCausal: Bool
    let lengths: Indices?
    let dropout: AttentionDropout?

    /// Attention of the given kind; see `Tensor.attention`.
    package init(heads: Int, isCausal: Bool, lengths: Indices? = nil, dropout: AttentionDropout? = nil) {
        (self.heads, self.isCausal, self.lengths, self.dropout) = (heads, isCausal, lengths, dropout)
    }

    /// The result for q [n, queries, heads·width], and k and v [n, keys, heads·width].
    package func callAsFunction(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
        joined(dropped(probabilities(split(q), split(k))).batchedMatrixProduct(split(v)))
    }

    /// The gradients with respect to q, k and v.
    func gradients(of inputs: [Tensor], _ cotangent: Tensor) -> [Tensor] {
        let (q, k, v, g) = (split(inputs[0]), split(inputs[1]), split(inputs[2]), split(cotangent))
        let p = probabilities(q, k)
        let slope = dropped(g.batchedMatrixProduct(v, transposingOther: true))
        let scores = p * (slope - (slope * p).sum(alongAxis: -1)) * scale(q)
        return [
            joined(scores.batchedMatrixProduct(k)), joined(scores.batchedMatrixProduct(q, transposingSelf: true)),
            joined(dropped(p).batchedMatrixProduct(g, transposingSelf: true)),
        ]
    }

    private func dropped(_ p: Tensor) -> Tensor {
        guard let dropout else { return p }
        return p * dropout.factors(samples: p.shape[0], heads: p.shape[1], queries: p.shape[2], keys: p.shape[3])
    }

    private func scale(_ q: Tensor) -> Float { 1 / Float(q.shape[3]).squareRoot() }

    private func probabilities(_ q: Tensor, _ k: Tensor) -> Tensor {
        let scores = q.batchedMatrixProduct(k, transposingOther: true) * scale(q)
        guard isCausal || lengths != nil else { return scores.softmax() }
        let seen = mask(samples: q.shape[0], queries: q.shape[2], keys: k.shape[2])
        return (scores + (seen - 1) * 1e30).softmax() * seen
    }

    /// 1 where a key is seen, else 0: [n, 1, queries, keys].
    private func mask(samples: Int, queries: Int, keys: Int) -> Tensor {
        Tensor(shape: [samples, 1, queries, keys]) { out in
            for sample in 0..<samples {
                for query in 0..<queries {
                    let length = lengths.map { Int($0.values[sample]) } ?? keys
                    let end = isCausal ? min(length, query + 1 + keys - queries) : length
                    for key in 0..<keys { out[(sample * queries + query) * keys + key] = key < end ? 1 : 0 }
                }
            }
        }
    }

    /// [n, t, heads·width] → [n, heads, t, width]
    private func split(_ x: Tensor) -> Tensor {
        x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads]).permuted([0, 2, 1, 3])
    }

    private func joined(_ x: Tensor) -> Tensor {
        x.permuted([0, 2, 1, 3]).reshaped(to: [x.shape[0], x.shape[2], heads * x.shape[3]])
    }
}
