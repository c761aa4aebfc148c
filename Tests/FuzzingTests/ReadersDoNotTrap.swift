import FuzzTargets
import Testing

@Suite("Readers of what comes from outside", .serialized)
struct ReadersDoNotTrap {
    /// Inputs for each reader: some seconds in all. `Tests/Fuzzing/run` tries millions.
    private static let count = 1500

    @Test("read their valid input", arguments: FuzzTarget.allCases)
    func valid(target: FuzzTarget) throws {
        let folder = try FuzzFolder()
        for seed in try Seeds.of(target, in: folder) {
            #expect(target.run(seed, in: folder) == nil)
        }
    }

    @Test("read or refuse, and never trap, whatever is changed in it", arguments: FuzzTarget.allCases)
    func mutated(target: FuzzTarget) throws {
        let folder = try FuzzFolder()
        let seeds = try Seeds.of(target, in: folder)
        var mutation = Mutation(seed: 1)
        var refused = 0
        for number in 0..<Self.count {
            let input = mutation.changed(seeds[number % seeds.count], other: seeds[(number + 1) % seeds.count])
            guard let line = target.run(input, in: folder) else { continue }
            refused += 1
            #expect(!line.isEmpty && !line.contains("DecodingError") && !line.contains("EncodingError"))
        }
        // lines that are no metrics are passed over
        #expect(refused > 0 || target == .metrics)
    }
}
