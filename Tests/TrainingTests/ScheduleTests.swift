import Foundation
import Optimizers
import Testing
import Training

@Suite("Schedules")
struct ScheduleTests {
    private static let peak = 0.8

    private static let courses: [String: any DecaySchedule] = [
        "constant": ConstantSchedule(),
        "step": StepDecay(factor: 0.3, every: 25),
        "exponential": ExponentialDecay(factor: 0.97),
        "inverse time": InverseTimeDecay(slope: 0.05),
        "polynomial": PolynomialDecay(power: 1.7, steps: 110),
        "linear": PolynomialDecay(final: 0.1, steps: 110),
        "cosine": CosineDecay(final: 0.1, steps: 120),
        "cosine restarts": CosineRestarts(final: 0.05, period: 20),
        "cosine restarts, growing": CosineRestarts(period: 15, growth: 2),
        "one cycle": OneCycle(low: 0.04, rise: 0.3, final: 0.0004, steps: 121),
        "triangular": CyclicalSchedule(low: 0.125, period: 40),
        "triangular2": CyclicalSchedule(low: 0.125, period: 40, heights: .halving),
        "exp_range": CyclicalSchedule(low: 0.125, period: 40, heights: .falling(factor: 0.99, every: 1)),
    ]

    @Test("Every reference has its schedule")
    func complete() {
        #expect(Set(Self.courses.keys).union(["warm-up", "plateau"]) == Set(scheduleReferences.keys))
    }

    @Test("follow PyTorch's", arguments: courses.keys.sorted())
    func followed(name: String) throws {
        let course = try #require(Self.courses[name])
        let schedule = LearningRateSchedule(highest: Self.peak, decay: course)
        for (place, rate) in try #require(scheduleReferences[name]).enumerated() {
            // PyTorch multiplies its rates step by step, and the numbers have 12 digits
            #expect(abs(schedule.rate(step: 5 * place + 1) - rate) < 1e-11, "step \(5 * place)")
        }
    }

    @Test("A warm-up goes before the course, as PyTorch's")
    func warmUp() throws {
        let schedule = LearningRateSchedule(
            highest: Self.peak, warmupSteps: 30, decay: ExponentialDecay(factor: 0.98))
        for (place, rate) in try #require(scheduleReferences["warm-up"]).enumerated() {
            #expect(abs(schedule.rate(step: 5 * place + 1) - rate) < 1e-11, "step \(5 * place)")
        }
    }

    /// The loss of reference_schedules.py.
    private static func loss(_ step: Int) -> Double {
        max(0.3, 2 * exp(-Double(step) / 30)) + 0.05 * sin(Double(step))
    }

    @Test("The rate falls on plateaus as PyTorch's, also when the state was saved in between")
    func plateau() throws {
        func make() -> LearningRateSchedule {
            LearningRateSchedule(
                highest: Self.peak, decay: ConstantSchedule(),
                plateau: ReduceOnPlateau(
                    reduction: 0.5, smallest: 0.0375, patience: 4, threshold: 0.01, cooldown: 3))
        }
        var schedule = make()
        let expected = try #require(scheduleReferences["plateau"])
        #expect(Set(expected).count > 3)
        for step in 0...120 {
            if step % 5 == 0 {
                #expect(abs(schedule.rate(step: step + 1) - expected[step / 5]) < 1e-11, "step \(step)")
            }
            schedule.observe(evaluationLoss: Self.loss(step))
            if step % 7 == 3 {
                let saved = SavedNotes(schedule.notes(), step: step)
                schedule = make()
                try schedule.restore(saved)
            }
        }
    }

    @Test("The settings name each course", arguments: ScheduleSettings.Name.allCases)
    func settings(name: ScheduleSettings.Name) {
        var settings = Settings()
        settings.optimizer.learningRate = Self.peak
        settings.schedule.name = name
        settings.schedule.warmupSteps = 4
        settings.schedule.every = 10
        settings.schedule.factor = 0.5
        settings.schedule.slope = 0.5
        settings.schedule.power = 2
        settings.schedule.period = 8
        settings.schedule.lowFraction = 0.25
        settings.schedule.riseFraction = 0.5
        settings.schedule.finalFraction = 0.1
        var schedule = LearningRateSchedule(settings, totalSteps: 24)
        #expect(schedule.rate(step: 2) == Self.peak / 2)
        #expect(schedule.notes().isEmpty == (name != .plateau))
        for loss in [1.0, 1, 1, 1] { schedule.observe(evaluationLoss: loss) }
        // the course is at its step 10 of 20
        let expected: Double =
            switch name {
            case .constant: 1
            case .step, .exponential, .plateau: 0.5
            case .inverseTime: 1.0 / 6
            case .polynomial: 0.1 + 0.9 * 0.25
            case .linear, .cosine: 0.1 + 0.9 * 0.5
            // a quarter into the second period of 8 steps
            case .cosineRestarts: 0.1 + 0.9 * 0.5 * (1 + cos(.pi / 4))
            // one step of ten behind the peak, which is at step 9
            case .oneCycle: 0.1 + 0.9 * 0.5 * (1 + cos(.pi / 10))
            case .triangular: 0.25 + 0.75 * 0.5
            case .triangular2, .expRange: 0.25 + 0.75 * 0.25
            }
        #expect(abs(schedule.rate(step: 15) - Self.peak * expected) < 1e-12)
    }

    @Test("The rate can grow with the global batch")
    func scaling() {
        var settings = Settings()
        settings.optimizer.learningRate = 0.1
        settings.globalBatch = 1024
        #expect(settings.highestRate(globalBatch: settings.globalBatch) == 0.1)
        settings.schedule.scaling = .linear
        #expect(settings.highestRate(globalBatch: settings.globalBatch) == 0.4)
        settings.schedule.scaling = .squareRoot
        #expect(settings.highestRate(globalBatch: settings.globalBatch) == 0.2)
        settings.schedule.scaling = .linear
        settings.schedule.baseBatch = 2048
        #expect(LearningRateSchedule(settings, totalSteps: 10).rate(step: 1) == 0.05)
    }
}
