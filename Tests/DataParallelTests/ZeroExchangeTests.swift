import CKernels
import Communication
import DataParallel
import Kernels
import TensorEngine
import Testing

@Suite("What hosts give each other where they divide parameters (ZeRO)")
struct ZeroExchangeTests {
    /// Parameters of several blocks of a sum, of some elements, and of one.
    private static let shapes: [Shape] = [[90, 100], [3], [50, 100], [1], [7000], [33]]

    /// Runs `body` on each rank with a buffer of the arena that has its party's parts of the values alone.
    private static func onParties<Result: Sendable>(
        _ ranksOfParty: [[Int]], wholeParameters: Bool, _ value: @Sendable @escaping (Int) -> Float,
        _ body: @Sendable @escaping (ZeroExchange, ParameterArena, Buffer) throws -> Result
    ) throws -> [Result] {
        try InProcessCommunicator.run(ranks: ranksOfParty.joined().count) { communicator in
            let parameters = shapes.map { Parameter(Tensor(repeating: 0, shape: $0)) }
            let arena = ParameterArena(ParameterTree(parameters.enumerated().map { ("p\($0.offset)", $0.element) }))
            let partition = ZeroPartition(
                arena, trained: TrainedParts(of: arena), bucketBytes: 30_000, parties: ranksOfParty.count,
                party: ranksOfParty.firstIndex { $0.contains(communicator.rank) } ?? 0,
                wholeParameters: wholeParameters, releasesGradients: false)
            let zero = ZeroExchange(partition, over: communicator, ranksOfParty: ranksOfParty, memory: nil)
            let buffer = Buffer(repeating: .nan, count: whole(value).count)
            for part in partition.ownParts { for index in part { buffer.pointer[index] = value(index) } }
            return try body(zero, arena, buffer)
        }
    }

    private static func whole(_ value: (Int) -> Float) -> [Float] {
        (0..<shapes.reduce(0) { $0 + Buffer.wholeLines($1.count) }).map(value)
    }

    @Test("is every part once", arguments: [true, false])
    func parts(wholeParameters: Bool) throws {
        let found = try Self.onParties([[0], [1, 2], [3]], wholeParameters: wholeParameters, { _ in 0 }) {
            zero, arena, _ in (zero.memberParts, arena.ranges.map(\.lowerBound))
        }
        let parts = found.flatMap(\.0).sorted { $0.lowerBound < $1.lowerBound }
        #expect(parts.first?.lowerBound == 0)
        #expect(parts.last?.upperBound ?? 0 >= Self.whole { _ in 0 }.count - 15)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        if !wholeParameters { #expect(found.allSatisfy { !$0.0.isEmpty }) }
        if wholeParameters { #expect(parts.allSatisfy { found[0].1.contains($0.lowerBound) }) }
    }

    @Test("are the elements that each has", arguments: [true, false], [true, false])
    func allGather(wholeParameters: Bool, isShared: Bool) throws {
        let expected = Self.whole { Float($0) }
        let parties = isShared ? [[0], [1], [2], [3]] : [[0, 2], [1], [3]]
        let found = try Self.onParties(parties, wholeParameters: wholeParameters, { Float($0) }) { zero, _, buffer in
            try zero.allGather(buffer, isShared: isShared)
            return Array(buffer.elements)
        }
        let end = expected.count - 15
        #expect(found.allSatisfy { $0[..<end] == expected[..<end] })
    }

    @Test("is the state for rank 0 to save, and comes back")
    func gather() throws {
        let expected = Self.whole { Float($0) }
        let found = try Self.onParties([[0, 1], [2], [3]], wholeParameters: false, { Float($0) }) { zero, _, buffer in
            try zero.gather([buffer])
            let gathered = Array(buffer.elements)
            if zero.partition.party != 0 { buffer.pointer.update(repeating: 0, count: buffer.count) }
            try zero.scatter([buffer])
            let part = zero.partition.ownParts
            return (gathered, part.flatMap { Array(buffer.elements[$0]) }, part)
        }
        let end = expected.count - 15
        #expect(found[0].0[..<end] == expected[..<end])
        // of a host it is the first rank that receives, for all that share its memory
        for rank in [0, 2, 3] { #expect(found[rank].1 == found[rank].2.flatMap { Array(expected[$0]) }) }
    }

    @Test(
        "are sums of squares with the bits of one sum over all, also where squares overflow or vanish",
        arguments: [true, false], [Float(1), 0x1p90, 0x1p-90, 0])
    func norms(wholeParameters: Bool, scale: Float) throws {
        let value: @Sendable (Int) -> Float = { scale * (0.37 + Float($0 * 7919 % 1000)) }
        let values = Self.whole(value)
        let found = try Self.onParties([[0, 3], [1], [2]], wholeParameters: wholeParameters, value) {
            zero, arena, buffer in
            let spans = arena.ranges + [0..<arena.ranges[4].upperBound, arena.ranges[1].lowerBound..<15_000]
            return (spans, try zero.sumsOfSquares(of: spans, in: buffer, isShared: false))
        }
        let expected = values.withUnsafeBufferPointer { values in
            found[0].0.map { lockstep_sum_of_squares(values.baseAddress! + $0.lowerBound, $0.count) }
        }
        #expect(found.allSatisfy { $0.1 == expected })
    }
}
