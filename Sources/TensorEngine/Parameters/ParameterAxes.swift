/// What the axes of a parameter are, outermost first, and in which order PyTorch keeps them.
///
/// It is written beside the weights, so that a matrix of another library is never taken for its transpose.
public struct ParameterAxes: Sendable, Equatable {
    /// The name of each axis, such as `inputs` and `outputs`.
    public let names: [String]

    /// PyTorch's order of these axes: its axis `i` is our axis `pyTorchOrder[i]`.
    public let pyTorchOrder: [Int]

    /// Of a layer that follows `Flatten`, the extents [height, width, channels] that its inputs are made of, which
    /// PyTorch flattens as [channels, height, width]; nil elsewhere.
    public let flattened: [Int]?

    /// Axes of these names, in PyTorch's order unless another is given.
    public init(_ names: [String], pyTorchOrder: [Int]? = nil, flattened: [Int]? = nil) {
        self.names = names
        self.pyTorchOrder = pyTorchOrder ?? Array(names.indices)
        self.flattened = flattened
    }

    /// The one axis of a bias or of a normalization's weight.
    public static func vector(_ name: String) -> ParameterAxes { ParameterAxes([name]) }

    /// [inputs, outputs]; PyTorch's `Linear` is [outputs, inputs].
    public static func matrix(_ inputs: String = "inputs", _ outputs: String = "outputs", flattened: [Int]? = nil)
        -> ParameterAxes
    {
        ParameterAxes([inputs, outputs], pyTorchOrder: [1, 0], flattened: flattened)
    }

    /// [entries, width], in PyTorch, too.
    public static func table(_ entries: String) -> ParameterAxes { ParameterAxes([entries, "width"]) }

    /// [height, width, inputs, outputs]; PyTorch's `Conv2d` is [outputs, inputs, height, width].
    public static let convolution = ParameterAxes(
        ["height", "width", "inputs", "outputs"], pyTorchOrder: [3, 2, 0, 1])

    /// [height, width, outputs, inputs]; PyTorch's `ConvTranspose2d` is [inputs, outputs, height, width].
    public static let transposedConvolution = ParameterAxes(
        ["height", "width", "outputs", "inputs"], pyTorchOrder: [3, 2, 0, 1])

    /// The axes as text, such as `[inputs, outputs]`.
    public var text: String {
        var names = names
        if let flattened {
            names[0] = zip(["height", "width", "channels"], flattened).map { "\($0) \($1)" }.joined(separator: " x ")
        }
        return "[\(names.joined(separator: ", "))]"
    }
}
