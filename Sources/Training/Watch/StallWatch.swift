import Communication
import Dispatch
import Foundation
import Synchronization

/// Watches the ranks of this host for one that hangs: on every rank a thread that sleeps, and looks about once a second at what the
/// ranks say of themselves.
///
/// The lowest rank of the host whose process is not stopped speaks for all. After the second limit every rank ends the job.
final class StallWatch: Sendable {
    private let board: StatusBoard
    private let rank: Int
    private let host: String
    private let others: [(host: String, ranks: [Int])]
    private let actions: Actions
    private let period: Double
    private let detector: Mutex<StallDetector>
    private let training: TrainingThread
    private let end = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    /// What a watch does: where its reports go, and how it ends the job from any thread; nil: it never does.
    struct Actions: Sendable {
        let report: @Sendable (String) -> Void
        let endJob: (@Sendable () -> Void)?
    }

    /// A watch of the calling thread and of the other ranks on `board`, as the settings say.
    init(
        _ board: StatusBoard, rank: Int, hostnames: [String], hosts: [Int], _ settings: WatchSettings,
        _ actions: Actions
    ) {
        (self.board, self.rank, self.actions) = (board, rank, actions)
        host = hostnames[rank]
        others = Set(hosts).subtracting([hosts[rank]]).sorted().map { number in
            let ranks = hosts.indices.filter { hosts[$0] == number }
            return (hostnames[ranks[0]], ranks)
        }
        let shortest = [settings.warnSeconds, settings.endSeconds].compactMap { $0 }.filter { $0 > 0 }.min() ?? 10
        period = min(1, max(0.05, shortest / 4))
        detector = Mutex(StallDetector(settings, period: period, begin: DispatchTime.now().uptimeNanoseconds))
        training = TrainingThread()
        let thread = Thread { [self] in
            while end.wait(timeout: .now() + period) == .timedOut { look() }
            done.signal()
        }
        thread.name = "lockstep.watch"
        thread.start()
    }

    /// Ends the watch: once it returns nothing is reported. *Local.*
    func stop() {
        board.own.set(.ended)
        end.signal()
        done.wait()
    }

    private func look() {
        if board.own.takeStackRequest() {
            actions.report("stack of rank \(rank) (\(host)):\n" + training.stack.map { "  \($0)\n" }.joined())
        }
        let (rows, now) = (board.rows, DispatchTime.now().uptimeNanoseconds)
        switch detector.withLock({ $0.look(rows, now: now) }) {
        case .nothing: break
        case .stalled(let stall):
            let report = report(stall, rows, now)
            guard isSpeaker(report), report.isWorthSaying else { return }
            actions.report(report.text)
            for rank in report.ranksToTrace { board.requestStack(of: rank) }
        case .resumed(let seconds):
            if isSpeaker(report(nil, rows, now)) {
                actions.report("stall: the ranks of \(host) go on after \(StallReport.seconds(seconds))\n")
            }
        case .overdue(let stall):
            guard let endJob = actions.endJob else { return }
            let report = report(stall, rows, now)
            // where the speaker cannot end the others each ends itself, a little later
            if isSpeaker(report) {
                actions.report(report.text)
                actions.report(
                    "error: no progress for \(StallReport.seconds(stall.seconds)) in step \(stall.step) (watch.end_seconds): rank \(rank) (\(host)) ends the job; continue with --resume\n"
                )
                endJob()
            } else if let end = stall.endSeconds, stall.seconds > end + 5 {
                endJob()
            }
        }
    }

    private func report(_ stall: StallDetector.Stall?, _ rows: [RankRow], _ now: UInt64) -> StallReport {
        StallReport(
            stall: stall ?? .init(seconds: 0, step: 0), host: host,
            lines: rows.map { .init(row: $0, state: ProcessState(process: $0.process, start: $0.processStart)) },
            others: others, now: now)
    }

    /// Whether no lower rank of the host can speak.
    private func isSpeaker(_ report: StallReport) -> Bool {
        !report.lines.contains { $0.row.rank < rank && $0.row.phase != .ended && $0.state.isAlive }
    }
}
