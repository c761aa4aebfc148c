import Kernels
import TensorEngine

/// What takes the results of shards' passes: their sums, statistics and gradients.
protocol GradientSink: AnyObject {
    /// Memory in which a shard's gradient can be made so that it need not be copied; nil where there is none.
    func destination(_ index: Int, shard: Int) -> Buffer?
    /// Takes the sums of a shard's loss.
    func acceptSums(_ sums: ShardSums, shard: Int)
    /// Takes what a running statistic has recorded of a shard.
    func acceptStatistic(_ sums: Buffer?, index: Int, shard: Int)
    /// Takes the gradient of a shard with respect to a trained parameter.
    func accept(_ gradient: Tensor?, index: Int, shard: Int)
    /// Takes a shard without samples: zeros for everything, but for what this rank asks of all ranks.
    func acceptEmpty(shard: Int, requests: StepRequests)
}

extension GradientReducer: GradientSink {}

/// Hands a reducer the results of shards whose passes take turns: each part of the gradient in the order of the shards.
///
/// A result that comes before those of earlier shards waits for them.
final class ShardOrder: GradientSink {
    private let reducer: GradientReducer
    private let parameterCount: Int
    /// By part (the sums, the parameters, the statistics): the shard that is next, and what waits of later ones.
    private var next: [Int]
    private var waiting: [[Int: () -> Void]]

    init(_ reducer: GradientReducer, parameters: Int, statistics: Int) {
        (self.reducer, parameterCount) = (reducer, parameters)
        next = Array(repeating: reducer.localShards.lowerBound, count: 1 + parameters + statistics)
        waiting = next.map { _ in [:] }
    }

    func acceptEmpty(shard: Int, requests: StepRequests) {
        acceptSums(ShardSums(count: 0, requests: requests), shard: shard)
        for index in 0..<(next.count - 1 - parameterCount) { acceptStatistic(nil, index: index, shard: shard) }
        for index in 0..<parameterCount { accept(nil, index: index, shard: shard) }
    }

    func destination(_ index: Int, shard: Int) -> Buffer? {
        next[1 + index] == shard ? reducer.destination(index, shard: shard) : nil
    }

    func acceptSums(_ sums: ShardSums, shard: Int) {
        deliver(0, shard) { [reducer] in reducer.acceptSums(sums, shard: shard) }
    }

    func acceptStatistic(_ sums: Buffer?, index: Int, shard: Int) {
        deliver(1 + parameterCount + index, shard) { [reducer] in
            reducer.acceptStatistic(sums, index: index, shard: shard)
        }
    }

    func accept(_ gradient: Tensor?, index: Int, shard: Int) {
        deliver(1 + index, shard) { [reducer] in reducer.accept(gradient, index: index, shard: shard) }
    }

    private func deliver(_ part: Int, _ shard: Int, _ body: @escaping () -> Void) {
        guard next[part] == shard else {
            waiting[part][shard] = body
            return
        }
        body()
        next[part] += 1
        while let later = waiting[part].removeValue(forKey: next[part]) {
            later()
            next[part] += 1
        }
    }
}
