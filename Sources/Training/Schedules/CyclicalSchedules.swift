import Foundation

/// The one-cycle policy: one rise and one fall over the whole run, each along half a cosine.
public struct OneCycle: DecaySchedule {
    let low, rise, final: Double
    let steps: Int

    /// From `low` up to 1 over the fraction `rise` of `steps` steps, and down to `final`.
    /// Source: Smith and Topin, "Super-convergence", 2018, in PyTorch's form.
    public init(low: Double = 0.04, rise: Double = 0.3, final: Double = 0, steps: Int) {
        (self.low, self.rise, self.final, self.steps) = (low, rise, final, steps)
    }

    public func factor(step: Int) -> Double {
        let (peak, end) = (rise * Double(steps) - 1, Double(steps - 1))
        let step = min(Double(step), end)
        func between(_ from: Double, _ to: Double, _ progress: Double) -> Double {
            to + (from - to) * 0.5 * (1 + cos(.pi * progress))
        }
        if step <= peak { return peak > 0 ? between(low, 1, step / peak) : 1 }
        return between(1, final, (step - max(0, peak)) / max(1e-9, end - max(0, peak)))
    }
}

/// Cyclical learning rate: linear rises and falls, in periods of equal length. Source: Smith, "Cyclical learning rates", 2017.
public struct CyclicalSchedule: DecaySchedule {
    /// How the height of the peaks over `low` changes.
    public enum Heights: Sendable, Equatable {
        /// It does not.
        case equal
        /// It halves with each period.
        case halving
        /// It falls by `factor` over each `every` steps.
        case falling(factor: Double, every: Int)
    }

    let low: Double
    let period: Int
    let heights: Heights

    /// From `low` up to 1 in the first half of each `period` steps, and down again in the second.
    public init(low: Double, period: Int, heights: Heights = .equal) {
        (self.low, self.period, self.heights) = (low, period, heights)
    }

    public func factor(step: Int) -> Double {
        let place = Double(step % period) / Double(period)
        let height =
            switch heights {
            case .equal: 1.0
            case .halving: pow(0.5, Double(step / period))
            case .falling(let factor, let every): pow(factor, Double(step) / Double(every))
            }
        return low + (1 - low) * (1 - abs(2 * place - 1)) * height
    }
}
