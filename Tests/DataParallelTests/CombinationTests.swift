import Communication
import DataParallel
import Foundation
import Kernels
import TensorEngine
import Testing

/// Ways to combine gradients, by name.
enum CombinationExample: String, CaseIterable, Sendable {
    case sum, adasum, bfloat16, float16, topK, powerSGD, sign

    /// Those that compress.
    static let compressed: [CombinationExample] = [.bfloat16, .float16, .topK, .powerSGD, .sign]
    /// Those that keep what they have not sent.
    static let remembering: [CombinationExample] = [.topK, .powerSGD, .sign]

    var method: CompressionMethod? {
        switch self {
        case .sum, .adasum: nil
        case .bfloat16: .bfloat16
        case .float16: .float16
        case .topK: .topK(share: 0.1)
        case .powerSGD: .powerSGD(rank: 2)
        case .sign: .sign
        }
    }
}

/// Gradients of made-up shards, combined step by step by one rank of several.
struct CombinationRun {
    let reducer: GradientReducer
    let compression: GradientCompression?
    private let arena: ParameterArena
    private let shapes: [Shape]

    init(
        _ example: CombinationExample, shapes: [Shape], shards: Int, _ communicator: any Communicator,
        bucketBytes: Int = 2000, overlaps: Bool = true
    ) throws {
        self.shapes = shapes
        let arena = ParameterArena(
            ParameterTree(
                shapes.enumerated().map { ("p\($0.offset)", Parameter(Tensor(repeating: 0, shape: $0.element))) }))
        self.arena = arena
        let plan = try ShardPlan(shards: shards, ranks: communicator.size)
        let compression = example.method.map {
            GradientCompression($0, arena: arena, plan: plan, rank: communicator.rank)
        }
        self.compression = compression
        reducer = try GradientReducer(
            arena: arena, plan: plan, communicator: communicator, bucketBytes: bucketBytes,
            overlaps: overlaps,
            combination: compression.map { .compressed($0) } ?? (example == .adasum ? .adasum : .sum))
    }

    /// One step with these gradients and counts of shards; nil for a shard without terms.
    func step(_ gradient: (_ shard: Int, _ parameter: Int) -> [Float], counts: [Float?]) throws -> ShardSums {
        for shard in reducer.localShards {
            guard let count = counts[shard] else {
                reducer.acceptEmpty(shard: shard)
                continue
            }
            reducer.acceptSums(ShardSums(lossSum: Float(shard), count: Double(count)), shard: shard)
            for index in shapes.indices.reversed() {
                reducer.accept(Tensor(gradient(shard, index), shape: shapes[index]), index: index, shard: shard)
            }
        }
        return try reducer.finish()
    }

    /// The combined gradient of each parameter.
    var gradients: [[Float]] {
        let all = reducer.gradients.values
        return arena.slices.map { Array(all[$0.range]) }
    }
}

@Suite("Gradients that are combined in other ways than their sum")
struct CombinationTests {
    /// sin(0.37·i² + phase), as the reference has it.
    static func wave(_ count: Int, _ phase: Int) -> [Float] {
        (0..<count).map { Float(sin(Double($0 * $0) * 0.37 + Double(phase))) }
    }

    private static let shapes: [Shape] = [[40, 30], [30], [7, 3], [120, 50], [50], [1], [3, 3, 8, 20]]

    private struct Outcome: Equatable, Sendable {
        var gradients: [[UInt32]] = []
        var tail = ShardSums(count: 0)
        var memory: [String: [UInt32]] = [:]
    }

    private static func outcomes(
        _ example: CombinationExample, shards: Int, ranks: Int, bucketBytes: Int = 2000, overlaps: Bool = true
    ) throws -> [Outcome] {
        try InProcessCommunicator.run(ranks: ranks) { communicator in
            let run = try CombinationRun(
                example, shapes: shapes, shards: shards, communicator, bucketBytes: bucketBytes, overlaps: overlaps)
            var outcome = Outcome()
            for step in 0..<3 {
                // short last shards and an empty one in the second step
                let counts = (0..<shards).map { step == 1 && $0 == 2 ? nil : Float(3 + ($0 + step) % 2) }
                outcome.tail = try run.step(
                    { wave(shapes[$1].count, 100 * step + 10 * $0 + $1).map { $0 * 1000 } }, counts: counts)
                outcome.gradients += run.gradients.map { $0.map(\.bitPattern) }
            }
            if let compression = run.compression {
                try compression.gather(over: communicator)
                if communicator.rank == 0 {
                    for tensor in compression.savedTensors {
                        outcome.memory[tensor.name] = tensor.buffer.elements.map(\.bitPattern)
                    }
                }
                compression.release()
            }
            return outcome
        }
    }

