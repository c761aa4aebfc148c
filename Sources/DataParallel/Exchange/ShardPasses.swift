import Communication
import Preconditions
import TensorEngine
import Timeline

/// The passes of this rank's shards through a model, in which they call collectives over all shards.
///
/// Each shard's pass is a coroutine. All local ones run, one after the other in the order of the shards, until each has come to an
/// exchange; then all ranks carry it out, and the passes go on, again in order. A rank's only pass needs no coroutine. A rank without
/// samples takes part until all passes are over.
///
/// `@unchecked Sendable`: one thread runs at a time, see `Coroutine`.
final class ShardPasses: ShardExchange, @unchecked Sendable {
    private let collectives: ShardCollectives
    /// What a pass holds while others go on.
    private let parameters: [Parameter]
    private let statistics: [RunningStatistic]
    /// Whether there is one rank, whose errors need no words.
    private let isAlone: Bool
    private var ownError: (any Error)?
    private var coroutines: [Coroutine] = []
    /// By local shard, while its pass is under way.
    private var coroutineOfShard: [Coroutine?] = []

    /// By local shard, where it is.
    private var calls: [ShardCall] = []
    /// The local shard whose pass runs now, and nil outside of passes.
    private var running: Int?
    private var answer: (tensor: Tensor, rowsOfShard: [Range<Int>])?
    /// By local shard, the tokens of its forward pass; nil once it is over.
    private var tokens: [[Tensor]?] = []
    /// Since when exchanges answer with a shard's own values alone.
    private var failure: (any Error)?
    /// By local shard, the milliseconds that its pass was suspended in the present step.
    private(set) var suspendedMilliseconds: [Double] = []
    /// The milliseconds that exchanges took in the present step.
    private(set) var exchangeMilliseconds = 0.0

    /// Passes through a model with these parameters and statistics.
    init(
        over communicator: any Communicator, plan: ShardPlan, parameters: [Parameter], statistics: [RunningStatistic]
    ) {
        collectives = ShardCollectives(over: communicator, plan: plan)
        (self.parameters, self.statistics, isAlone) = (parameters, statistics, communicator.size == 1)
    }

    /// Runs `pass` for each local shard that has samples. *Collective.*
    ///
    /// Throws on every rank the same `RankFailure` where a pass throws, or the passes' exchanges do not match; all passes have ended
    /// then.
    /// - Parameters:
    ///   - hasSamples: by local shard.
    ///   - pass: is given a local shard; runs on another thread, one at a time.
    func run(_ hasSamples: [Bool], _ pass: (_ index: Int) throws -> Void) throws {
        calls = hasSamples.map { _ in .absent }
        tokens = hasSamples.map { _ in [] }
        suspendedMilliseconds = hasSamples.map { _ in 0 }
        coroutineOfShard = hasSamples.map { _ in nil }
        exchangeMilliseconds = 0
        (failure, ownError, answer) = (nil, nil, nil)
        let present = hasSamples.indices.filter { hasSamples[$0] }
        if present.count == 1 {
            runAlone(present[0], pass)
        } else if present.count > 1 {
            withoutActuallyEscaping(pass) { runTogether(present, $0) }
        }
        running = nil
        // those who have ended, or have no samples, take part until all have ended
        while failure == nil, exchange() {}
        if let failure { throw failure }
    }

    /// Runs the pass, and notes how it ended.
    private func perform(_ index: Int, _ pass: (Int) throws -> Void) {
        do {
            try pass(index)
            calls[index] = .ended
        } catch {
            calls[index] = .failed(RankFailure.message(of: error))
            if isAlone { ownError = ownError ?? error }
        }
    }

    private func runAlone(_ index: Int, _ pass: (Int) throws -> Void) {
        running = index
        perform(index, pass)
    }

    private func runTogether(_ present: [Int], _ pass: @escaping (Int) throws -> Void) {
        while coroutines.count < present.count { coroutines.append(Coroutine()) }
        // what the passes begin with, and what is put back between them
        let outside = SuspendedPass(of: parameters, statistics)
        outside.resume()
        var others: [SuspendedPass?] = present.map { _ in nil }
        func run(_ place: Int, _ body: () -> Void) {
            running = present[place]
            others[place]?.resume()
            body()
            others[place] = SuspendedPass(of: parameters, statistics)
            outside.resume()
        }
        for (place, index) in present.enumerated() {
            coroutineOfShard[index] = coroutines[place]
            run(place) {
                coroutines[place].start { [unowned self] in perform(index, pass) }
            }
        }
        while present.indices.contains(where: { coroutines[$0].isRunning }) {
            // after a failure the passes go on to their ends with what they have
            if failure == nil { _ = exchange() }
            for place in present.indices where coroutines[place].isRunning {
                run(place) { coroutines[place].resume() }
            }
        }
    }

    /// Carries out what all shards have come to; false when nothing is left to do.
    private func exchange() -> Bool {
        var stopwatch = Stopwatch()
        defer { exchangeMilliseconds += stopwatch.lap() }
        do {
            answer = try collectives.run(calls).answers
            return answer != nil
        } catch {
            failure = ownError ?? error
            answer = nil
            return false
        }
    }

    /// What all shards together make of the running shard's call; nil where they can't be reached.
    private func ask(
        _ kind: ShardCall.Kind, _ tensor: Tensor, isTracked: Bool = false, rows: Range<Int> = 0..<0
    ) -> (tensor: Tensor, rowsOfShard: [Range<Int>])? {
        guard let index = running, failure == nil else { return nil }
        calls[index] = .call(kind, tensor.detached, isTracked: isTracked, rows: rows)
        var stopwatch = Stopwatch()
        if let coroutine = coroutineOfShard[index] {
            coroutine.suspend()
        } else {
            _ = exchange()
        }
        suspendedMilliseconds[index] += stopwatch.lap()
        return answer
    }

    /// The tokens of the running pass, whose forward part is over.
    func takeTokens() -> [Tensor] {
        guard let index = running else { return [] }
        defer { tokens[index] = nil }
        return tokens[index] ?? []
    }
}

extension ShardPasses {
    func allGather(rows: Tensor) -> GatheredRows {
        require(rows.shape.rank >= 1, "allGather: a scalar has no rows; reshape it to [1]")
        guard let index = running, let all = ask(.allGather, rows, isTracked: rows.isTracked) else {
            let own = 0..<rows.shape[0]
            return GatheredRows(tensor: rows.detached, rowsOfShard: [own], ownRows: own)
        }
        return GatheredRows(
            tensor: all.tensor, rowsOfShard: all.rowsOfShard,
            ownRows: all.rowsOfShard[collectives.localShards.lowerBound + index])
    }

    func reduceScatter(_ tensor: Tensor, as gathered: GatheredRows) -> Tensor {
        guard let all = ask(.reduceScatter, tensor, rows: gathered.ownRows) else {
            return tensor.slice(gathered.ownRows, alongAxis: 0)
        }
        let first = all.rowsOfShard[collectives.localShards.lowerBound].lowerBound
        let own = gathered.ownRows
        return all.tensor.slice((own.lowerBound - first)..<(own.upperBound - first), alongAxis: 0)
    }

    func allReduce(sum tensor: Tensor) -> Tensor {
        ask(.allReduce, tensor, isTracked: tensor.isTracked)?.tensor ?? tensor.detached
    }

    func keep(token: Tensor) {
        if let index = running { tokens[index]?.append(token) }
    }
}
