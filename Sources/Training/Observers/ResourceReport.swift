package import Communication
import DataParallel
import RunRecords

/// Sums up what a run has taken of each rank: memory, time lost in waiting, bytes sent.
final class ResourceReport: RunObserver {
    private let context: RunContext
    private let learners: [Learner]
    private let threads: Int

    init(_ context: RunContext, _ learners: [Learner], threads: Int) {
        (self.context, self.learners, self.threads) = (context, learners, threads)
    }

    /// *Collective.*
    func summarize(_ summary: inout RunSummary) throws {
        let (communicator, clock) = (context.communicator, context.clock)
        summary.threads = threads
        summary.peakMemoryBytes = try communicator.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) }
        summary.systemAllocations = Int(try communicator.allGather(UInt64(clock.systemAllocations)).reduce(0, +))
        summary.communicationShare = try communicator.allGather([clock.communicationShare]).map { $0[0] }.max()
        summary.stragglers = try StragglerReport.gather(
            clock.pace, hostnames: context.hostnames, over: communicator)
        summary.secondsToFirstStep = clock.secondsToFirstStep
        if let bytes = try learners.messageBytes(over: communicator) {
            (summary.sentBytes, summary.uncompressedBytes) = (bytes.sent, bytes.uncompressed)
        }
    }
}

extension [Learner] {
    /// The bytes of gradients that all ranks together have sent in the last step, and those without compression; nil where
    /// there are none, or nothing is compressed. *Collective.*
    package func messageBytes(over communicator: any Communicator) throws -> (sent: Int, uncompressed: Int)? {
        let own = filter(\.isCompressed).compactMap(\.dataParallel.messageBytes)
        guard communicator.size > 1, !own.isEmpty else { return nil }
        let all = try communicator.sum([
            Double(own.reduce(0) { $0 + $1.sent }), Double(own.reduce(0) { $0 + $1.uncompressed }),
        ])
        return (Int(all[0]), Int(all[1]))
    }
}
