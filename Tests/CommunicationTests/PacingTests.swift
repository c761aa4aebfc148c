import Communication
import Testing

@Suite("Pacing")
struct PacingTests {
    @Test("A resting thread polls at most once in 50 µs")
    func rests() {
        #expect(shortestTime(Pacing(isUrgent: false)) >= .microseconds(1000))
    }

    @Test("The longer a wait lasts, the more seldom a resting thread polls")
    func restsLonger() {
        let start = ContinuousClock.now
        var polls = 0
        Pacing(isUrgent: false).wait {
            polls += 1
            return ContinuousClock.now - start > .milliseconds(100)
        }
        // rests of 50 µs would be 900; an eighth of the wait, at most 0.5 ms, makes about 220
        #expect(polls < 400)
    }

    @Test("An urgent thread polls more often")
    func isUrgent() {
        #expect(shortestTime(Pacing(isUrgent: true)) < .microseconds(1000))
    }

    @Test("Urgency holds from when it is set")
    func becomesUrgent() {
        let pacing = Pacing(isUrgent: false)
        pacing.isUrgent = true
        #expect(pacing.isUrgent)
        #expect(shortestTime(pacing) < .microseconds(1000))
        pacing.isUrgent = false
        #expect(shortestTime(pacing) >= .microseconds(1000))
    }

    @Test("Setting urgency from another thread ends the rests of one that waits")
    func becomesUrgentMeanwhile() throws {
        let pacing = Pacing(isUrgent: false)
        let polls = try InProcessCommunicator.run(ranks: 2) { communicator in
            guard communicator.rank == 0 else {
                try communicator.barrier()
                pacing.isUrgent = true
                return 0
            }
            try communicator.barrier()
            // 200 000 polls take at least 10 s at rest.
            var polls = 0
            let start = ContinuousClock.now
            pacing.wait {
                polls += 1
                return polls == 200_000 || ContinuousClock.now - start > .seconds(9)
            }
            return polls
        }
        #expect(polls[0] == 200_000)
    }

    @Test("What is urgent for a while rests afterwards")
    func restsAfterwards() {
        #expect(shortestTime(Pacing(urgentFor: .seconds(600))) < .microseconds(1000))
        #expect(shortestTime(Pacing(urgentFor: .zero)) >= .microseconds(1000))
    }

    /// The time of 20 pauses: the shortest of 50 trials, as others may need the core now and then.
    private func shortestTime(_ pacing: Pacing) -> Duration {
        let times = (0..<50).map { _ in
            ContinuousClock().measure {
                var polls = 0
                pacing.wait {
                    polls += 1
                    return polls > 20
                }
            }
        }
        return times.reduce(.seconds(1), min)
    }
}
