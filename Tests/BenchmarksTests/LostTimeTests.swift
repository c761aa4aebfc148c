import Diagnosis
import Testing
import Training

/// One step of one rank, in milliseconds; what the last rank waits is the reduction.
private struct Part {
    var data = 0.0
    var compute = 10.0
    var packing = 0.0
}

/// The figures of ranks that leave each reduction together, `reduction` milliseconds after the last of them is ready, and
/// update for one millisecond.
private func ranks(_ steps: [[Part]], reduction: Double) -> [RankSteps] {
    var result = steps[0].indices.map { RankSteps(host: "h\($0 + 1)") }
    for step in steps {
        let ready = step.map { $0.data + $0.compute }
        let end = (ready.max() ?? 0) + reduction
        for (rank, part) in step.enumerated() {
            result[rank].milliseconds.append(end + 1)
            result[rank].data.append(part.data)
            result[rank].forward.append(part.compute / 2)
            result[rank].backward.append(part.compute / 2)
            result[rank].packing.append(part.packing)
            result[rank].exposedCommunication.append(end - ready[rank])
            result[rank].optimizer.append(1)
        }
    }
    return result
}

@Suite("Where the time of steps goes")
struct LostTimeTests {
    private let even = [Part](repeating: Part(), count: 3)

    /// Checks that the parts are the step.
    private func expectWhole(_ lost: LostTime, sourceLocation: SourceLocation = #_sourceLocation) {
        let sum = lost.computing + lost.causes.values.reduce(0, +)
        #expect(abs(sum - lost.step) < 1e-9, "\(lost)", sourceLocation: sourceLocation)
    }

    @Test("A rank that is always late is a straggler: it costs what it takes longer than the others")
    func straggler() {
        let lost = LostTime(ranks(Array(repeating: [Part(), Part(compute: 16), Part()], count: 8), reduction: 1))
        #expect(lost.mainCause == .straggler)
        #expect((lost.straggler, lost.stragglerHost) == (1, "h2"))
        // the others compute for 10 and update for 1
        #expect(abs(lost.computing - 11) < 1e-9)
        #expect(abs((lost.causes[.straggler] ?? 0) - 6) < 1e-9)
        #expect(lost.lastShares == [0, 1, 0])
        #expect(lost.remedies.first?.cause == .straggler)
        #expect(abs((lost.remedies.first?.stepWithIt ?? 0) - 12) < 1e-9)
        #expect(lost.sentence.contains("rank 1") && lost.sentence.contains("h2"))
        expectWhole(lost)
    }

    @Test("On one host a faster network is no remedy")
    func oneHost() throws {
        func advice(_ hosts: [String]) throws -> String {
            let both = hosts.map { host in
                var steps = RankSteps(host: host)
                for _ in 1...3 {
                    (steps.milliseconds, steps.data) = (steps.milliseconds + [12], steps.data + [0])
                    (steps.forward, steps.backward) = (steps.forward + [3], steps.backward + [6])
                    (steps.packing, steps.optimizer) = (steps.packing + [0], steps.optimizer + [1])
                    steps.exposedCommunication.append(2)
                }
                return steps
            }
            return try #require(LostTime(both).remedies.first { $0.cause == .communication }).advice
        }
        #expect(try advice(["a", "b"]).contains("network"))
        let alone = try advice(["a", "a"])
        #expect(!alone.contains("network") && alone.contains("two batches"), "\(alone)")
    }

    @Test("Where now one rank is late and now another, it is imbalance: it costs the last one's lead over the mean")
    func imbalance() {
        let steps = (0..<9).map { step in (0..<3).map { Part(compute: $0 == step % 3 ? 16 : 10) } }
        let lost = LostTime(ranks(steps, reduction: 1))
        #expect(lost.mainCause == .imbalance)
        #expect(lost.straggler == nil)
        // 16 where the mean is 12
        #expect(abs((lost.causes[.imbalance] ?? 0) - 4) < 1e-9)
        expectWhole(lost)
    }

    @Test("What the last rank waits is communication; half of it goes with half the bytes")
    func communication() {
        let lost = LostTime(ranks(Array(repeating: even, count: 4), reduction: 8))
        #expect(lost.mainCause == .communication)
        #expect(abs((lost.causes[.communication] ?? 0) - 8) < 1e-9)
        #expect(abs((lost.remedies.first?.stepWithIt ?? 0) - 15) < 1e-9)
        expectWhole(lost)
    }

    @Test(
        "Waiting for data is named, whether all ranks wait or one, which then is no straggler",
        arguments: [[0, 1, 2], [1]])
    func data(waiting: [Int]) {
        let step = (0..<3).map { Part(data: waiting.contains($0) ? 6 : 0) }
        let lost = LostTime(ranks(Array(repeating: step, count: 4), reduction: 0.5))
        #expect(lost.mainCause == .data)
        #expect(abs((lost.causes[.data] ?? 0) - 6) < 1e-9)
        #expect(lost.causes[.straggler] == 0)
        #expect(lost.sentence.contains("rank \(waiting[0])"))
        expectWhole(lost)
    }

    @Test("Packing is a part of the backward pass")
    func packing() {
        let lost = LostTime(
            ranks(Array(repeating: [Part](repeating: Part(packing: 4), count: 2), count: 4), reduction: 1))
        #expect(lost.mainCause == .packing)
        #expect(abs(lost.computing - 7) < 1e-9)
        expectWhole(lost)
    }

    @Test("Where nothing takes three parts in a hundred, nothing is named; nor is it on one rank that only computes")
    func nothing() {
        let lost = LostTime(ranks(Array(repeating: even, count: 4), reduction: 0.2))
        #expect(lost.mainCause == nil)
        #expect(lost.sentence.contains("nothing"))
        #expect(LostTime(ranks([[Part()], [Part()]], reduction: 0)).mainCause == nil)
    }

    @Test("The update before a step counts to it, for all leave a reduction together")
    func update() {
        // The second rank's update takes 5 once: the step after it, it comes 4 later.
        var steps = ranks(Array(repeating: [Part(), Part()], count: 3), reduction: 1)
        steps[1].optimizer[0] = 5
        steps[1].milliseconds[0] += 4
        steps[0].exposedCommunication[1] += 4
        steps[0].milliseconds[1] += 4
        let lost = LostTime(steps)
        // one of the two steps after the first is longer by 4, of which the mean over two ranks has 2
        #expect(abs((lost.causes[.imbalance] ?? 0) - 1) < 1e-9, "\(lost)")
    }
}
