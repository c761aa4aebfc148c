import Kernels
import Preconditions
public import TensorEngine

/// The residual networks for small images: 6n + 2 layers in three stages of 16, 32 and 64 channels, shortcuts of option
/// A.
///
/// With three input channels and ten classes depths 20, 32, 44, 56, 110 have 269,722 / 464,154 / 658,586 / 853,018 /
/// 1,727,962 parameters. Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2015, section
/// 4.2.
public struct ResidualNetwork: Module {
    private let entry: Convolution2D
    private let normalization: BatchNormalization
    private let blocks: [ResidualBlock]
    private let output: Linear
    private let recomputes: Bool

    /// A network of this depth, 6n + 2, with random weights; `recomputes`: the blocks are computed again in the
    /// backward pass, to save memory.
    public init(
        depth: Int, channels: Int = 3, classes: Int = 10, shortcut: ResidualBlock.Shortcut = .padding,
        recomputes: Bool = false, random: inout InitializationRandom
    ) {
        require(depth >= 8 && (depth - 2) % 6 == 0, "ResidualNetwork: the depth must be 6n + 2, found \(depth)")
        entry = Convolution2D(channels, 16, kernel: 3, padding: 1, hasBias: false, random: &random)
        normalization = BatchNormalization(16, thenReLU: true)
        var (blocks, inputs): ([ResidualBlock], Int) = ([], 16)
        for outputs in [16, 32, 64] {
            for index in 0..<((depth - 2) / 6) {
                let stride = index == 0 && outputs > 16 ? 2 : 1
                blocks.append(ResidualBlock(inputs, outputs, stride: stride, shortcut: shortcut, random: &random))
                inputs = outputs
            }
        }
        (self.blocks, self.recomputes) = (blocks, recomputes)
        output = Linear(64, classes, initializer: .xavierUniform, random: &random)
    }

    /// `entry.weight`, `normalization.weight`, `blocks.0.convolution1.weight`, …
    public var parameters: ParameterTree {
        [
            "entry": entry, "normalization": normalization,
            "blocks": ParameterTree(blocks.enumerated().map { ("\($0.offset)", $0.element) }), "output": output,
        ]
    }

    /// [n, height, width, channels] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let x = normalization(entry(x, context), context)
        let y = blocks.reduce(x) { recomputes ? Recomputed($1)($0, context) : $1($0, context) }
        return output(y.globalAveragePooled(), context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let x = try normalization.describe(try entry.describe(x, in: graph), in: graph)
        let y = try blocks.reduce(x) { try $1.describe($0, in: graph) }
        return try output.describe(graph.globalAveragePooled(y), in: graph)
    }
}
