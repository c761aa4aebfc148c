import Kernels
public import Settings
public import TensorEngine

/// Limited-memory BFGS: the direction -H·g from the last pairs of steps and gradient changes, in time linear in both.
///
/// Source: Nocedal and Wright, 2006, algorithms 7.4 and 7.5.
final class LBFGS: SearchDirection {
    /// The oldest first; those from `count` on are empty.
    private var pairs: [(step: Buffer, change: Buffer)]
    private var count = 0

    /// Remembers `memory` pairs of vectors of `dimension` elements.
    init(memory: Int, dimension: Int) {
        pairs = (0..<memory).map { _ in (Buffer(repeating: 0, count: dimension), Buffer(repeating: 0, count: dimension))
        }
    }

    var hasScale: Bool { count > 0 }

    func direction(_ gradient: Buffer, of objective: Objective) -> Buffer {
        let known = pairs[..<count]
        let q = copy(gradient.pointer, count: gradient.count)
        var shares: [Double] = []
        for pair in known.reversed() {
            let share = pair.step.dot(q) / pair.step.dot(pair.change)
            q.add(pair.change, times: -share)
            shares.append(share)
        }
        // H₀ = (sᵀy / yᵀy)·I, of the newest pair
        let scale = known.last.map { $0.step.dot($0.change) / $0.change.dot($0.change) } ?? 1
        let r = q.scaled(by: scale)
        for (pair, share) in zip(known, shares.reversed()) {
            r.add(pair.step, times: share - pair.change.dot(r) / pair.step.dot(pair.change))
        }
        return r.scaled(by: -1)
    }

    func learn(step: Buffer, change: Buffer) {
        guard isPositive(step: step, change: change) else { return }
        if count == pairs.count { pairs.append(pairs.removeFirst()) } else { count += 1 }
        pairs[count - 1].step.pointer.update(from: step.pointer, count: step.count)
        pairs[count - 1].change.pointer.update(from: change.pointer, count: change.count)
    }

    func reset() { count = 0 }

    var state: [OptimizerState] {
        pairs.enumerated().flatMap { place, pair in
            [
                OptimizerState(name: "lbfgs.step.\(place)", buffer: pair.step),
                OptimizerState(name: "lbfgs.change.\(place)", buffer: pair.change),
            ]
        }
    }

    var progress: [String: String] { ["lbfgs.pairs": "\(count)"] }

    func restore(_ progress: [String: String]) {
        count = max(0, min(pairs.count, progress["lbfgs.pairs"].flatMap { Int($0) } ?? 0))
    }
}

/// The settings of `optimizer.name lbfgs`. Default of the history: SciPy's `maxcor` of L-BFGS-B (PyTorch keeps 100).
public struct LBFGSSettings: SecondOrderRule {
    /// Iterations on the batch of each step.
    public var iterations = 1
    /// Pairs of vectors that it keeps.
    public var historySize = 10

    public init() {}

    public static let name = "lbfgs"
    public static let keys: [Setting<Self>] = [
        Setting(
            "iterations", \.iterations, .whole(atLeast: 1, atMost: 1_000_000), aliases: ["max_iter"],
            "iterations on the batch of each step"),
        Setting(
            "history_size", \.historySize, .whole(atLeast: 1, atMost: 1000), formerNames: ["optimizer.memory"],
            "update history: pairs of vectors, each as long as the weights"),
    ]

    public func makeOptimizer(_ arena: ParameterArena, _ groups: ParameterGroups) throws -> SecondOrderOptimizer {
        SecondOrderOptimizer(arena, .lbfgs(memory: historySize), groups: groups)
    }
}

extension SecondOrderMethod {
    /// Limited-memory BFGS with this many pairs of vectors.
    public static func lbfgs(memory: Int = 10) -> SecondOrderMethod {
        SecondOrderMethod { _, dimension in LBFGS(memory: memory, dimension: dimension) }
    }
}
