/// The learning rate of each step: a warm-up from zero, then a course.
public struct LearningRateSchedule: Sendable {
    private let highest: Double
    private let warmupSteps: Int
    private let course: any RateCourse
    private var plateau: ReduceOnPlateau?

    /// A rise to `highest` over `warmupSteps` steps, then `course`, with a factor that falls on plateaus of the loss.
    public init(highest: Double, warmupSteps: Int = 0, course: any RateCourse, plateau: ReduceOnPlateau? = nil) {
        (self.highest, self.warmupSteps, self.course, self.plateau) = (highest, warmupSteps, course, plateau)
    }

    /// The rate of a step, which counts from 1.
    ///
    /// Warm-up: highest · step / warmupSteps. The course begins behind it, with its factor of step 0.
    public func rate(step: Int) -> Double {
        if step <= warmupSteps { return highest * Double(step) / Double(warmupSteps) }
        return highest * course.factor(step: step - 1 - warmupSteps) * (plateau?.factor ?? 1)
    }

    /// Takes in the loss of an evaluation.
    public mutating func observe(evaluationLoss: Double) { plateau?.observe(evaluationLoss) }

    /// What a checkpoint keeps of it beside the step, under names that begin with `prefix`.
    package func notes(prefix: String = "") -> [String: String] { plateau?.notes(prefix: prefix) ?? [:] }

    /// Reads back what `notes` gave.
    package mutating func restore(_ notes: SavedNotes, prefix: String = "") throws {
        try plateau?.restore(notes, prefix: prefix)
    }
}

extension LearningRateSchedule {
    /// The schedule of a run of `totalSteps` steps of `globalBatch` samples each; of as many as the settings say when nil.
    /// - Parameter factor: of all rates.
    public init(_ settings: Settings, totalSteps: Int, globalBatch: Int? = nil, factor: Double = 1) {
        let globalBatch = globalBatch ?? settings.globalBatch
        let schedule = settings.schedule
        let length = schedule.steps ?? totalSteps
        let warmupSteps = settings.warmupSteps(of: length)
        let steps = max(1, length - warmupSteps)
        let (final, low) = (schedule.finalFraction, schedule.lowFraction)
        let course: any RateCourse =
            switch schedule.name {
            case .constant, .plateau: ConstantCourse()
            case .step: StepCourse(factor: schedule.factor, every: schedule.every)
            case .exponential: ExponentialCourse(factor: schedule.factor, every: schedule.every)
            case .inverseTime: InverseTimeCourse(slope: schedule.slope)
            case .polynomial: PolynomialCourse(power: schedule.power, final: final, steps: steps)
            case .linear: PolynomialCourse(final: final, steps: steps)
            case .cosine: CosineCourse(final: final, steps: steps)
            case .cosineRestarts:
                CosineRestartsCourse(final: final, period: schedule.period, growth: schedule.periodFactor)
            case .oneCycle: OneCycleCourse(low: low, rise: schedule.riseFraction, final: final, steps: steps)
            case .triangular: CyclicalCourse(low: low, period: schedule.period)
            case .triangular2: CyclicalCourse(low: low, period: schedule.period, heights: .halving)
            case .expRange:
                CyclicalCourse(
                    low: low, period: schedule.period,
                    heights: .falling(factor: schedule.factor, every: schedule.every))
            }
        var plateau: ReduceOnPlateau?
        if schedule.name == .plateau {
            plateau = ReduceOnPlateau(
                reduction: schedule.factor, smallest: final, patience: schedule.patience,
                threshold: schedule.threshold, cooldown: schedule.cooldown)
        }
        self.init(
            highest: settings.highestRate(globalBatch: globalBatch) * factor, warmupSteps: warmupSteps, course: course,
            plateau: plateau)
    }
}

extension Settings {
    /// The warm-up of a schedule of `length` steps: the first half, where the steps that are asked for would leave none.
    func warmupSteps(of length: Int) -> Int { schedule.warmupSteps < length ? schedule.warmupSteps : length / 2 }

    /// Whether some step has another rate in a schedule of `old` steps than in one of `new` steps.
    func scheduleDiffers(_ old: Int, _ new: Int) -> Bool {
        old != new && (schedule.name.extendsOverRun || warmupSteps(of: old) != warmupSteps(of: new))
    }

    /// The highest rate of the schedule, scaled with the global batch where that is wanted.
    ///
    /// Sources: Goyal and others, "Accurate, large minibatch SGD", 2017: the rate grows as the batch does; You and others,
    /// "Large batch optimization for deep learning: training BERT in 76 minutes", 2020: as its square root does.
    public func highestRate(globalBatch: Int) -> Double {
        switch schedule.scaling {
        case .none: optimizer.learningRate
        case .linear: optimizer.learningRate * Double(globalBatch) / Double(schedule.baseBatch)
        case .squareRoot: optimizer.learningRate * (Double(globalBatch) / Double(schedule.baseBatch)).squareRoot()
        }
    }
}

extension Settings.Schedule.Name {
    /// Whether the rate of a step depends on how many steps there are.
    var extendsOverRun: Bool {
        switch self {
        case .polynomial, .linear, .cosine, .oneCycle: true
        case .constant, .step, .exponential, .inverseTime, .cosineRestarts, .triangular, .triangular2, .expRange,
            .plateau:
            false
        }
    }
}