    @Test(
        "have the same bits on any number of ranks, with any buckets, and so has what is remembered",
        arguments: CombinationExample.allCases, [4, 5])
    func sameBits(example: CombinationExample, shards: Int) throws {
        let expected = try Self.outcomes(example, shards: shards, ranks: 1)[0]
        #expect(expected.memory.isEmpty != CombinationExample.remembering.contains(example))
        for ranks in 2...4 {
            for (bucketBytes, overlaps) in [(1, true), (2000, false), (1 << 20, true)] {
                let found = try Self.outcomes(
                    example, shards: shards, ranks: ranks, bucketBytes: bucketBytes, overlaps: overlaps)
                for outcome in found {
                    #expect(outcome.gradients == expected.gradients, "\(ranks) ranks, \(bucketBytes) bytes")
                    #expect(outcome.tail == expected.tail)
                }
                #expect(found[0].memory == expected.memory, "\(ranks) ranks, \(bucketBytes) bytes")
            }
        }
    }

    @Test(
        "are the sums but for the rounding to 8 or 11 bits",
        arguments: [(CombinationExample.bfloat16, Float(0x1p-9)), (.float16, 0x1p-12)])
    func rounding(example: CombinationExample, unit: Float) throws {
        let shards = 5
        let run = try CombinationRun(example, shapes: [[100]], shards: shards, SoloCommunicator())
        _ = try run.step({ shard, _ in Self.wave(100, shard).map { $0 * 1e6 } }, counts: [1, 1, 1, 1, 1])
        let terms = (0..<shards).map { Self.wave(100, $0).map { Double($0) * 1e6 } }
        for i in 0..<100 {
            // one rounding of a number of at most Σ|terms| at each of the 9 nodes of the tree, and Float32's
            let bound = 9.1 * Double(unit) * terms.reduce(0) { $0 + abs($1[i]) }
            // what is rounded in binary16 is at least a multiple of 2⁻³⁸ of its block's largest number
            let difference = abs(Double(run.gradients[0][i]) - terms.reduce(0) { $0 + $1[i] })
            #expect(difference <= bound + 1e-3)
        }
        #expect(run.gradients[0] != zip(0..<100, 0..<100).map { i, _ in Float(terms.reduce(0) { $0 + $1[i] }) })
    }

    @Test("are, by PowerSGD, what the published algorithm makes of them in numpy, with the same errors")
    func powerSGD() throws {
        let run = try CombinationRun(.powerSGD, shapes: [[12, 10], [5]], shards: 2, SoloCommunicator())
        let compression = try #require(run.compression)
        let factor = try #require(compression.savedTensors.first { $0.name == "compression_factor.p0" })
        #expect(factor.shape == [2, 10])
        for i in 0..<20 { factor.buffer.pointer[i] = Float(cos(Double(i) * 0.3)) }
        for step in 0..<2 {
            _ = try run.step({ shard, index in Self.wave([120, 5][index], 10 * step + shard) }, counts: [3, 5])
        }
        for (place, expected) in CompressionReferences.powerSGD.enumerated() {
            #expect(abs(run.gradients[0][7 * place] - expected) < 1e-5)
        }
        // a vector is not compressed
        #expect(run.gradients[1] == zip(Self.wave(5, 10), Self.wave(5, 11)).map { $0 + $1 })
        let error = try #require(compression.savedTensors.first { $0.name == "compression_error.shard1.p0" })
        for (place, expected) in CompressionReferences.powerSGDError.enumerated() {
            #expect(abs(error.buffer.pointer[7 * place] - expected) < 1e-5)
        }
    }

