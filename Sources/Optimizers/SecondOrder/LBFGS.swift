import Kernels

/// Limited-memory BFGS: the direction -H·g from the last pairs of steps and gradient changes, in time linear in both.
///
/// Source: Nocedal and Wright, 2006, algorithms 7.4 and 7.5.
final class LBFGS: SearchDirection {
    private struct Pair {
        let step, change: Buffer
        /// 1 / sᵀy
        let inverse: Double
    }

    private let memory: Int
    /// The oldest first.
    private var pairs: [Pair] = []

    init(memory: Int) { self.memory = memory }

    var hasScale: Bool { !pairs.isEmpty }

    func direction(_ gradient: Buffer, of objective: Objective) -> Buffer {
        let q = copy(gradient.pointer, count: gradient.count)
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = pair.inverse * pair.step.dot(q)
            q.add(pair.change, times: -share)
            shares.append(share)
        }
        // H₀ = (sᵀy / yᵀy)·I, of the newest pair
        let scale = pairs.last.map { 1 / ($0.inverse * $0.change.dot($0.change)) } ?? 1
        let r = q.scaled(by: scale)
        for (pair, share) in zip(pairs, shares.reversed()) {
            r.add(pair.step, times: share - pair.inverse * pair.change.dot(r))
        }
        return r.scaled(by: -1)
    }

    func learn(step: Buffer, change: Buffer) {
        guard isPositive(step: step, change: change) else { return }
        if pairs.count == memory { pairs.removeFirst() }
        pairs.append(Pair(step: step, change: change, inverse: 1 / step.dot(change)))
    }

    func reset() { pairs = [] }
}
