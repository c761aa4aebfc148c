import Communication
import DataParallel
import Layers
import TensorEngine
import Testing

@Suite("Exchanges between shards, with a gradient", .timeLimit(.minutes(2)))
struct ShardExchangeTests {
    /// Ten samples of `width` features.
    private static func samples(_ width: Int) -> Tensor {
        Tensor(shape: [10, width]) { elements in
            for i in elements.indices { elements[i] = Float((i * 7919) % 23) / 23 - 0.5 }
        }
    }

    /// How many of the ten samples each shard has.
    private static let divisions = [[10], [3, 0, 2, 4, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [0, 6, 4]]

    private struct Found: Equatable, Sendable {
        var loss = 0.0
        var gradients: [[Float]] = []
        var statistic: [Float] = []
    }

    /// One step of a loss in which every sample meets every other, and a mean over all samples, on `ranks` ranks.
    ///
    /// With h = x·w, u = all rows of h, m = the mean of u, c = h - m: Σ over a shard's samples of Σⱼ (cᵢ·(uⱼ + b))²; samples
    /// from 8 on do not look at u.
    private static func step(_ division: [Int], ranks: Int, width: Int, hosts: [String]? = nil) throws -> [Found] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let w = Parameter(
                Tensor(shape: [width, 3]) { w in for i in w.indices { w[i] = Float((i * 31) % 17) / 17 - 0.4 } })
            let b = Parameter(Tensor([0.5, -0.25, 1]))
            let mean = RunningStatistic(Tensor([0, 0, 0]), momentum: 0.5)
            let arena = ParameterArena(["w": w, "b": b, "mean": mean])
            let map = hosts.map { HostMap(names: $0) }
            let step = try DataParallelStep(
                arena: arena, plan: try ShardPlan(shards: division.count, ranks: ranks, hosts: map),
                communicator: communicator, hosts: map, exchangesShards: true)
            let ends = division.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
            let batches = step.localShards.map { ends[$0] == ends[$0 + 1] ? nil : ends[$0]..<ends[$0 + 1] }
            let outcome = try step.run(batches) { rows in
                let context = ForwardContext.training(
                    SampleRandomness(seed: 1, step: 1, samples: Array(rows)), exchange: step.exchange)
                let h = samples(width).slice(rows, alongAxis: 0).matrixProduct(w.value)
                let all = context.allGather(h)
                #expect(all.ownRows == rows && all.rowsOfShard == zip(ends, ends.dropFirst()).map { $0..<$1 })
                let m = context.allReduce(h.sum(alongAxis: 0)) * (1 / 10)
                mean.record(sums: h.sum(alongAxis: 0).reshaped(to: [3]), count: rows.count)
                let c = h - m.reshaped(to: [1, 3])
                let pairs = c.matrixProduct((all.tensor + b.value).transposed())
                let looks = Tensor(rows.map { $0 < 8 ? 1 : 0 }, shape: [rows.count, 1])
                let terms = rows.lowerBound < 8 ? (pairs * pairs * looks).sum() + (c * c).sum() : (c * c).sum()
                return SummedLoss(sum: terms, count: rows.count)
            }
            let values = step.gradients.values
            return Found(
                loss: outcome.lossSum, gradients: arena.ranges.map { Array(values[$0]) }, statistic: mean.value.values)
        }
    }

    private func isClose(_ found: Found, _ expected: Found) -> Bool {
        let largest = expected.gradients.joined().map(abs).max() ?? 1
        return abs(found.loss - expected.loss) <= 1e-5 * abs(expected.loss)
            && zip(found.gradients.joined(), expected.gradients.joined()).allSatisfy { abs($0 - $1) <= 1e-5 * largest }
            && zip(found.statistic, expected.statistic).allSatisfy { abs($0 - $1) <= 1e-5 }
    }

    @Test(
        "Have the gradient of the whole batch, however it is divided, and the same bits on any number of ranks",
        arguments: divisions, [4, 6000])
    func matchesWhole(division: [Int], width: Int) throws {
        let whole = try Self.step([10], ranks: 1, width: width)[0]
        let alone = try Self.step(division, ranks: 1, width: width)[0]
        #expect(isClose(alone, whole), "\(alone.loss) for \(whole.loss)")
        for ranks in [2, 3, 5, 12] where ranks <= division.count {
            for found in try Self.step(division, ranks: ranks, width: width) {
                #expect(found == alone, "\(ranks) ranks")
            }
        }
        if division.count >= 3 {
            for found in try Self.step(division, ranks: 3, width: width, hosts: ["a", "b", "a"]) {
                #expect(found == alone, "on two hosts")
            }
        }
    }

    private struct Trouble: Error, CustomStringConvertible {
        var description: String { "no such sample" }
    }

    private enum Fault: CaseIterable {
        case throwsBefore, throwsAfter, oneMore, oneLess, otherShape, otherCall, untracked
    }

    /// A step of six shards, of which the last makes other exchanges than the others, or throws.
    private static func failure(_ fault: Fault, ranks: Int) throws {
        _ = try InProcessCommunicator.run(ranks: ranks) { communicator in
            let w = Parameter(Tensor([1, 2]))
            let step = try DataParallelStep(
                arena: ParameterArena(["w": w]), plan: try ShardPlan(shards: 6, ranks: ranks),
                communicator: communicator, exchangesShards: true)
            let batches = step.localShards.map { $0 == 1 ? nil : $0 }
            _ = try step.run(batches) { shard in
                let context = ForwardContext.training(
                    SampleRandomness(seed: 1, step: 1, samples: [shard]), exchange: step.exchange)
                let isOdd = shard == 5
                if isOdd && fault == .throwsBefore { throw Trouble() }
                let row = (w.value * Float(shard)).reshaped(to: [1, 2])
                var sum = w.value.sum()
                if !(isOdd && fault == .oneLess) { sum = sum + context.allGather(row).tensor.sum() }
                if isOdd && fault == .throwsAfter { throw Trouble() }
                if isOdd && fault == .oneMore { sum = sum + context.allReduce(row).sum() }
                switch fault {
                case .otherShape: sum = sum + context.allReduce(isOdd ? row.sum() : row).sum()
                case .otherCall: sum = sum + (isOdd ? context.allGather(row).tensor : context.allReduce(row)).sum()
                case .untracked: sum = sum + context.allGather(isOdd ? row.detached : row).tensor.sum()
                default: break
                }
                return SummedLoss(sum: sum, count: 1)
            }
        }
    }

    @Test("Report a shard that fails or makes others, on every rank", arguments: Fault.allCases, [1, 2, 3, 6])
    private func failures(fault: Fault, ranks: Int) throws {
        let error = #expect(throws: (any Error).self) { try Self.failure(fault, ranks: ranks) }
        let text = error.map { "\($0)" } ?? ""
        switch fault {
        case .throwsBefore, .throwsAfter:
            #expect(text == (ranks == 1 ? "no such sample" : "rank \(ranks - 1): no such sample"))
        default:
            #expect(text.contains("shard 5") && text.contains("do not make the same exchanges"), "\(text)")
        }
    }
}
