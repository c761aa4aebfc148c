/// Weight, mean and sum of squared deviations of some numbers: of two parts they add up without a difference of large
/// numbers.
///
/// Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979;
/// with weights: West, "Updating mean and variance estimates", Communications of the ACM 22 (9), 1979.
package struct Moments: Sendable, Equatable {
    /// The sum of the weights; without weights the number of values.
    package var weight = 0.0
    /// The mean.
    package var mean = 0.0
    /// The sum of the squared deviations from it.
    package var squares = 0.0

    /// Of nothing, or what `merged` has given.
    package init(weight: Double = 0, mean: Double = 0, squares: Double = 0) {
        (self.weight, self.mean, self.squares) = (weight, mean, squares)
    }

    /// Adds a value.
    package mutating func add(_ value: Double, weight added: Double = 1) {
        guard added > 0 else { return }
        weight += added
        let difference = value - mean
        mean += difference * (added / weight)
        squares += added * difference * (value - mean)
    }

    /// The moments of both parts together.
    package func merged(with other: Moments) -> Moments {
        guard weight > 0 else { return other }
        guard other.weight > 0 else { return self }
        let (total, difference) = (weight + other.weight, other.mean - mean)
        return Moments(
            weight: total, mean: mean + difference * (other.weight / total),
            squares: squares + other.squares + difference * difference * (weight / total) * other.weight)
    }
}
