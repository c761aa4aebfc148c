#if canImport(Glibc)
    import Glibc
#endif

/// A network without a graph, which is evaluated for one input at a time.
public protocol EvolvedNetwork: Sendable {
    /// Whether outputs are in [0, 1].
    var hasBoundedOutputs: Bool { get }

    /// Writes the outputs for `inputs` to the first elements of `outputs`.
    mutating func evaluate(_ inputs: [Float], into outputs: inout [Float])
}

extension FlatPerceptron: EvolvedNetwork {
    /// They are not: the last layer is linear.
    public var hasBoundedOutputs: Bool { false }
}

extension NEATNetwork: EvolvedNetwork {
    /// They are: sigmoids.
    public var hasBoundedOutputs: Bool { true }
}

extension EvolvedNetwork {
    /// An output as a number in [0, 1]: by the logistic function where outputs are not bounded.
    public func share(_ output: Float) -> Float { hasBoundedOutputs ? output : 1 / (1 + expf(-output)) }
}
