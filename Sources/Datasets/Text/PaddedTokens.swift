import Preconditions
public import TensorEngine

/// Sequences of different lengths side by side, the shorter ones filled up with zeros, which nothing must look at.
public struct PaddedTokens: Sendable {
    /// The tokens, [n, t].
    public let tokens: Indices
    /// How many tokens each sequence has, [n].
    public let lengths: Indices

    /// The length to which sequences are filled up, of which the longest has `longest` tokens.
    public static func paddedLength(of longest: Int) -> Int { (longest + 7) / 8 * 8 }

    /// The sequences filled up to the longest of them, and on to a multiple of eight: few different shapes come up,
    /// so that memory and kernels of one step serve the next.
    public init(_ sequences: [[Int32]]) {
        require(
            sequences.allSatisfy { !$0.isEmpty } && !sequences.isEmpty,
            "PaddedTokens: a sequence without tokens was given")
        let time = Self.paddedLength(of: sequences.reduce(0) { max($0, $1.count) })
        tokens = Indices(
            sequences.flatMap { $0 + [Int32](repeating: 0, count: time - $0.count) }, shape: [sequences.count, time])
        lengths = Indices(sequences.map { Int32($0.count) })
    }
}
