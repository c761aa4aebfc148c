import Communication
import Dispatch
import Testing

@Suite("Clocks")
struct ClockOffsetTests {
    /// Rank r is r seconds ahead.
    private static func shift(_ rank: Int) -> UInt64 { UInt64(rank) * 1_000_000_000 }

    @Test("A rank's clock is found to be as far from rank 0's as it is, within the error")
    func offsets() throws {
        let found = try InProcessCommunicator.run(ranks: 3) { communicator in
            try communicator.clockOffset { DispatchTime.now().uptimeNanoseconds + Self.shift(communicator.rank) }
        }
        #expect(found[0].nanoseconds == 0 && found[0].error == 0)
        for rank in 1...2 {
            let wrong = (found[rank].nanoseconds + Int64(Self.shift(rank))).magnitude
            #expect(wrong <= found[rank].error && found[rank].error < 1_000_000_000, "\(found)")
        }
        #expect(try SoloCommunicator().clockOffset { 5 } == ClockOffset(nanoseconds: 0, error: 0, time: 5))
    }
}
