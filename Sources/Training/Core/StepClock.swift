import Communication
package import DataParallel
import Kernels
import RunRecords

/// Times of a rank's steps: rates, phases, and what they take of the system's memory.
public final class StepClock {
    /// Time from step to step on this rank.
    private(set) var pace = StepPace()
    /// Seconds from the start of the process to the end of its first step.
    private(set) var secondsToFirstStep: Double?
    /// Milliseconds of the last step: waiting for data, its phases, the optimizer.
    package private(set) var last = (data: 0.0, phases: DataParallelStep.Phases(), optimizer: 0.0)
    /// Buffers that came from the system in training after the first steps, and after the first epoch's short batch.
    private(set) var systemAllocations = 0

    private var total = Stopwatch()
    private var lap = Stopwatch()
    private var loadingMilliseconds = 0.0
    /// Since the last report; runs only while training, not while evaluating or saving.
    private var interval = Interval()
    private var training = Training()
    private var buffers = BufferStatistics.current

    private struct Interval {
        var steps = 0
        var samples = 0
        var data = 0.0
        var phases = DataParallelStep.Phases()
        var optimizer = 0.0
        var milliseconds = 0.0
    }

    /// Steps that are counted in the rates of the whole run.
    private struct Training {
        var steps = 0
        /// Steps that make primitives and fill the buffer pool.
        var warmupSteps = 20
        var settled = (samples: 0, milliseconds: 0.0, exposed: 0.0)
        var first = (samples: 0, milliseconds: 0.0)
        var later = (samples: 0, milliseconds: 0.0)
        var largestBatch = 0
        var hasSeenShortBatch = false
    }

    init() {}

    package func begin() {
        total = Stopwatch()
        lap = Stopwatch()
    }

    /// Runs `load`, and counts its time as waiting for data.
    package func loading<Value>(_ load: () throws -> Value) rethrows -> Value {
        var stopwatch = Stopwatch()
        let value = try load()
        loadingMilliseconds = stopwatch.lap()
        return value
    }

    /// Runs `body`, whose time doesn't count as training, such as an evaluation.
    func pausing<Value>(_ body: () throws -> Value) rethrows -> Value {
        pause()
        defer { resume() }
        return try body()
    }

    private func pause() { interval.milliseconds += lap.lap() }

    private func resume() {
        _ = lap.lap()
        buffers = BufferStatistics.current
    }

    /// Counts a step that is done.
    package func stepDidEnd(_ outcome: StepOutcome, samples: Int) {
        let milliseconds = lap.lap()
        let phases = outcome.phases
        interval.milliseconds += milliseconds
        interval.steps += 1
        interval.samples += samples
        interval.data += loadingMilliseconds
        interval.phases += phases
        interval.optimizer += outcome.optimizerMilliseconds
        last = (loadingMilliseconds, phases, outcome.optimizerMilliseconds)
        training.steps += 1
        if training.steps == 1 {
            secondsToFirstStep = ProcessMeasurements.age
            training.first = (samples, milliseconds)
        } else {
            // the first step makes primitives and fills the pool
            pace.add(data: loadingMilliseconds, computing: phases.onMainThread - phases.exposedCommunication)
            training.later.samples += samples
            training.later.milliseconds += milliseconds
        }
        let now = BufferStatistics.current
        if training.steps > training.warmupSteps {
            training.settled.samples += samples
            training.settled.milliseconds += milliseconds
            training.settled.exposed += phases.exposedCommunication
            systemAllocations += now.systemAllocations - buffers.systemAllocations
            // the first short batch at an epoch's end has sizes of its own: from then on all sizes are known
            if samples < training.largestBatch && !training.hasSeenShortBatch {
                training.hasSeenShortBatch = true
                systemAllocations = 0
            }
        }
        training.largestBatch = max(training.largestBatch, samples)
        buffers = now
    }

    /// Counts the next steps as the first of a run: buffers have changed.
    func warmUpAgain() {
        training.warmupSteps = max(training.warmupSteps, training.steps + 5)
        systemAllocations = 0
    }

    /// Sets the means over the steps since the last report, and begins anew.
    func report(into report: inout StepReport) {
        let count = Double(max(1, interval.steps))
        report.samplesPerSecond = Double(interval.samples) / (interval.milliseconds / 1000)
        report.dataMilliseconds = interval.data / count
        report.forwardMilliseconds = interval.phases.forward / count
        report.backwardMilliseconds = interval.phases.backward / count
        report.packingMilliseconds = interval.phases.packing / count
        report.exposedCommunicationMilliseconds = interval.phases.exposedCommunication / count
        report.hiddenCommunicationMilliseconds = interval.phases.hiddenCommunication / count
        report.optimizerMilliseconds = interval.optimizer / count
        interval = Interval()
    }

    /// Seconds since this start of the run.
    var seconds: Double { total.seconds }

    /// Samples per second of training, without the first steps, evaluation and saving; of a run that is shorter, with all
    /// steps but the first, and of a single step with that. 0 where there were none.
    var samplesPerSecond: Double {
        let settled = (training.settled.samples, training.settled.milliseconds)
        let measured = [settled, training.later, training.first].first { $0.1 > 0 }
        return measured.map { Double($0.0) / ($0.1 / 1000) } ?? 0
    }

    /// The share of the training time that this rank waited for the reduction.
    var communicationShare: Double {
        training.settled.milliseconds > 0 ? training.settled.exposed / training.settled.milliseconds : 0
    }
}
