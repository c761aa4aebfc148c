import Foundation

/// A learning-rate schedule after the warm-up, as a factor of the highest rate; `step` counts from 0.
public protocol DecaySchedule: Sendable {
    /// The factor of a step.
    func factor(step: Int) -> Double
}

/// Always 1.
public struct ConstantSchedule: DecaySchedule {
    public init() {}

    public func factor(step: Int) -> Double { 1 }
}

/// Step decay: multiplies by `factor` every `every` steps.
public struct StepDecay: DecaySchedule {
    let factor: Double
    let every: Int

    /// factor^⌊step / every⌋.
    public init(factor: Double, every: Int) { (self.factor, self.every) = (factor, every) }

    public func factor(step: Int) -> Double { pow(factor, Double(step / every)) }
}

/// Exponential decay: by `factor` over each `every` steps, evenly.
public struct ExponentialDecay: DecaySchedule {
    let factor: Double
    let every: Int

    /// factor^(step / every).
    public init(factor: Double, every: Int = 1) { (self.factor, self.every) = (factor, every) }

    public func factor(step: Int) -> Double { pow(factor, Double(step) / Double(every)) }
}

/// Inverse-time decay.
public struct InverseTimeDecay: DecaySchedule {
    let slope: Double

    /// 1 / (1 + slope · step). Source: Robbins and Monro, 1951.
    public init(slope: Double) { self.slope = slope }

    public func factor(step: Int) -> Double { 1 / (1 + slope * Double(step)) }
}

/// Polynomial decay from 1 to `final` over `steps` steps; linear with the power 1.
public struct PolynomialDecay: DecaySchedule {
    let power, final: Double
    let steps: Int

    /// final + (1 - final) · (1 - step / steps)^power.
    public init(power: Double = 1, final: Double = 0, steps: Int) {
        (self.power, self.final, self.steps) = (power, final, steps)
    }

    public func factor(step: Int) -> Double {
        final + (1 - final) * pow(1 - min(1, Double(step) / Double(max(1, steps))), power)
    }
}

/// Cosine annealing from 1 to `final` over `steps` steps.
public struct CosineDecay: DecaySchedule {
    let final: Double
    let steps: Int

    /// final + (1 - final) · ½(1 + cos(π · step / steps)). Source: Loshchilov and Hutter, 2017.
    public init(final: Double = 0, steps: Int) { (self.final, self.steps) = (final, steps) }

    public func factor(step: Int) -> Double {
        final + (1 - final) * 0.5 * (1 + cos(.pi * min(1, Double(step) / Double(max(1, steps)))))
    }
}

/// Cosine annealing with warm restarts; each period is `growth` times as long as the one before.
public struct CosineRestarts: DecaySchedule {
    let final: Double
    let period, growth: Int

    /// A first period of `period` steps. Source: Loshchilov and Hutter, "SGDR", 2017.
    public init(final: Double = 0, period: Int, growth: Int = 1) {
        (self.final, self.period, self.growth) = (final, period, growth)
    }

    public func factor(step: Int) -> Double {
        var (step, length) = (step, period)
        if growth == 1 { step %= length }
        while step >= length {
            step -= length
            // a period beyond all numbers has no end
            let next = length.multipliedReportingOverflow(by: growth)
            length = next.overflow ? .max : next.partialValue
        }
        return CosineDecay(final: final, steps: length).factor(step: step)
    }
}
