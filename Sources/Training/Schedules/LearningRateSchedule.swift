public import Settings

/// The learning rate of each step: linear warm-up from zero, then a decay schedule.
public struct LearningRateSchedule: Sendable {
    private let highest: Double
    private let warmupSteps: Int
    private let decay: any DecaySchedule
    private var plateau: ReduceOnPlateau?

    /// A rise to `highest` over `warmupSteps` steps, then `decay`, with a factor that falls on plateaus of the loss.
    public init(highest: Double, warmupSteps: Int = 0, decay: any DecaySchedule, plateau: ReduceOnPlateau? = nil) {
        (self.highest, self.warmupSteps, self.decay, self.plateau) = (highest, warmupSteps, decay, plateau)
    }

    /// The rate of a step, which counts from 1.
    ///
    /// Warm-up: highest · step / warmupSteps. The decay starts after it, with its factor of step 0.
    public func rate(step: Int) -> Double {
        if step <= warmupSteps { return highest * Double(step) / Double(warmupSteps) }
        return highest * decay.factor(step: step - 1 - warmupSteps) * (plateau?.factor ?? 1)
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
        let decay: any DecaySchedule =
            switch schedule.name {
            case .constant, .plateau: ConstantSchedule()
            case .step: StepDecay(factor: schedule.factor, every: schedule.every)
            case .exponential: ExponentialDecay(factor: schedule.factor, every: schedule.every)
            case .inverseTime: InverseTimeDecay(slope: schedule.slope)
            case .polynomial: PolynomialDecay(power: schedule.power, final: final, steps: steps)
            case .linear: PolynomialDecay(final: final, steps: steps)
            case .cosine: CosineDecay(final: final, steps: steps)
            case .cosineRestarts:
                CosineRestarts(final: final, period: schedule.period, growth: schedule.periodFactor)
            case .oneCycle: OneCycle(low: low, rise: schedule.riseFraction, final: final, steps: steps)
            case .triangular: CyclicalSchedule(low: low, period: schedule.period)
            case .triangular2: CyclicalSchedule(low: low, period: schedule.period, heights: .halving)
            case .expRange:
                CyclicalSchedule(
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
            highest: settings.highestRate(globalBatch: globalBatch) * factor, warmupSteps: warmupSteps, decay: decay,
            plateau: plateau)
    }
}
