import Optimizers
public import Settings

/// The learning-rate schedule.
public struct ScheduleSettings: SettingsGroup {
    /// The schedules there are.
    public enum Name: String, Sendable, CaseIterable {
        case constant, step, exponential
        case inverseTime = "inverse_time"
        case polynomial, linear, cosine
        case cosineRestarts = "cosine_restarts"
        case oneCycle = "one_cycle"
        case triangular, triangular2
        case expRange = "exp_range"
        case plateau

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

    /// How the rate scales with the size of the global batch.
    public enum Scaling: String, Sendable, CaseIterable {
        case none, linear
        case squareRoot = "square_root"
    }

    /// The schedule.
    public var name = Name.constant
    /// Steps of linear warm-up from zero.
    public var warmupSteps = 0
    /// Steps over which the schedule extends; nil stands for those of the run.
    public var steps: Int?
    /// Rate at the end, as a fraction of the highest; with `plateau` the smallest.
    public var finalFraction = 0.0
    /// Factor of the decay of `step`, `exponential`, `exp_range` and `plateau`.
    public var factor = 0.1
    /// Steps over which the rate decays by `factor`, but of `plateau`.
    public var every = 1000
    /// Growth of the divisor per step, of `inverse_time`.
    public var slope = 0.001
    /// Exponent of `polynomial`.
    public var power = 2.0
    /// Steps of a cycle; of `cosine_restarts`, of the first.
    public var period = 1000
    /// Growth of each cycle over the one before, of `cosine_restarts`.
    public var periodFactor = 1
    /// Lowest rate of a cycle, as a fraction of the highest; of `one_cycle`, the first.
    public var lowFraction = 0.04
    /// Part of the run in which the rate of `one_cycle` rises.
    public var riseFraction = 0.3
    /// Evaluations without a better loss that `plateau` waits for.
    public var patience = 2
    /// Relative improvement that `plateau` counts as better.
    public var threshold = 1e-4
    /// Evaluations after a reduction that `plateau` ignores.
    public var cooldown = 0
    /// How the rate scales with the size of the global batch.
    public var scaling = Scaling.none
    /// The global batch for which the learning rate is meant, when it is scaled.
    public var baseBatch = 256

    public init() {}

    public static let prefix = "schedule"
    public static let title = "schedule: learning-rate schedule"
    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .choice, aliases: ["scheduler", "lr_scheduler", "lr_schedule"], "learning-rate schedule"),
        Setting(
            "warmup_steps", \.warmupSteps, .whole(atLeast: 0),
            aliases: ["warmup", "warmup_iters", "num_warmup_steps"],
            "steps of linear warm-up from zero; in a run of no more steps the first half of it"),
        Setting(
            "steps", \.steps, .automatic(.whole(atLeast: 1)), changesOnResume: true, usedWhen: [hasLength],
            aliases: ["t_max"],
            "length of polynomial, linear, cosine and one_cycle in steps, warm-up included; automatic: that of the run. Where "
                + "a resumed run becomes longer, the new length stretches the schedule and the old one keeps it"),
        Setting(
            "final_fraction", \.finalFraction, .number(.fraction), changesInTraining: true,
            usedWhen: [of(.polynomial, .linear, .cosine, .cosineRestarts, .oneCycle, .plateau)],
            "final rate, as a fraction of the highest; of plateau, the smallest"),
        Setting(
            "factor", \.factor, .number(.fraction), changesInTraining: true,
            usedWhen: [of(.step, .exponential, .expRange, .plateau)],
            aliases: ["decay_rate", "gamma"], "decay factor of step, exponential, exp_range and plateau"),
        Setting(
            "every", \.every, .whole(atLeast: 1), usedWhen: [of(.step, .exponential, .expRange)],
            aliases: ["step_size"], "steps over which step, exponential and exp_range decay by the factor"),
        Setting(
            "slope", \.slope, .number(.zeroOrMore), changesInTraining: true, usedWhen: [of(.inverseTime)],
            "growth of inverse_time's divisor, per step"),
        Setting(
            "power", \.power, .number(.aboveZero), changesInTraining: true, usedWhen: [of(.polynomial)],
            "exponent of polynomial"),
        Setting(
            "period", \.period, .whole(atLeast: 2),
            usedWhen: [of(.cosineRestarts, .triangular, .triangular2, .expRange)], aliases: ["t_0"],
            "steps of a cycle of triangular, triangular2 and exp_range, and of the first of cosine_restarts"),
        Setting(
            "period_factor", \.periodFactor, .whole(atLeast: 1, atMost: 1_000_000), usedWhen: [of(.cosineRestarts)],
            aliases: ["t_mult"], "growth of each cycle of cosine_restarts over the one before"),
        Setting(
            "low_fraction", \.lowFraction, .number(.fraction),
            usedWhen: [of(.oneCycle, .triangular, .triangular2, .expRange)],
            "lowest rate of a cycle, and first of one_cycle, as a fraction of the highest"),
        Setting(
            "rise_fraction", \.riseFraction, .number(.fraction), usedWhen: [of(.oneCycle)],
            "part of the run in which the rate of one_cycle rises"),
        Setting(
            "patience", \.patience, .whole(atLeast: 0), usedWhen: [of(.plateau)],
            "evaluations without a better loss after which plateau reduces the rate"),
        Setting(
            "threshold", \.threshold, .number(.belowOne), usedWhen: [of(.plateau)],
            "relative improvement of the loss that plateau counts as better"),
        Setting(
            "cooldown", \.cooldown, .whole(atLeast: 0), usedWhen: [of(.plateau)],
            "evaluations after a reduction that plateau ignores"),
        Setting(
            "scaling", \.scaling, .choice,
            "how the rate scales with the global batch: by global_batch / schedule.base_batch (linear), or by its square root"
        ),
        Setting(
            "base_batch", \.baseBatch, .whole(atLeast: 1),
            usedWhen: [.when("schedule.scaling", is: Scaling.linear, .squareRoot)],
            "global batch that the learning rate is meant for, when it is scaled"),
    ]

    private static func of(_ names: Name...) -> SettingCondition {
        .when("schedule.name", names.map(\.rawValue)) { names.contains($0.schedule.name) }
    }

    private static let hasLength = SettingCondition.when(
        "schedule.name", ["polynomial, linear, cosine or one_cycle, or schedule.warmup_steps above 0"]
    ) { $0.schedule.name.extendsOverRun || $0.schedule.warmupSteps > 0 }

    public static func check(_ settings: Settings) throws(SettingsError) {
        if settings.schedule.name == .plateau { try settings.requireEvaluations(for: "schedule.name plateau") }
    }
}

extension Settings {
    /// The learning-rate schedule.
    public var schedule: ScheduleSettings {
        get { self[ScheduleSettings.self] }
        set { self[ScheduleSettings.self] = newValue }
    }

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
        let (rate, growth) = (optimizer.learningRate, Double(globalBatch) / Double(schedule.baseBatch))
        return switch schedule.scaling {
        case .none: rate
        case .linear: rate * Double(globalBatch) / Double(schedule.baseBatch)
        case .squareRoot: rate * growth.squareRoot()
        }
    }
}
