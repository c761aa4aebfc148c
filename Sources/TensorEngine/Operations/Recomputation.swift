import Preconditions

/// `compute(x)`, of which only x is kept for the backward pass: there it is computed again, and differentiated then.
///
/// Costs one more forward pass and saves the memory of all values in between. The result and the gradients have the same
/// bits as without, and each parameter's gradient is still handed out once. Derivatives of any order work; for those
/// beyond the first nothing is saved.
/// - Parameters:
///   - tree: all parameters and running statistics that `compute` uses. The statistics record the first pass only.
///   - compute: a function of x and the parameters; `isRepeated` says that it has been computed before, and must give
///     the same bits again, random numbers included.
///
/// Source: Chen, Xu, Zhang, Guestrin, "Training deep nets with sublinear memory cost", 2016.
public func recomputed(
    _ x: Tensor, _ tree: ParameterTree, _ compute: @escaping (_ x: Tensor, _ isRepeated: Bool) -> Tensor
) -> Tensor {
    let recomputation = Recomputation(
        parameters: tree.named.map(\.parameter), statistics: tree.namedStatistics.map(\.statistic), compute: compute)
    return recomputation.applied(to: [x] + recomputation.parameters.map(\.value))
}

/// The function of `recomputed`, with x and the parameters as its inputs.
///
/// `@unchecked Sendable`: as its node, used by one thread at a time.
private struct Recomputation: Primitive, @unchecked Sendable {
    static let saves: SavedValues = .inputs

    let parameters: [Parameter]
    let statistics: [RunningStatistic]
    let compute: (Tensor, Bool) -> Tensor

    func forward(_ inputs: [Tensor]) -> Tensor {
        // not tracked within: nothing is recorded but the whole
        Parameter.substituting(inputs.dropFirst().map(\.detached), of: parameters) {
            compute(inputs[0].detached, false)
        }
    }

    func vjp(_ cotangent: Tensor, _ saved: Saved) -> [Tensor?] {
        if saved.recordsGraph { return vjpByComposition(cotangent, saved) { repeated($0) } }
        let inputs = zip(saved.inputs, saved.needs).map { $1 ? $0.tracked : $0.detached }
        let wanted = inputs.indices.filter { saved.needs[$0] }
        var cotangents = [Tensor?](repeating: nil, count: inputs.count)
        var walk = BackwardWalk(
            from: repeated(inputs), to: wanted.compactMap { inputs[$0].origin }, recordsGraph: false,
            retainsGraph: false)
        walk.run(cotangent: cotangent, destination: { saved.out(wanted[$0]) }) { cotangents[wanted[$0]] = $1 }
        return cotangents
    }

    /// The function once more, recorded with these inputs.
    private func repeated(_ inputs: [Tensor]) -> Tensor {
        RunningStatistic.pausing(statistics) {
            Parameter.substituting(Array(inputs.dropFirst()), of: parameters) { compute(inputs[0], true) }
        }
    }
}
