import Kernels
import Layers
import Optimizers
import TensorEngine

/// What `KernelBenchmark` measures: the kernels at the shapes of common models.
enum KernelCases {
    /// All of them, by kind; each kind is made when it is measured, so that its memory is free afterwards.
    static var kinds: [() -> [KernelCase]] {
        [
            matrixProducts, convolutions, recurrences, attentions, elementwise, normalizations, optimizers,
        ]
    }

    /// The products of a linear layer: forward, of the input's gradient, of the weight's gradient.
    static func matrixProducts() -> [KernelCase] {
        let sizes = [
            (128, 512, 784), (1024, 512, 784), (768, 384, 128), (768, 512, 128), (768, 128, 512), (2048, 1536, 384),
            (2048, 384, 1536), (512, 512, 512), (1024, 1024, 1024),
        ]
        return sizes.flatMap { rows, columns, inner -> [KernelCase] in
            let (x, w, y) = (pattern([rows, inner]), pattern([inner, columns]), pattern([rows, columns]))
            let forms: [(String, () -> Void)] = [
                ("x·W", { _ = x.matrixProduct(w) }),
                ("ȳ·Wᵀ", { _ = y.matrixProduct(w, transposingOther: true) }),
                ("xᵀ·ȳ", { _ = x.matrixProduct(y, transposingSelf: true) }),
            ]
            return forms.map { form, run in
                KernelCase(
                    "matrix product \(form)", "x \(rows)×\(inner), W \(inner)×\(columns)",
                    operations: 2 * Double(rows * columns * inner),
                    bytes: 4 * Double(rows * inner + inner * columns + rows * columns), run: run)
            }
        }
    }

    static func convolutions() -> [KernelCase] {
        let sizes = [
            (64, 1, 32, 28, 1, 0), (64, 32, 64, 26, 1, 0), (128, 3, 16, 32, 1, 1), (128, 16, 16, 32, 1, 1),
            (128, 16, 32, 32, 2, 1),
            (128, 32, 32, 16, 1, 1), (128, 64, 64, 8, 1, 1),
        ]
        return sizes.flatMap { samples, inputs, outputs, size, stride, padding -> [KernelCase] in
            let places = (size + 2 * padding - 3) / stride + 1
            let (x, w) = (pattern([samples, size, size, inputs]), pattern([3, 3, inputs, outputs]))
            let work = 2 * Double(samples * places * places * outputs * 9 * inputs)
            let bytes = 4 * Double(x.shape.count + w.shape.count + samples * places * places * outputs)
            func convolved(_ x: Tensor, _ w: Tensor) -> Tensor {
                x.convolution(weight: w, stride: Extent(stride), padding: Extent(padding))
            }
            return bothWays(
                "Convolution", "convolution 3×3",
                "\(samples)×\(size)×\(size), \(inputs) → \(outputs), stride \(stride)",
                operations: work, backwardOperations: 2 * work, bytes: bytes, inputs: [x, w]
            ) { convolved($0[0], $0[1]) }
        }
    }

    static func recurrences() -> [KernelCase] {
        var random = InitializationRandom(seed: 1)
        let lstm = LSTM(256, 256, random: &random)
        let x = pattern([64, 64, 256])
        let work = 2 * Double(64 * 64 * 256 * 1024)
        let parameters = lstm.parameters.named.map(\.parameter)
        return [false, true].map { isBackward in
            KernelCase(
                "LSTM steps" + (isBackward ? ", backward" : ""), "64 samples × 64 steps, 256 units",
                operations: work * (isBackward ? 2 : 1), bytes: 4 * Double(64 * 64 * 256 * (isBackward ? 16 : 8)),
                operation: "Recurrence", isBackward: isBackward
            ) { profile in
                _ = valueAndGradients(of: parameters, observers: [profile]) { lstm(x, .inference()).sum() }
            }
        }
    }

