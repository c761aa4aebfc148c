/// A factor of the learning rate that falls whenever a loss has stopped to fall; its state is part of checkpoints.
public struct ReduceOnPlateau: Sendable, Equatable {
    let reduction, smallest, threshold: Double
    let patience, cooldown: Int

    /// The factor of the rate as of now.
    public private(set) var factor = 1.0
    private var best = Double.infinity
    private var badCount = 0
    private var cooldownLeft = 0

    /// Multiplies by `reduction`, down to `smallest`, after more than `patience` losses in a row that were not below the best
    /// by the fraction `threshold` of it; after a reduction the next `cooldown` losses don't count.
    public init(
        reduction: Double, smallest: Double = 0, patience: Int = 10, threshold: Double = 1e-4, cooldown: Int = 0
    ) {
        (self.reduction, self.smallest, self.threshold) = (reduction, smallest, threshold)
        (self.patience, self.cooldown) = (patience, cooldown)
    }

    /// Takes in the next loss.
    public mutating func observe(_ loss: Double) {
        if loss < best * (1 - threshold) {
            (best, badCount) = (loss, 0)
        } else {
            badCount += 1
        }
        if cooldownLeft > 0 { (cooldownLeft, badCount) = (cooldownLeft - 1, 0) }
        if badCount > patience {
            factor = max(smallest, factor * reduction)
            (cooldownLeft, badCount) = (cooldown, 0)
        }
    }

    /// What a checkpoint keeps of it, under names such as `plateau.factor` with `prefix` before them.
    package func notes(prefix: String = "") -> [String: String] {
        [
            prefix + "plateau.factor": "\(factor)", prefix + "plateau.best": "\(best)",
            prefix + "plateau.bad_count": "\(badCount)", prefix + "plateau.cooldown_left": "\(cooldownLeft)",
        ]
    }

    /// Reads back what `notes` gave; what is missing stays as it is.
    package mutating func restore(_ notes: SavedNotes, prefix: String = "") throws {
        factor = try notes.number(prefix + "plateau.factor", in: 0...1) ?? factor
        best = try notes.number(prefix + "plateau.best", in: -.greatestFiniteMagnitude ... .infinity) ?? best
        badCount = try notes.integer(prefix + "plateau.bad_count") ?? badCount
        cooldownLeft = try notes.integer(prefix + "plateau.cooldown_left") ?? cooldownLeft
    }
}
