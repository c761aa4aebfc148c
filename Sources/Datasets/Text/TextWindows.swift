import Preconditions
public import TensorEngine

/// Pieces of one text to predict the next token in: sample i begins at token i·stride, wherever it is computed.
public struct TextWindows: Dataset {
    /// The tokens of a window that are read.
    public let context: Int
    /// How many tokens apart neighboring windows begin.
    public let stride: Int
    private let tokens: TokenSlice

    /// All windows of `context` tokens, and one more to predict, that begin at multiples of `stride` in `tokens`.
    ///
    /// Throws if there is not one; `source` is what the error calls the text.
    public init(
        _ tokens: ArraySlice<Int32>, context: Int, stride: Int = 1, source: String = "the text"
    ) throws(DatasetError) {
        try self.init(TokenSlice(tokens), context: context, stride: stride, source: source)
    }

    /// All windows of `context` tokens, and one more to predict, that begin at multiples of `stride` in `tokens`.
    ///
    /// Throws if there is not one; `source` is what the error calls the text.
    public init(
        _ tokens: TokenSlice, context: Int, stride: Int = 1, source: String = "the text"
    ) throws(DatasetError) {
        require(
            context >= 1 && stride >= 1,
            "TextWindows: context and stride must be at least 1, found \(context) and \(stride)")
        guard tokens.count > context else {
            throw .unusable(
                path: source, found: "a part of \(tokens.count) tokens",
                expected: "at least \(context + 1) for a context of \(context)")
        }
        (self.tokens, self.context, self.stride) = (tokens, context, stride)
    }

    /// The number of windows.
    public var count: Int { (tokens.count - context - 1) / stride + 1 }

    /// How many tokens at the end of the text no window predicts, since they are too few for one more.
    public var uncoveredCount: Int { tokens.count - ((count - 1) * stride + context + 1) }

    /// A checksum of all tokens.
    public var checksum: UInt32? { tokens.checksum }

    /// Throws if windows of these numbers are damaged in a packed file.
    public func check(_ samples: [Int]) throws {
        for sample in samples where (0..<count).contains(sample) {
            try tokens.check(sample * stride..<sample * stride + context + 1)
        }
    }

    /// The windows of these numbers.
    public func batch(of samples: [Int]) -> TextBatch {
        var (inputs, targets): ([Int32], [Int32]) = ([], [])
        inputs.reserveCapacity(samples.count * context)
        targets.reserveCapacity(samples.count * context)
        for sample in samples {
            require((0..<count).contains(sample), "TextWindows: sample \(sample) is not in 0..<\(count)")
            let start = sample * stride
            tokens.append(start..<(start + context), to: &inputs)
            tokens.append(start + 1..<(start + context + 1), to: &targets)
        }
        return TextBatch(inputs: Indices(inputs, shape: [samples.count, context]), targets: Indices(targets))
    }
}

/// Windows of a text, and for each of their tokens the one that follows.
public struct TextBatch: Sendable {
    /// The tokens, [n, context].
    public let inputs: Indices
    /// The tokens that follow, [n·context].
    public let targets: Indices

    /// A batch of `inputs` [n, context] and as many `targets`.
    public init(inputs: Indices, targets: Indices) {
        require(
            inputs.shape.rank == 2 && inputs.count == targets.count,
            "TextBatch: inputs \(inputs.shape) and targets \(targets.shape) do not fit [n, context], [n·context]")
        (self.inputs, self.targets) = (inputs, targets)
    }

    /// The samples in groups of at most `size`.
    public func groups(of size: Int) -> [TextBatch] {
        let (samples, context) = (inputs.shape[0], inputs.shape[1])
        return stride(from: 0, to: samples, by: size).map { start in
            let count = min(size, samples - start)
            let range = start * context..<(start + count) * context
            return TextBatch(
                inputs: Indices(Array(inputs.values[range]), shape: [count, context]),
                targets: Indices(Array(targets.values[range])))
        }
    }
}
