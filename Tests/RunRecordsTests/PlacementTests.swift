import Testing

import RunRecords

@Suite("Where the ranks run")
struct PlacementTests {
    private func ranks(
        _ places: [(host: String, cores: String?, room: Int)], threads: Int = 1, instructionSet: String = "AVX2"
    ) -> [RankPlacement] {
        places.enumerated().map { rank, place in
            RankPlacement(
                rank: rank, host: place.host, cores: place.cores, room: place.room, threads: threads,
                processor: "EPYC", instructionSet: instructionSet)
        }
    }

    @Test("is said by rank, in short where all have the same, and cut after ten ranks")
    func text() {
        #expect(ranks([("a", "0-1", 2)]).coresText == "cores 0-1")
        #expect(ranks([("a", "0", 1), ("a", "1", 1)]).coresText == "rank 0 on core 0, rank 1 on core 1")
        #expect(ranks([("a", "0-1", 2), ("b", "2-3", 2)]).coresText == "rank 0 on a cores 0-1, rank 1 on b cores 2-3")
        #expect(
            ranks([("a", "0-3", 4), ("a", "0-3", 4)]).coresText == "all ranks on cores 0-3, not bound to some of them")
        #expect(ranks([("a", nil, 1)]).coresText == nil)
        let many = ranks((0..<12).map { ("a", "\($0)", 1) }).coresText
        #expect(many?.hasSuffix("rank 9 on core 9 and 2 more (all in manifest.json)") == true)
    }

    @Test("and on which processors, each kind with its ranks where they differ")
    func processors() {
        #expect(ranks([("a", "0", 1), ("a", "1", 1)]).processorsText == "EPYC, AVX2")
        let mixed = ranks([("a", "0", 1)]) + ranks([("b", "0", 1)], instructionSet: "AVX-512")
        #expect(mixed.processorsText == "EPYC, AVX2 (1 rank, from rank 0); EPYC, AVX-512 (1 rank, from rank 0)")
    }

    @Test("and a rank with more threads than cores to run them on is warned of")
    func narrowMask() throws {
        #expect(ranks([("a", "0-1", 2)], threads: 2).warning == nil)
        let warning = try #require(ranks([("a", "0", 1), ("a", "1", 1)], threads: 2).warning)
        #expect(warning.hasPrefix("rank 0 (a) has 2 threads but may use 1 core (0), and so it is on 2 of 2 ranks"))
        #expect(warning.contains("--map-by slot:PE=2"))
    }
}