    static func attentions() -> [KernelCase] {
        [(12, 4, 64, 32), (8, 6, 256, 64), (8, 6, 1024, 64)].flatMap { samples, heads, places, width -> [KernelCase] in
            let x = pattern([samples, places, 3 * heads * width])
            // causal: half of the pairs of places are seen
            let work = 2 * Double(samples * heads * width) * Double(places * (places + 1))
            return bothWays(
                "Attention", "causal attention", "\(samples) × \(heads) heads × \(places) places × \(width)",
                operations: work, backwardOperations: 2.5 * work, bytes: 4 * Double(x.shape.count * 4 / 3),
                inputs: [x]
            ) { $0[0].selfAttention(heads: heads, causal: true) }
        }
    }

    static func elementwise() -> [KernelCase] {
        [1 << 16, 1 << 22].flatMap { count -> [KernelCase] in
            let (x, y) = (pattern([count / 256, 256]), pattern([count / 256, 256]))
            let bytes = 4 * Double(count)
            let shape = "\(count) elements"
            let labels = Indices((0..<(count / 256)).map { Int32($0 % 256) })
            return [
                KernelCase("add", shape, bytes: 3 * bytes) { _ = x + y },
                KernelCase("exp", shape, bytes: 2 * bytes) { _ = x.exp() },
                KernelCase("tanh", shape, bytes: 2 * bytes) { _ = x.tanh() },
                KernelCase("GELU", shape, bytes: 2 * bytes) { _ = x.gelu() },
                KernelCase("sum", shape, bytes: bytes) { _ = x.sum() },
                KernelCase("softmax cross-entropy", shape, bytes: bytes) { _ = x.softmaxCrossEntropy(labels: labels) },
            ]
        }
    }

    static func normalizations() -> [KernelCase] {
        let (rows, images) = (pattern([2048, 384]), pattern([128, 32, 32, 16]))
        let moments = ChannelMoments(of: images)
        return bothWays(
            "NormalizeRows", "layer normalization", "2048×384", bytes: 8 * Double(rows.shape.count), inputs: [rows]
        ) { $0[0].layerNormalized(weight: pattern([384])) }
            + bothWays(
                "BatchNormalization", "batch normalization", "128×32×32×16", bytes: 12 * Double(images.shape.count),
                inputs: [images]
            ) { $0[0].batchNormalized(moments, weight: pattern([16]), bias: pattern([16])) }
            + bothWays(
                "MaxPooling", "max pooling 2×2", "128×32×32×16", bytes: 5 * Double(images.shape.count),
                inputs: [images]
            ) { $0[0].maxPooled(window: 2) }
    }

    static func optimizers() -> [KernelCase] {
        let count = 1 << 22
        let arena = ParameterArena(["weight": Parameter(pattern([count]))])
        let gradients = GradientBuffer(pattern([count]))
        return [("SGD with momentum", SGD(arena) as any Optimizer, 5), ("Adam", Adam(arena), 7)].map {
            name, optimizer, streams in
            KernelCase(name, "\(count) weights", bytes: 4 * Double(streams * count)) {
                optimizer.update(gradients: gradients, gradientScale: 1, learningRate: 1e-3, step: 1)
            }
        }
    }

    /// An operation forward and backward.
    private static func bothWays(
        _ operation: String, _ kernel: String, _ shape: String, operations: Double? = nil,
        backwardOperations: Double? = nil, bytes: Double, inputs: [Tensor], _ compute: @escaping ([Tensor]) -> Tensor
    ) -> [KernelCase] {
        let variables = inputs.map { Parameter($0) }
        let run = { (profile: OperationProfile) in
            _ = valueAndGradients(of: variables, observers: [profile]) { compute(variables.map(\.value)).sum() }
        }
        return [
            KernelCase(
                kernel, shape, operations: operations, bytes: bytes, operation: operation, isBackward: false,
                run: run),
            KernelCase(
                kernel + ", backward", shape, operations: backwardOperations, bytes: 2 * bytes,
                operation: operation, isBackward: true, run: run),
        ]
    }
}
