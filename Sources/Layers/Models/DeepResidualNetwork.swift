import Kernels
import Preconditions
public import TensorEngine

/// The residual networks for photographs, ResNet-18 and ResNet-34: a 7×7 convolution and a maximum that halve the sides each, four
/// stages of 64, 128, 256 and 512 channels, shortcuts of option B.
///
/// With three input channels and 1000 classes 11,689,512 and 21,797,672 parameters, as torchvision's. Source: He, Zhang, Ren, Sun,
/// "Deep residual learning for image recognition", 2015, table 1.
public struct DeepResidualNetwork: Module {
    private let entry: Convolution2D
    private let normalization: BatchNormalization
    private let stages: [[ResidualBlock]]
    private let output: Linear
    private let recomputes: Bool

    /// A network of depth 18 or 34 with random weights, the convolutions' by their outputs as torchvision's; `recomputes`: the blocks
    /// are computed again in the backward pass, to save memory.
    public init(
        depth: Int, channels: Int = 3, classes: Int = 1000, recomputes: Bool = false,
        random: inout InitializationRandom
    ) {
        require(depth == 18 || depth == 34, "DeepResidualNetwork: the depth must be 18 or 34, found \(depth)")
        let counts = depth == 18 ? [2, 2, 2, 2] : [3, 4, 6, 3]
        entry = Convolution2D(
            channels, 64, kernel: 7, stride: 2, padding: 3, hasBias: false,
            initializer: .scaledHeNormal(fan: .outputs, gain: Float(2).squareRoot()), random: &random)
        normalization = BatchNormalization(64, thenReLU: true)
        var (stages, inputs): ([[ResidualBlock]], Int) = ([], 64)
        for (stage, count) in counts.enumerated() {
            let outputs = 64 << stage
            var blocks: [ResidualBlock] = []
            for index in 0..<count {
                blocks.append(
                    ResidualBlock(
                        inputs, outputs, stride: index == 0 && stage > 0 ? 2 : 1, shortcut: .projection,
                        random: &random))
                inputs = outputs
            }
            stages.append(blocks)
        }
        (self.stages, self.recomputes) = (stages, recomputes)
        output = Linear(512, classes, random: &random)
    }

    /// `entry.weight`, `normalization.weight`, `stages.0.0.convolution1.weight`, …, `output.weight`, …
    public var parameters: ParameterTree {
        let stages = self.stages.enumerated().map { number, blocks in
            ("\(number)", ParameterTree(blocks.enumerated().map { ("\($0.offset)", $0.element.parameters) }))
        }
        return [
            "entry": entry, "normalization": normalization, "stages": ParameterTree(stages), "output": output,
        ]
    }

    /// [n, height, width, channels] → [n, classes].
    public func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let x = normalization(entry(x, context), context).maxPooled(window: 3, stride: 2, padding: 1)
        let y = stages.joined().reduce(x) { recomputes ? Recomputed($1)($0, context) : $1($0, context) }
        return output(y.globalAveragePooled(), context)
    }

    public func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let x = graph.maxPooled(
            try normalization.describe(try entry.describe(x, in: graph), in: graph), window: 3, stride: 2, padding: 1)
        let y = try stages.joined().reduce(x) { try $1.describe($0, in: graph) }
        return try output.describe(graph.globalAveragePooled(y), in: graph)
    }
}
