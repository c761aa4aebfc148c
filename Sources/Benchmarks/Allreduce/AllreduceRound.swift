import Communication
import Dispatch
import Kernels

/// The ways to sum gradients of one size, which are measured in turn.
struct AllreduceRound {
    /// The name under which memcpy is measured.
    static let copy = "memcpy"

    private struct Contender {
        let name: String
        /// Where this rank's gradients are written to, and where the sums are then; they may be the same.
        let values, sums: UnsafeMutableBufferPointer<Float>
        let run: () throws -> Void
    }

    /// The number of gradients.
    let elements: Int
    private let communicator: any Communicator
    /// This rank's gradients; and memory to copy them to, and to sum them in.
    private let source, target: Buffer
    private var contenders: [Contender] = []

    init(elements: Int, communicator: any Communicator) throws {
        (self.elements, self.communicator) = (elements, communicator)
        let (source, target) = (Buffer(count: elements), Buffer(repeating: 0, count: elements))
        for buffer in [source, target] { buffer.returnsToSystem = true }
        for i in 0..<elements { source.pointer[i] = Self.value(i, rank: communicator.rank) }
        (self.source, self.target) = (source, target)
        contenders.append(
            Contender(name: Self.copy, values: target.elements, sums: target.elements) {
                // Both buffers are this closure's own.
                target.pointer.update(from: source.pointer, count: source.count)
            })
    }

    /// Whole numbers, so that their sums are exact in any order.
    private static func value(_ index: Int, rank: Int) -> Float { Float((index & 1023) + rank) }

    /// Σ over the ranks of their values: n · (i mod 1024) + n(n − 1)/2.
    private func expected(_ index: Int) -> Float {
        let ranks = communicator.size
        return Float(ranks * (index & 1023) + ranks * (ranks - 1) / 2)
    }

    mutating func add(
        _ name: String, values: UnsafeMutableBufferPointer<Float>, sums: UnsafeMutableBufferPointer<Float>,
        _ run: @escaping () throws -> Void
    ) { contenders.append(Contender(name: name, values: values, sums: sums, run: run)) }

    mutating func add(_ reference: AllreduceBenchmark.Reference) {
        let target = target
        add(reference.name, values: target.elements, sums: target.elements) { try reference.sum(target.elements) }
    }

    /// Sums that are too short for the clock, and for the barrier before them, are made several times in a row: what is
    /// summed in place grows by the number of ranks each time, and stays finite.
    private var repetitions: Int { elements <= 1 << 14 ? (communicator.size <= 64 ? 16 : 4) : 1 }

    /// The times of each way in milliseconds, each of the slowest rank. *Collective.*
    func run(seconds: Double) throws -> [(name: String, milliseconds: [Double])] {
        try check()
        // by the first, slow round and a second one: how many there is time for
        var start = DispatchTime.now().uptimeNanoseconds
        _ = try contenders.map { try measure($0) }
        start = DispatchTime.now().uptimeNanoseconds - start
        let longest = try communicator.allGather(start).max() ?? start
        let rounds = min(max(5, Int(seconds * 1e9 / Double(max(1, longest)))), 1000)
        var own: [[Double]] = contenders.map { _ in [] }
        for _ in 0..<rounds {
            for (place, contender) in contenders.enumerated() { own[place].append(try measure(contender)) }
        }
        return try zip(contenders, own).map { ($0.name, try slowest($1)) }
    }

    private func measure(_ contender: Contender) throws -> Double {
        write(contender)
        try communicator.barrier()
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<repetitions { try contender.run() }
        return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6 / Double(repetitions)
    }

    private func write(_ contender: Contender) {
        contender.values.baseAddress?.update(from: source.pointer, count: elements)
    }

    /// Sums once by each way, and looks at every sum. *Collective.*
    private func check() throws {
        for contender in contenders where contender.name != Self.copy {
            write(contender)
            try communicator.barrier()
            try contender.run()
            try communicator.agree {
                if let wrong = (0..<elements).first(where: { contender.sums[$0] != expected($0) }) {
                    throw WrongSum(
                        way: contender.name, element: wrong, elements: elements, found: contender.sums[wrong],
                        expected: expected(wrong))
                }
            }
        }
    }

    /// The greatest value of all ranks, place by place. *Collective.*
    private func slowest(_ values: [Double]) throws -> [Double] {
        try communicator.allGather(values).reduce(values) { zip($0, $1).map { max($0, $1) } }
    }
}

/// A reduction gave a wrong sum.
struct WrongSum: Error, CustomStringConvertible {
    let way: String
    let element, elements: Int
    let found, expected: Float

    var description: String {
        "\(way) sums \(elements) numbers wrongly: element \(element) is \(found) where it should be \(expected); check the hosts' memory and network, and that every rank runs the same build"
    }
}
