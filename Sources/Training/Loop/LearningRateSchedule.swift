import Foundation

/// The learning rate of each step: a warm-up from zero, then the course that the settings name.
public struct LearningRateSchedule: Sendable {
    private let highest: Double
    private let name: Settings.Schedule.Name
    private let warmupSteps: Int
    private let finalFraction: Double
    private let totalSteps: Int

    /// The schedule of a run of `totalSteps` steps.
    public init(_ settings: Settings, totalSteps: Int) {
        highest = settings.optimizer.learningRate
        name = settings.schedule.name
        warmupSteps = settings.schedule.warmupSteps
        finalFraction = settings.schedule.finalFraction
        self.totalSteps = totalSteps
    }

    /// The rate of a step, which counts from 1.
    ///
    /// Warm-up: highest · step / warmupSteps. Cosine: from the highest to its final fraction along half a cosine
    /// (Loshchilov and Hutter, 2017); linear: along a line. The last step has the final rate's neighbour, not the rate itself.
    public func rate(step: Int) -> Double {
        if step <= warmupSteps { return highest * Double(step) / Double(warmupSteps) }
        let progress = min(1, Double(step - 1 - warmupSteps) / Double(max(1, totalSteps - warmupSteps)))
        switch name {
        case .constant: return highest
        case .linear: return highest * (1 - (1 - finalFraction) * progress)
        case .cosine: return highest * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(.pi * progress)))
        }
    }
}
