import Communication
import RunRecords
import Settings
import Testing
import Training

@Suite("Hosts that are unlike")
struct UnlikeHostsTests {
    private func placements(_ sets: [String]) -> [RankPlacement] {
        sets.enumerated().map {
            RankPlacement(
                rank: $0, host: "h\($0)", cores: nil, room: 1, threads: 1, processor: nil, instructionSet: $1)
        }
    }

    @Test("Different instruction sets stop a run before its first step, unless it may have them")
    func instructionSets() throws {
        var settings = Settings()
        try placements(["v3", "v3"]).requireOneInstructionSet(settings)
        let mixed = placements(["v3", "v3", "v4", "v4"])
        let error = #expect(throws: (any Error).self) { try mixed.requireOneInstructionSet(settings) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("use v3 on h0 (rank 0) and v4 on h2 (rank 2) and 1 more"), "\(text)")
        #expect(text.contains("agreement.unlike_processors=true"), "\(text)")
        settings.agreement.unlikeProcessors = true
        try mixed.requireOneInstructionSet(settings)
    }

    @Test("A run that goes on with another instruction set says so, and only then")
    func resuming() {
        let now = placements(["v4"])
        #expect(now.note(after: placements(["v3"]))?.contains("is now v4, and was v3") == true)
        #expect(now.note(after: placements(["v4", "v4"])) == nil)
        #expect(now.note(after: nil) == nil)
    }

    @Test("Programs are compared by their bytes, then by their libraries")
    func programs() {
        var own = ProgramIdentity(host: "h1", libraries: ["oneDNN": "2.6.0", "MPI": "4.1"])
        var first = own
        first.host = "h0"
        #expect(own.checksum != nil)
        #expect(own.difference(from: first) == nil)
        own.libraries["oneDNN"] = "3.0.0"
        #expect(own.difference(from: first) == "h1 has oneDNN 3.0.0, and h0 2.6.0")
        own.libraries["oneDNN"] = nil
        #expect(own.difference(from: first) == "h1 has oneDNN not at all, and h0 2.6.0")
        (first.checksum, own.checksum) = (1, 2)
        #expect(own.difference(from: first)?.contains("(CRC-32 00000002 and 00000001)") == true)
    }

    @Test("All ranks refuse a host with another library, and one host has nothing to compare")
    func ranks() throws {
        for (hosts, isRefused) in [(["a", "a", "b"], true), (["a", "a", "a"], false)] {
            let errors = try InProcessCommunicator.run(ranks: 3) { communicator -> String? in
                do {
                    try communicator.requireEqualPrograms(
                        hosts, libraries: ["oneDNN": communicator.rank == 2 ? "3.0" : "2.6"])
                    return nil
                } catch let failure as RankFailure {
                    return "\(failure)"
                }
            }
            #expect(errors.allSatisfy { $0?.contains("b has oneDNN 3.0, and a 2.6") ?? false } == isRefused)
            #expect(isRefused || errors.allSatisfy { $0 == nil })
        }
    }
}
