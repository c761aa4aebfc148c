/// Exclusive or: the four cases that a network without hidden units cannot tell apart.
public enum ExclusiveOr {
    /// Inputs, and what the output should be.
    public static let cases: [(inputs: [Float], target: Double)] = [
        ([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0),
    ]

    /// What each output, in [0, 1], differs by; and whether all are on the right side of 1/2.
    public static func errors(_ output: ([Float]) -> Double) -> (errors: [Double], correct: Int) {
        let found = cases.map { abs(output($0.inputs) - $0.target) }
        return (found, found.count { $0 < 0.5 })
    }

    /// (4 - Σ |error|)². Source: Stanley and Miikkulainen, "Evolving neural networks through augmenting topologies", 2002.
    public static func fitness(_ output: ([Float]) -> Double) -> Double {
        let left = 4 - errors(output).errors.reduce(0, +)
        return left * left
    }
}
