import Preconditions
public import TensorEngine

/// The normalized temperature-scaled cross-entropy of pairs (NT-Xent), with negatives from all shards of the step; a term for each
/// embedding, two for each pair.
///
/// -ln (e^(cos(zᵢ, zⱼ)/τ) / Σ_{k≠i} e^(cos(zᵢ, z_k)/τ)) for each embedding zᵢ whose pair is zⱼ, over the embeddings z_k of all pairs
/// of all shards. Source: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations"
/// (SimCLR), 2020, equation 1. *Collective* in training: see `ForwardContext.allGather`.
/// - Parameters:
///   - first: [n, features], an embedding of each pair of this shard
///   - second: the same shape, the other one
///   - temperature: τ, above 0
public func ntXent(
    _ first: Tensor, _ second: Tensor, temperature: Float = 0.5, _ context: ForwardContext
) -> SummedLoss {
    require(
        first.shape.rank == 2 && second.shape == first.shape,
        "ntXent: the shapes \(first.shape) and \(second.shape) are not both [n, features]")
    require(temperature > 0, "ntXent: the temperature must be above 0, found \(temperature)")
    let both = Tensor.concatenated([first, second], alongAxis: 0)
    // ε keeps rows of zeros finite
    let lengths = ((both * both).sum(alongAxis: -1) + 1e-24).squareRoot()
    let rows = both / lengths.reshaped(to: [both.shape[0], 1])
    let all = context.allGather(rows)
    let similarities = rows.matrixProduct(all.tensor.transposed()) * (1 / temperature)
    let pairs = first.shape[0]
    // nothing is its own negative: e^(-10³⁰) is 0
    let mask = Tensor(shape: similarities.shape) { elements in
        elements.update(repeating: 0)
        for row in 0..<(2 * pairs) { elements[row * all.tensor.shape[0] + all.ownRows.lowerBound + row] = -1e30 }
    }
    let labels = (0..<(2 * pairs)).map { row in
        Int32(all.ownRows.lowerBound + (row < pairs ? row + pairs : row - pairs))
    }
    return softmaxCrossEntropy(similarities + mask, Indices(labels))
}
