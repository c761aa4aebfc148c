import Communication
import Testing
import Training

@Suite("What counts as a rank that hangs")
struct StallDetectorTests {
    /// Nanoseconds.
    private func time(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) + 1 }

    private func row(_ rank: Int, _ phase: RankPhase, step: Int, since: Double) -> RankRow {
        RankRow(rank: rank, phase: phase, step: step, since: time(since))
    }

    /// What a detector finds that looks each second: `rows` says what the ranks do then.
    private func findings(
        _ settings: WatchSettings = WatchSettings(), until end: Int, _ rows: (Double) -> [RankRow]
    ) -> [(second: Int, finding: StallDetector.Finding)] {
        var detector = StallDetector(settings, period: 1, begin: 0)
        return (0...end).map { ($0, detector.look(rows(Double($0)), now: time(Double($0)))) }
            .filter { $0.1 != .nothing }
    }

    /// Rank 0 waits since second 20 for rank 1, which is in the forward pass of step 200.
    private func hung(_ now: Double, stepSeconds: Double = 0.1) -> [RankRow] {
        let now = min(now, 20)
        let step = Int(now / stepSeconds)
        return [row(0, .exchange, step: step, since: now), row(1, .forward, step: step, since: now)]
    }

    @Test(
        "After 10 seconds where a step takes 0.1 s, and after 20 steps where it takes 2 s; once; the job ends after 600 s"
    )
    func limits() throws {
        var found = findings(until: 621) { hung($0) }
        #expect(found.map(\.second) == [31, 621])
        guard case .stalled(let stall) = found[0].finding, case .overdue = found[1].finding else {
            Issue.record("\(found)")
            return
        }
        #expect(stall.step == 200 && abs(stall.seconds - 11) < 1e-6 && stall.endSeconds == 600)
        #expect(abs(try #require(stall.stepSeconds) - 0.1) < 1e-6)
        found = findings(until: 100) { hung($0, stepSeconds: 2) }
        #expect(found.map(\.second) == [61])
    }

    @Test("Not before 60 seconds in the first step, in an evaluation or while saving")
    func patience() {
        #expect(findings(until: 70) { _ in [row(0, .forward, step: 1, since: 0)] }.map(\.second) == [61])
        for phase in [RankPhase.evaluation, .saving] {
            let found = findings(until: 90) { now in
                [row(0, now < 20 ? .other : phase, step: Int(min(now, 20) * 10), since: min(now, 20))]
            }
            #expect(found.map(\.second) == [81], "\(phase)")
        }
    }

    @Test("A rank that goes on is reported, and the next stall is a new one")
    func resumes() {
        let found = findings(until: 100) { now in
            // two stalls, from 20 to 40 and from 50 on
            let last = now < 20 ? now : now < 40 ? 20 : min(now, 50)
            return [row(0, .forward, step: Int(last * 10), since: last)]
        }
        #expect(found.map(\.second) == [31, 40, 61])
        #expect(found.map { if case .resumed = $0.finding { true } else { false } } == [false, true, false])
    }

    @Test("A watch that was stopped itself, with all ranks, counts from when it goes on")
    func ownStop() {
        var detector = StallDetector(WatchSettings(), period: 1, begin: 0)
        for second in 0...20 { _ = detector.look(hung(Double(second)), now: time(Double(second))) }
        // looked last at 20, then stopped for an hour
        #expect(detector.look(hung(20), now: time(3620)) == .nothing)
        #expect(detector.look(hung(20), now: time(3629)) == .nothing)
    }

    @Test("0 turns each limit off; a rank that has ended is not late")
    func off() {
        var settings = WatchSettings()
        (settings.warnSeconds, settings.endSeconds) = (0, 0)
        #expect(findings(settings, until: 2000) { hung($0) }.isEmpty)
        settings.endSeconds = 50
        #expect(findings(settings, until: 72) { hung($0) }.map(\.second) == [71, 72])
        #expect(findings(until: 2000) { _ in [row(0, .ended, step: 5, since: 0)] }.isEmpty)
    }

    @Test("The table names each rank with step, phase, time and process, and what to do about a stopped one")
    func table() {
        let report = StallReport(
            stall: .init(seconds: 12, step: 1806, stepSeconds: 0.003, endSeconds: 600), host: "h1",
            lines: [
                .init(row: row(0, .exchange, step: 1806, since: 1), state: .running),
                .init(row: row(1, .backward, step: 1806, since: 0.5), state: .stopped),
            ], others: [("h2", [2, 3])], now: time(13))
        #expect(
            report.text == """
                stall: no progress for 12.0 s in step 1,806; a step takes 3 ms; the ranks of h1:
                  rank  process  step   phase     for     state of the process
                  0     0        1,806  exchange  12.0 s  running
                  1     0        1,806  backward  12.5 s  stopped
                  rank 1 is stopped; continue it with: kill -CONT 0
                  h2 (ranks 2, 3): a host with a rank that does not wait says so itself; one that says nothing waits as well, or is stopped, dead or cut off
                  without progress the job ends in 588.0 s (watch.end_seconds)

                """)
        #expect(report.isWorthSaying && report.ranksToTrace == [])
    }
}
