import Communication
import DataParallel
import Optimizers
import RunRecords

/// Finds the best buckets for gradients by trying some in the first steps of a run.
final class BucketTuner: RunObserver {
    private let context: RunContext
    private let dataParallel: DataParallelStep
    /// The search, as long as it goes on.
    private var tuning: BucketTuning?

    /// The search that the settings ask for; nil for none.
    /// - Parameter steps: those that are left of the run.
    init?(_ context: RunContext, _ dataParallel: DataParallelStep, _ settings: Settings, steps: Int) {
        let wish = settings.communication
        guard context.communicator.size > 1, wish.autotune != .never, settings.local.steps == 0,
            !settings.usesSecondOrder, dataParallel.exchange == nil, dataParallel.canSetBuckets,
            let tuning = BucketTuning(
                dataParallel.buckets, path: dataParallel.path, bytes: dataParallel.gradientBytes)
        else { return nil }
        // it takes some 40 steps, most of which are hardly slower than the best
        let isWorthwhile = wish.bucketKilobytes == nil && wish.overlap && steps >= 500
        guard wish.autotune == .always || isWorthwhile else { return nil }
        (self.context, self.dataParallel, self.tuning) = (context, dataParallel, tuning)
    }

    func stepWillBegin(_ number: Int) throws {
        guard let tuning else { return }
        if let next = tuning.next { return try dataParallel.setBuckets(next) }
        self.tuning = nil
        let (best, text) = try tuning.decide(over: context.communicator)
        try dataParallel.setBuckets(best)
        context.clock.warmUpAgain()
        context.record?.log.message(text)
    }

    func stepDidEnd(_ step: CompletedStep) { tuning?.took(step.outcome.phases.onMainThread) }
}
