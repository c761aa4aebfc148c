import Datasets
import Foundation
import Synchronization
import Testing

/// Batches are the samples' numbers; it counts its calls, fails at one sample, and can be made to wait.
private final class Recorder: Dataset {
    struct Failure: Error, Equatable { let sample: Int }

    let count: Int
    private let failing: Int?
    private let calls = Mutex(0)
    private let gate: DispatchSemaphore?

    init(count: Int, failing: Int? = nil, gate: DispatchSemaphore? = nil) {
        (self.count, self.failing, self.gate) = (count, failing, gate)
    }

    var callCount: Int { calls.withLock { $0 } }

    func batch(of samples: [Int]) throws -> [Int] {
        calls.withLock { $0 += 1 }
        gate?.wait()
        if let failing, samples.contains(failing) { throw Failure(sample: failing) }
        return samples
    }
}

/// Waits until `condition` holds; false when it does not within ten seconds.
private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<10_000 {
        if condition() { return true }
        usleep(1000)
    }
    return condition()
}

@Suite("A batch loader", .timeLimit(.minutes(1)))
struct BatchLoaderTests {
    private let sampler = ShardedSampler(count: 23, globalBatch: 5, shards: 4, seed: 3)

    private func steps(
        _ sampler: ShardedSampler, _ shards: Range<Int>, from start: Int = 0, until end: Int, depth: Int = 2
    ) throws -> [LoadedStep<[Int]>] {
        let loader = BatchLoader(
            Recorder(count: sampler.count), sampler: sampler, shards: shards, from: start, until: end, depth: depth)
        var steps: [LoadedStep<[Int]>] = []
        while let step = try loader.next() { steps.append(step) }
        return steps
    }

    @Test("gives what the sampler says, over epochs, for any depth", arguments: 1...3)
    func equalsSampler(depth: Int) throws {
        let steps = try steps(sampler, 0..<3, until: 3 * 23, depth: depth)
        #expect(steps.count == 3 * sampler.stepsPerEpoch)
        var consumed = 0
        for step in steps {
            let global = sampler.step(at: consumed)
            let order = sampler.order(ofEpoch: global.epoch)
            #expect(step.global == global)
            #expect(step.shards == 0..<3)
            let samples = (0..<3).map { global.samples(ofShard: $0, in: order) }
            let expected = samples.map { $0.isEmpty ? nil : $0 }
            #expect(step.batches == expected)
            #expect(step.shardBatches.map { $0?.samples } == expected)
            consumed = global.consumedAfter
        }
        // 23 = 4 · 5 + 3: the last step of an epoch has three samples for four shards, none for shard 0.
        #expect(steps.filter { $0.batches.contains(nil) }.count == 3)
    }

    @Test("gives the same steps from any point on, whatever the number of ranks")
    func resume() throws {
        let all = try steps(sampler, 0..<4, until: 46)
        for start in all.indices {
            let consumed = all[start].global.consumedBefore
            for run in [0..<2, 2..<4] {
                let rest = try steps(sampler, run, from: consumed, until: 46)
                #expect(rest.map(\.global) == all[start...].map(\.global))
                #expect(rest.map(\.batches) == all[start...].map { Array($0.batches[run]) })
            }
        }
    }

    @Test("resumes in the middle of a batch of another size without loss or repetition")
    func resumeWithin() throws {
        let rest = try steps(sampler, 0..<4, from: 7, until: 23)
        let samples = rest.flatMap { $0.batches.flatMap { $0 ?? [] } }
        #expect(samples == sampler.order(ofEpoch: 0).samples(at: 7..<23))
    }

    @Test("gives nothing when the end is reached already, and after the end again nothing")
    func end() throws {
        #expect(try steps(sampler, 0..<4, from: 23, until: 23).isEmpty)
        let loader = BatchLoader(Recorder(count: 23), sampler: sampler, shards: 0..<4, from: 0, until: 1)
        #expect(try loader.next() != nil)
        #expect(try loader.next() == nil)
        #expect(try loader.next() == nil)
    }

    @Test("throws the data's error in its place, and then again, after all steps before it")
    func error() throws {
        // Without shuffling, sample 12 is in the third step.
        let sampler = ShardedSampler(count: 23, globalBatch: 5, shards: 2, seed: 0, shuffles: false)
        let loader = BatchLoader(
            Recorder(count: 23, failing: 12), sampler: sampler, shards: 0..<2, from: 0, until: 1000)
        #expect(try loader.next()?.batches == [[0, 1], [2, 3, 4]])
        #expect(try loader.next()?.batches == [[5, 6], [7, 8, 9]])
        for _ in 0..<2 {
            #expect(throws: Recorder.Failure(sample: 12)) { _ = try loader.next() }
        }
    }

    @Test("prepares as many steps as its depth, and not more", arguments: 1...3)
    func bounded(depth: Int) throws {
        let data = Recorder(count: 23)
        let loader = BatchLoader(data, sampler: sampler, shards: 1..<2, from: 0, until: 1000, depth: depth)
        #expect(eventually { data.callCount == depth })
        usleep(50_000)
        #expect(data.callCount == depth)
        _ = try loader.next()
        #expect(eventually { data.callCount == depth + 1 })
        usleep(50_000)
        #expect(data.callCount == depth + 1)
    }

    @Test("that is stopped early uses the data no more, and gives nothing")
    func stop() throws {
        let data = Recorder(count: 23)
        let loader = BatchLoader(data, sampler: sampler, shards: 0..<4, from: 0, until: .max)
        _ = try loader.next()
        loader.stop()
        let calls = data.callCount
        usleep(50_000)
        #expect(data.callCount == calls)
        #expect(try loader.next() == nil)
        loader.stop()
    }

    @Test("that goes lets its thread and its data go", arguments: [0, 1, 2])
    func deinitialization(taken: Int) throws {
        weak var data: Recorder?
        do {
            let recorder = Recorder(count: 23)
            data = recorder
            let loader = BatchLoader(recorder, sampler: sampler, shards: 0..<4, from: 0, until: .max)
            for _ in 0..<taken { _ = try loader.next() }
        }
        #expect(eventually { data == nil })
    }

    @Test("that goes does not wait for a batch that takes long")
    func slowData() {
        let gate = DispatchSemaphore(value: 0)
        weak var data: Recorder?
        do {
            let recorder = Recorder(count: 23, gate: gate)
            data = recorder
            let loader = BatchLoader(recorder, sampler: sampler, shards: 0..<4, from: 0, until: .max)
            #expect(eventually { recorder.callCount == 1 })
            withExtendedLifetime(loader) {}
        }
        #expect(data != nil)
        for _ in 0..<4 { gate.signal() }
        #expect(eventually { data == nil })
    }
}