    @Test("are, of a matrix of low rank, that matrix")
    func lowRank() throws {
        let run = try CombinationRun(.powerSGD, shapes: [[12, 10]], shards: 1, SoloCommunicator())
        let (a, b) = (Self.wave(12, 0), Self.wave(10, 1))
        let matrix = a.flatMap { x in b.map { x * $0 } }
        for _ in 0..<2 {
            _ = try run.step({ _, _ in matrix }, counts: [1])
            for (found, expected) in zip(run.gradients[0], matrix) { #expect(abs(found - expected) < 1e-5) }
        }
        // after a step in which all is zero it goes on
        _ = try run.step({ _, _ in [Float](repeating: 0, count: 120) }, counts: [1])
        _ = try run.step({ _, _ in matrix }, counts: [1])
        for (found, expected) in zip(run.gradients[0], matrix) { #expect(abs(found - expected) < 1e-4) }
    }

    @Test("are the elements that torch.topk chooses, with those that were not sent before")
    func topK() throws {
        let run = try CombinationRun(.topK, shapes: [[120]], shards: 1, SoloCommunicator())
        for step in 0..<2 { _ = try run.step({ _, _ in Self.wave(120, step) }, counts: [4]) }
        for (found, expected) in zip(run.gradients[0], CompressionReferences.topK) {
            #expect(abs(found - expected) < 1e-5)
        }
        #expect(run.gradients[0].count { $0 != 0 } == 12)
    }

    @Test("are signs times the mean magnitude of a shard's mean gradient")
    func sign() throws {
        let run = try CombinationRun(.sign, shapes: [[4]], shards: 2, SoloCommunicator())
        // means (1, -3, 4, 0) and (2, 2, -2, -6), of mean magnitudes 2 and 3: 2·(2, -2, 2, 2) + 4·(3, 3, -3, -3)
        let gradients: [[Float]] = [[2, -6, 8, 0], [8, 8, -8, -24]]
        _ = try run.step({ shard, _ in gradients[shard] }, counts: [2, 4])
        #expect(run.gradients[0] == [16, 8, -8, -8])
        let errors = try #require(run.compression).savedTensors
        #expect(errors.map(\.name) == ["compression_error.shard0.p0", "compression_error.shard1.p0"])
        #expect(Array(errors[0].buffer.elements) == [-1, -1, 2, -2])
        #expect(Array(errors[1].buffer.elements) == [-1, -1, 1, -3])
        // without new gradients the errors are sent, of mean magnitudes 1.5 and 1.5: 2·1.5 + 4·1.5 of each sign
        _ = try run.step({ _, _ in [0, 0, 0, 0] }, counts: [2, 4])
        #expect(run.gradients[0] == [-9, -9, 9, -9])
    }

    @Test("lose nothing: what was sent and what remains are all gradients", arguments: CombinationExample.remembering)
    func errorFeedback(example: CombinationExample) throws {
        let (steps, counts) = (20, [Float(2), 3, 1])
        let run = try CombinationRun(example, shapes: [[30, 20], [7]], shards: 3, SoloCommunicator())
        var (sent, given) = ([Double](repeating: 0, count: 607), [Double](repeating: 0, count: 607))
        for step in 0..<steps {
            func gradient(_ shard: Int, _ index: Int) -> [Float] {
                Self.wave([600, 7][index], 50 * step + 7 * shard + index)
            }
            _ = try run.step(gradient, counts: counts)
            for (i, value) in run.gradients.joined().enumerated() { sent[i] += Double(value) }
            for shard in 0..<3 {
                for (i, value) in (gradient(shard, 0) + gradient(shard, 1)).enumerated() { given[i] += Double(value) }
            }
        }
        var remaining = [Double](repeating: 0, count: 607)
        for tensor in try #require(run.compression).savedTensors where tensor.name.hasPrefix("compression_error") {
            let shard = try #require(Int(tensor.name.dropFirst("compression_error.shard".count).prefix(1)))
            let start = tensor.name.hasSuffix("p0") ? 0 : 600
            for (i, value) in tensor.buffer.elements.enumerated() {
                remaining[start + i] += Double(value) * Double(counts[shard])
            }
        }
        for i in given.indices { #expect(abs(sent[i] + remaining[i] - given[i]) < 1e-4) }
        #expect(remaining.contains { abs($0) > 0.1 })
    }

    @Test("show a number that is not finite, and don't keep it", arguments: CombinationExample.compressed)
    func notFinite(example: CombinationExample) throws {
        let run = try CombinationRun(example, shapes: [[30, 20]], shards: 2, SoloCommunicator())
        for bad in [Float.nan, .infinity] {
            _ = try run.step(
                { shard, _ in
                    var values = Self.wave(600, shard)
                    if shard == 1 { values[17] = bad }
                    return values
                }, counts: [1, 1])
            #expect(run.gradients[0].contains { !$0.isFinite })
            _ = try run.step({ shard, _ in Self.wave(600, shard) }, counts: [1, 1])
            #expect(run.gradients[0].allSatisfy { $0.isFinite })
        }
    }

    @Test("travel in fewer bytes: a half, and less", arguments: CombinationExample.compressed)
    func bytes(example: CombinationExample) throws {
        let found = try InProcessCommunicator.run(ranks: 2) { communicator in
            let run = try CombinationRun(
                example, shapes: [[100, 96], [96]], shards: 2, communicator, bucketBytes: 1 << 20)
            _ = try run.step({ Self.wave([9600, 96][$1], $0) }, counts: [1, 1])
            return try #require(run.reducer.messageBytes)
        }
        // 9600 + 96 elements, and 16 with the tail of sums, that are cut into two slices at multiples of 16; the exact sums of
        // the tail: 16 elements, of which rank 0 sums all
        let halves = [4848, 4848]
        #expect(found.map(\.uncompressed) == [4 * 9712, 4 * 9712])
        for (rank, bytes) in found.enumerated() {
            let tail = 4 * 16
            let expected =
                switch example {
                // a slice to the other, and its sum back
                case .bfloat16: 2 * (halves[1 - rank] + halves[rank]) + tail
                // and an exponent for each 16
                case .float16: 2 * (halves[1 - rank] + halves[rank]) + 2 * 303 + tail + 2
                // 960 and 10 elements with their places
                case .topK: 8 * 970 + tail
                // a bit for each, and two scales
                case .sign: 9600 / 8 + 96 / 8 + 8 + tail
                // two vectors of each factor, and the bias
                default: 4 * (2 * 100 + 2 * 96 + 96 + 16) + tail
                }
            // slices are cut at multiples of 16 elements
            #expect(abs(bytes.sent - expected) <= 64, "\(bytes.sent), expected \(expected)")
        }
    }
}
