import Preconditions

/// How an optimizer treats one parameter.
public struct ParameterTreatment: Sendable, Equatable {
    /// What the learning rate is multiplied by.
    public internal(set) var learningRateFactor: Float = 1
    /// Whether weight decay and the L1 and L2 penalties apply.
    public internal(set) var isDecayed = true
    /// Whether the parameter and its optimizer state stay as they are, bit for bit.
    public internal(set) var isFrozen = false
}

/// Which parameters are treated differently from the others; the names of running statistics may be frozen with them.
///
/// Rules change one property each and are applied in the order in which they were added, so that a later one wins.
public struct ParameterGroups {
    /// Chooses parameters by name and shape.
    public typealias Choice = (_ name: String, _ shape: Shape) -> Bool

    private var rules: [(choice: Choice, change: (inout ParameterTreatment) -> Void)] = []

    /// All parameters alike.
    public init() {}

    /// Multiplies the learning rate of the chosen parameters by `factor`, which is at least 0.
    public mutating func setLearningRateFactor(_ factor: Float, where choice: @escaping Choice) {
        require(factor >= 0, "ParameterGroups: the factor of a learning rate must be at least 0, found \(factor)")
        rules.append((choice, { $0.learningRateFactor = factor }))
    }

    /// Takes the chosen parameters out of weight decay and penalties.
    public mutating func exemptFromDecay(where choice: @escaping Choice) {
        rules.append((choice, { $0.isDecayed = false }))
    }

    /// Leaves the chosen parameters and running statistics, and their optimizer state, as they are.
    public mutating func freeze(where choice: @escaping Choice) {
        rules.append((choice, { $0.isFrozen = true }))
    }

    /// Multiplies the learning rate of the parameters whose names fit by `factor`, which is at least 0.
    public mutating func setLearningRateFactor(_ factor: Float, named pattern: NamePattern) {
        setLearningRateFactor(factor) { name, _ in pattern.matches(name) }
    }

    /// Takes the parameters whose names fit out of weight decay and penalties.
    public mutating func exemptFromDecay(named pattern: NamePattern) {
        exemptFromDecay { name, _ in pattern.matches(name) }
    }

    /// Leaves the parameters whose names fit, and their optimizer state, as they are.
    public mutating func freeze(named pattern: NamePattern) {
        freeze { name, _ in pattern.matches(name) }
    }

    /// Decay for parameters of at least two axes only: not for biases and the scales of normalizations.
    public static var decayingMatricesOnly: ParameterGroups {
        var groups = ParameterGroups()
        groups.exemptFromDecay { _, shape in shape.rank < 2 }
        return groups
    }

    /// Whether the parameter or running statistic of this name and shape stays as it is.
    public func isFrozen(_ name: String, _ shape: Shape) -> Bool { treatment(of: name, shape).isFrozen }

    /// How the parameter of this name and shape is treated.
    public func treatment(of name: String, _ shape: Shape) -> ParameterTreatment {
        var treatment = ParameterTreatment()
        for rule in rules where rule.choice(name, shape) { rule.change(&treatment) }
        return treatment
    }
}
