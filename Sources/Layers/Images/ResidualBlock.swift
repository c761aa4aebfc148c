import Kernels
public import TensorEngine

/// `ReLU(N₂(C₂(ReLU(N₁(C₁(x))))) + shortcut(x))` with 3×3 convolutions C and batch normalizations N.
///
/// Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2015.
public struct ResidualBlock: Module {
    /// What is added where the block changes the number of channels or the size of the image; else x itself is.
    public enum Shortcut: Sendable {
        /// Every stride-th row and column, and zeros for the missing channels, half before and half after: option A.
        case padding
        /// A 1×1 convolution with batch normalization: option B.
        case projection
    }

    private let first, second: Convolution2D
    private let firstNormalization, secondNormalization: BatchNormalization
    private let projection: (convolution: Convolution2D, normalization: BatchNormalization)?
    private let inputs, outputs, stride: Int

    /// A block from `inputs` to `outputs` channels whose first convolution has this stride.
    public init(
        _ inputs: Int, _ outputs: Int, stride: Int = 1, shortcut: Shortcut = .padding,
        random: inout InitializationRandom
    ) {
        (self.inputs, self.outputs, self.stride) = (inputs, outputs, stride)
        first = Convolution2D(
            inputs, outputs, kernel: 3, stride: .init(stride), padding: 1, hasBias: false, random: &random)
        firstNormalization = BatchNormalization(outputs, thenReLU: true)
        second = Convolution2D(outputs, outputs, kernel: 3, padding: 1, hasBias: false, random: &random)
        secondNormalization = BatchNormalization(outputs, thenReLU: true)
        let isIdentity = stride == 1 && inputs == outputs
        projection =
            shortcut == .projection && !isIdentity
            ? (
                Convolution2D(
                    inputs, outputs, kernel: 1, stride: .init(stride), hasBias: false, random: &random),
                BatchNormalization(outputs)
            ) : nil
    }

    public var parameters: ParameterTree {
        var entries: [(String, any ParameterTreeElement)] = [
            ("convolution1", first.parameters), ("normalization1", firstNormalization.parameters),
            ("convolution2", second.parameters), ("normalization2", secondNormalization.parameters),
        ]
        if let projection {
            entries += [
                ("shortcut.convolution", projection.convolution.parameters),
                ("shortcut.normalization", projection.normalization.parameters),
            ]
        }
        return ParameterTree(entries)
    }

    /// [n, height, width, inputs] → [n, ⌈height/stride⌉, ⌈width/stride⌉, outputs].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let y = second(firstNormalization(first(x, context), context), context)
        return secondNormalization(y, adding: shortcut(x, context), context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let y = try firstNormalization.describe(try first.describe(x, in: graph), in: graph)
        return secondNormalization.describe(
            try second.describe(y, in: graph), adding: try describeShortcut(x, graph), in: graph)
    }

    private func describeShortcut(_ x: GraphValue, _ graph: GraphBuilder) throws -> GraphValue {
        if let projection {
            return try projection.normalization.describe(try projection.convolution.describe(x, in: graph), in: graph)
        }
        let sampled = stride > 1 ? graph.strided(x, by: [1, stride, stride, 1]) : x
        let missing = outputs - inputs
        return missing > 0
            ? graph.padded(sampled, before: [0, 0, 0, missing / 2], after: [0, 0, 0, missing - missing / 2]) : sampled
    }

    private func shortcut(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        if let projection { return projection.normalization(projection.convolution(x, context), context) }
        let sampled = stride > 1 ? x.strided(by: [1, stride, stride, 1]) : x
        let missing = outputs - inputs
        return missing > 0
            ? sampled.padded(before: [0, 0, 0, missing / 2], after: [0, 0, 0, missing - missing / 2]) : sampled
    }
}
