import Checkpoints
public import Communication
import RunRecords
import Timeline

/// The surroundings of a run on this rank: the other ranks, the run directory, the records.
public final class RunContext {
    /// All ranks of the run.
    public let communicator: any Communicator
    /// The name of each rank's host.
    public let hostnames: [String]
    /// The run directory; empty as long as nothing is recorded.
    public private(set) var directory = ""
    /// What this rank writes; nil on all ranks but 0, and as long as nothing is recorded.
    private(set) var record: RunRecord?
    /// The times of this rank's steps.
    package let clock = StepClock()
    /// What makes the run stop or save out of turn.
    let requests: RunRequests
    /// Where this rank says what it is doing, in a run that is watched.
    var status: RankStatus?
    /// Records what this rank does, in a run that is traced.
    let timeline: EventRecorder?

    init(
        _ communicator: any Communicator, hostnames: [String], timeline: EventRecorder? = nil,
        sources: RequestSources = RequestSources()
    ) {
        (self.communicator, self.hostnames, self.timeline) = (communicator, hostnames, timeline)
        requests = RunRequests(sources, isTimekeeper: communicator.rank == 0)
    }

    /// For a source that waits for data: says that this rank is not hanging, and whether the run is to stop, since any rank has
    /// got a signal. *Collective.*
    package func stopsWhileWaiting() throws -> Bool {
        status?.set(.loading)
        let signals = try communicator.allGather(UInt64(requests.pendingSignal?.rawValue ?? 0))
        guard let signal = signals.lazy.compactMap({ ProcessSignal(rawValue: Int32($0)) }).first else { return false }
        requests.stop(for: signal)
        return true
    }

    /// Records the run from here on, in `directory`.
    func keepRecord(_ record: RunRecord?, in directory: String) {
        (self.record, self.directory) = (record, directory)
    }
}

/// The files of a run, on the rank that writes them.
struct RunRecord {
    let log: RunLog
    let store: CheckpointStore
    /// Keeps the run directory, and other processes out of it.
    let keeper: RunDirectoryKeeper?
    /// The settings that this start has changed, each as `key: old -> new`.
    let changed: [String]
    /// Whether the number of shards was not asked for, and is that of the ranks.
    let shardsFollowRanks: Bool
    /// That the instruction set is another than in the start before.
    let processorNote: String?

    /// The checkpoints for a writer that calls `pause` after each block that it has read or written.
    func store(pausing pause: @escaping @Sendable () -> Void) -> CheckpointStore {
        CheckpointStore(
            directory: store.directory, keep: store.keep, keepEvery: store.keepEvery, fence: keeper?.fence,
            pause: pause)
    }
}
