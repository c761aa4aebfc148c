import Communication
import DataParallel
import Kernels
import RunRecords

/// What a rank measures of a run: rates, the phases of steps, and what the run asks of the system.
struct RunMeasurements {
    var evaluation: EvaluationResult?
    /// The step after which that was.
    var evaluationStep: Int?
    /// What the earlier starts of the run took, in seconds; nil where that is not known.
    var earlierSeconds: Double? = 0
    /// The training loss to compare the last evaluation with, and the best evaluation up to it.
    var trainingLoss: Double?
    var best: BestEvaluation?
    var checkpoint: String?
    /// How long this rank took from step to step.
    private(set) var pace = StepPace()
    /// From the start of the process to the end of its first step.
    private(set) var secondsToFirstStep: Double?

    /// What the last step spent on waiting for data, in its phases and on the optimizer, in milliseconds.
    private(set) var last = (data: 0.0, phases: DataParallelStep.Phases(), optimizer: 0.0)

    private var total = Stopwatch()
    /// Since the last report; runs only while training, not while evaluating or saving.
    private var interval = Interval()
    private var trainingMilliseconds = 0.0
    private var exposedMilliseconds = 0.0
    private var trainedSamples = 0
    /// The first step, and all others.
    private var firstStep = (samples: 0, milliseconds: 0.0)
    private var laterSteps = (samples: 0, milliseconds: 0.0)
    private var steps = 0
    private var lastLoss = 0.0
    private var lastNorm: Double?
    private var lastRate = 0.0
    private var largestBatch = 0
    private var hasSeenShortBatch = false
    /// As of the end of the last step, or of the last pause.
    private var buffers = BufferStatistics.current
    /// Buffers that came from the system in training after the first steps, and after the first epoch's short batch.
    private(set) var systemAllocations = 0

    private struct Interval {
        var steps = 0
        var samples = 0
        var data = 0.0
        var phases = DataParallelStep.Phases()
        var optimizer = 0.0
        var milliseconds = 0.0
    }

    private var lap = Stopwatch()
    private var loadingMilliseconds = 0.0

    mutating func begin() {
        total = Stopwatch()
        lap = Stopwatch()
    }

    /// Runs `load`, and counts its time as waiting for data.
    mutating func loading<Value>(_ load: () throws -> Value) rethrows -> Value {
        var stopwatch = Stopwatch()
        let value = try load()
        loadingMilliseconds = stopwatch.lap()
        return value
    }

    /// Training pauses, to evaluate or to save: the time until `resume` doesn't count in the rates.
    mutating func pause() { interval.milliseconds += lap.lap() }

    /// Training goes on.
    mutating func resume() {
        _ = lap.lap()
        buffers = BufferStatistics.current
    }

    /// Takes in what a step took.
    mutating func took(
        samples: Int, phases: DataParallelStep.Phases, optimizer: Double, loss: Double, norm: Double?, rate: Double
    ) {
        let milliseconds = lap.lap()
        interval.milliseconds += milliseconds
        interval.steps += 1
        interval.samples += samples
        interval.data += loadingMilliseconds
        interval.phases += phases
        interval.optimizer += optimizer
        (lastLoss, lastNorm, lastRate) = (loss, norm, rate)
        last = (loadingMilliseconds, phases, optimizer)
        steps += 1
        // the first step makes primitives and fills the pool
        if steps > 1 {
            pace.add(data: loadingMilliseconds, computing: phases.onMainThread - phases.exposedCommunication)
        }
        if steps == 1 { secondsToFirstStep = ProcessMeasurements.age }
        let now = BufferStatistics.current
        // the first steps make primitives and fill the pool
        if steps > settlingSteps {
            trainingMilliseconds += milliseconds
            exposedMilliseconds += phases.exposedCommunication
            trainedSamples += samples
            systemAllocations += now.systemAllocations - buffers.systemAllocations
            // the first short batch at an epoch's end has sizes of its own: from then on all sizes are known
            if samples < largestBatch && !hasSeenShortBatch {
                hasSeenShortBatch = true
                systemAllocations = 0
            }
        }
        if steps == 1 {
            firstStep = (samples, milliseconds)
        } else {
            laterSteps = (laterSteps.samples + samples, laterSteps.milliseconds + milliseconds)
        }
        largestBatch = max(largestBatch, samples)
        buffers = now
    }

    private var settlingSteps = 20

    /// The next steps are as the first of a run: buffers have changed.
    mutating func settleAnew() {
        settlingSteps = max(settlingSteps, steps + 5)
        systemAllocations = 0
    }

    /// Sets the loss of the last step, where it was not known then.
    mutating func setLoss(_ loss: Double) { lastLoss = loss }

    /// The means over the steps since the last report; begins anew.
    mutating func report(step: Int, epoch: Int, samples: Int) -> StepReport {
        let count = Double(max(1, interval.steps))
        var report = StepReport(
            step: step, epoch: epoch, samples: samples, loss: lastLoss, learningRate: lastRate,
            samplesPerSecond: Double(interval.samples) / (interval.milliseconds / 1000), gradientNorm: lastNorm)
        report.dataMilliseconds = interval.data / count
        report.forwardMilliseconds = interval.phases.forward / count
        report.backwardMilliseconds = interval.phases.backward / count
        report.packingMilliseconds = interval.phases.packing / count
        report.exposedCommunicationMilliseconds = interval.phases.exposedCommunication / count
        report.hiddenCommunicationMilliseconds = interval.phases.hiddenCommunication / count
        report.optimizerMilliseconds = interval.optimizer / count
        interval = Interval()
        return report
    }

    /// Seconds since the beginning of the loop.
    var seconds: Double { total.seconds }
    /// Seconds of the run, over all its starts.
    var runSeconds: Double? { earlierSeconds.map { $0 + seconds } }
    /// Samples per second of training, without the first steps, evaluation and saving; of a run that is shorter, with all
    /// steps but the first, and of a single step with that. 0 where there were none.
    var samplesPerSecond: Double {
        let measured = [(trainedSamples, trainingMilliseconds), laterSteps, firstStep].first { $0.1 > 0 }
        return measured.map { Double($0.0) / ($0.1 / 1000) } ?? 0
    }
    /// The share of the training time that this rank waited for the reduction.
    var communicationShare: Double { trainingMilliseconds > 0 ? exposedMilliseconds / trainingMilliseconds : 0 }
}
