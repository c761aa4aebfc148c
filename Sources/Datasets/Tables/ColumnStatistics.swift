import Glibc

/// Mean and deviation of the values of a column, gathered in two passes in Float64.
struct ColumnStatistics {
    /// How many values there are, and how many fields without one.
    private(set) var count = 0, missing = 0
    private var sum = 0.0
    private(set) var least = Double.infinity, most = -Double.infinity
    private var deviations = 0.0, squares = 0.0

    /// Adds a value in the first pass; not a number represents a missing one.
    @inline(__always)
    mutating func add(_ value: Double) {
        guard !value.isNaN else {
            missing += 1
            return
        }
        count += 1
        sum += value
        least = Swift.min(least, value)
        most = Swift.max(most, value)
    }

    /// The mean, after the first pass.
    var mean: Double { count > 0 ? Swift.min(Swift.max(sum / Double(count), least), most) : 0 }

    /// Adds the deviation from the mean of a value, in the second pass.
    @inline(__always)
    mutating func addDeviation(_ difference: Double) {
        deviations += difference
        squares += difference * difference
    }

    /// The deviation of the population, after the second pass. What the rounded mean lacks of the mean of the
    /// differences is subtracted. Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", 1983,
    /// section 2.
    var deviation: Double {
        let count = Double(count)
        let variance = (squares - deviations * deviations / count) / count
        // squares of differences below 1e-150 vanish
        return variance > 1e-290 ? variance.squareRoot() : (most - least) / 2
    }

    /// Whether all values are equal but for rounding: their spread is within n·ε·|mean|, with n up to 1024.
    var isConstant: Bool {
        let bound = Double(Swift.min(count, 1024)) * Double.ulpOfOne * Swift.max(abs(least), abs(most))
        return count == 0 || most - least <= Swift.max(bound, .leastNormalMagnitude)
    }
}
