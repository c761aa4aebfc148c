/// An operation of an exported graph. Layouts are PyTorch's and ONNX's: images are [n, channels, height, width], weights of a
/// linear layer [outputs, inputs].
package enum GraphOperation: Sendable {
    /// `x·Wᵀ [+ b]` along the last axis.
    case linear(weight: GraphTensor, bias: GraphTensor?)
    case convolution(GraphConvolution)
    /// With running statistics, over axis 1.
    case batchNormalization(
        weight: GraphTensor, bias: GraphTensor, mean: GraphTensor, variance: GraphTensor, epsilon: Float)
    /// Over axis 1.
    case groupNormalization(groups: Int, weight: GraphTensor, bias: GraphTensor, epsilon: Float)
    /// Along the last axis.
    case layerNormalization(weight: GraphTensor, bias: GraphTensor?, epsilon: Float)
    /// Along the last axis.
    case rmsNormalization(weight: GraphTensor, epsilon: Float)
    case pooling(GraphPooling)
    /// Element by element, or along the last axis.
    case function(GraphFunction)
    /// Of two values that broadcast to each other.
    case binary(GraphArithmetic)
    /// Of a value and a number.
    case scalar(GraphArithmetic, Float)
    /// The tensor itself; no inputs.
    case tensor(GraphTensor)
    /// To these sizes; at most one is nil and follows from the others.
    case reshape([Int?])
    case permute([Int])
    case concatenate(axis: Int)
    case slice([GraphSlice])
    /// With zeros; for each axis how many before and after.
    case pad(before: [Int], after: [Int])
    /// Removes the axes, unless they are kept with size 1.
    case reduce(GraphReduction, axes: [Int], keepsAxes: Bool)
    /// The rows of a table for integers [...]: [..., width].
    case embedding(weight: GraphTensor)
    /// The first rows of a table, as many as the input has along axis 1.
    case firstRows(GraphTensor)
    /// Scaled dot-product attention of queries, keys and values [n, t, heads·width]; a fourth input, lengths [n], says
    /// how many keys of each sample are seen.
    case attention(heads: Int, isCausal: Bool)
    /// Of [n, t, inputs], with lengths [n] as a second input where sequences are padded. Outputs: [n, t, directions·hidden] and the
    /// final states of the last layer, [n, directions·hidden].
    case recurrent(GraphRecurrence)
    /// 1 at the positions below each of the lengths [n], else 0, for the positions of the second input [n, t, …]: [n, t, 1].
    case sequenceMask
    /// Integers as numbers.
    case toFloat
}

/// A function of one value.
package enum GraphFunction: Sendable, Equatable {
    case relu, tanh, sigmoid, silu, softplus, gelu, geluByTanh, softmax, logSoftmax, exponential, logarithm, squareRoot
    case leakyReLU(slope: Float)
    case elu(alpha: Float)
    /// 1 above 0, else 0.
    case isPositive
    case clamp(Float, Float)
}

/// A function of two values.
package enum GraphArithmetic: String, Sendable { case add, subtract, multiply, divide }

/// What becomes of the elements along an axis.
package enum GraphReduction: String, Sendable { case sum, mean, maximum }

/// Every `step`-th element from `start` to before `end` along an axis; nil: to its end.
package struct GraphSlice: Sendable {
    package let axis, start: Int
    package let end: Int?
    package let step: Int
}

/// A convolution, or a transposed one.
package struct GraphConvolution: Sendable {
    package let weight: GraphTensor
    package let bias: GraphTensor?
    /// In the order of the axes: one of a sequence, two of an image.
    package var kernel, stride, padding, dilation: [Int]
    package var inputs, outputs, groups: Int
    /// Of a transposed convolution what is added to the size of the output; nil for the usual one.
    package var outputPadding: [Int]?
}

/// Pooling over the axes behind axis 1.
package struct GraphPooling: Sendable {
    package enum Kind: Sendable, Equatable {
        case maximum
        case average(countsPadding: Bool)
    }
    package let kind: Kind
    package let window, stride, padding: [Int]
}

/// Recurrent layers.
package struct GraphRecurrence: Sendable {
    package enum Kind: Sendable { case elmanByTanh, elmanByReLU, gru, lstm }
    /// The parameters of one layer in one direction.
    package struct Direction: Sendable {
        package let inputWeight, recurrentWeight, bias: GraphTensor
        package let recurrentBias: GraphTensor?
    }
    package let kind: Kind
    package let inputs, hidden: Int
    /// For each layer its directions: forward, and backward if there is one.
    package let layers: [[Direction]]
}
