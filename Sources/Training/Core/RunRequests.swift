package import Communication
import DataParallel
import Timeline

/// What makes a run stop or save out of turn, on all ranks after the same step: a signal to any rank, and rank 0's clock.
final class RunRequests {
    /// Brings the requests of the ranks together.
    let exchange: RequestExchange
    /// The signal for which the run stops, once all ranks know of it.
    private(set) var signal: ProcessSignal?
    /// Whether a checkpoint of the last step is asked for.
    private(set) var asksForCheckpoint = false
    /// The last checkpoint of this start of the run: its step, and on rank 0 its path.
    private(set) var saved: (step: Int, path: String?)?
    private let timer: CheckpointTimer
    private let sources: RequestSources

    init(_ sources: RequestSources, isTimekeeper: Bool) {
        let timer = CheckpointTimer(now: sources.now, isOn: isTimekeeper)
        (self.timer, self.sources) = (timer, sources)
        exchange = RequestExchange {
            var requests: StepRequests = sources.pendingSignal().map { .stop($0) } ?? []
            if timer.isDue { requests.insert(.checkpoint) }
            return requests
        }
    }

    /// Asks for a checkpoint of this step, on every rank.
    func askForCheckpoint() { asksForCheckpoint = true }

    /// Asks for a checkpoint when the last is so many minutes old; 0 for never.
    func saveEvery(minutes: Double) { timer.start(seconds: minutes * 60) }

    /// Asks for a checkpoint so many seconds from now, or when that was asked for before; unless one is saved meanwhile.
    func saveAgain(withinSeconds seconds: Double) { timer.startOnce(seconds: seconds) }

    /// Notes that a checkpoint was saved, or is being saved.
    func checkpointWasSaved(step: Int, path: String?) {
        (saved, asksForCheckpoint) = ((step, path), false)
        timer.restart()
    }

    /// Takes what the ranks have asked for in the last step. *Collective*: see `RequestExchange.settle`.
    func settle(over communicator: any Communicator) throws {
        let requests = try exchange.settle(over: communicator)
        asksForCheckpoint = requests.contains(.checkpoint)
        signal = signal ?? requests.signal
    }

    /// The signal that this rank has got.
    var pendingSignal: ProcessSignal? { sources.pendingSignal() }

    /// Takes the signal for which the ranks have abandoned an evaluation, or the waiting for data.
    func stop(for signal: ProcessSignal) { self.signal = self.signal ?? signal }
}

/// Where the requests of a rank come from.
package struct RequestSources: Sendable {
    /// The signal that this rank has got.
    package var pendingSignal: @Sendable () -> ProcessSignal? = { ProcessSignal.pending }
    /// Seconds from any moment on.
    package var now: @Sendable () -> Double = { Double(TimelineEvent.now) * 1e-9 }

    package init() {}
}

/// Tells when a checkpoint is due by the clock.
private final class CheckpointTimer {
    private let now: () -> Double
    private let isOn: Bool
    private var seconds = 0.0
    private var begin = 0.0
    /// When one is due out of turn.
    private var end: Double?

    init(now: @escaping () -> Double, isOn: Bool) { (self.now, self.isOn) = (now, isOn) }

    var isDue: Bool {
        guard isOn, seconds > 0 || end != nil else { return false }
        let now = now()
        return (seconds > 0 && now - begin >= seconds) || end.map { now >= $0 } ?? false
    }

    func startOnce(seconds: Double) { end = end ?? now() + seconds }

    func start(seconds: Double) {
        self.seconds = seconds
        restart()
    }

    func restart() { (begin, end) = (now(), nil) }
}
