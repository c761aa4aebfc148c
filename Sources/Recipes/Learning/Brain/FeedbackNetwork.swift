import Kernels
import Layers
import TensorEngine

/// LeNet-5 for images of 28×28 pixels whose errors travel backward in other ways than through the transposed weights.
struct FeedbackNetwork: SummarizedNetwork {
    /// How a layer learns of the error.
    enum Method: String {
        /// Through the weights, transposed.
        case backpropagation
        /// Through fixed random weights. Source: Lillicrap and others, "Random synaptic feedback weights support error
        /// backpropagation for deep learning", 2016.
        case feedbackAlignment = "fa"
        /// Through the signs of the weights, of one size. Source: Liao, Leibo, Poggio, "How important is weight symmetry in
        /// backpropagation?", 2016 (uSF).
        case signSymmetry = "usf"
        /// From the output at once, through fixed random weights. Source: Nøkland, "Direct feedback alignment provides learning in
        /// deep neural networks", 2016.
        case directFeedbackAlignment = "dfa"
    }

    private let method: Method
    private let layers: [Layer]

    var summary: String { "LeNet-5, \(method.rawValue)" }
    var parameters: ParameterTree { ["layers": ParameterTree(numbered: layers)] }

    init(_ method: Method, classes: Int, seed: UInt64) {
        self.method = method
        var random = InitializationRandom(seed: seed)
        // what carries errors back is a function of the seed, and no parameter
        var feedback = PhiloxGenerator(seed: seed, purpose: .custom(0), stream: 0)
        layers = [
            Layer([5, 5, 1, 6], padding: 2, outputs: 14 * 14 * 6, classes: classes, &random, &feedback),
            Layer([5, 5, 6, 16], padding: 0, outputs: 400, classes: classes, &random, &feedback),
            Layer([400, 120], outputs: 120, classes: classes, &random, &feedback),
            Layer([120, 84], outputs: 84, classes: classes, &random, &feedback),
            Layer([84, classes], outputs: classes, classes: classes, &random, &feedback),
        ]
    }

    /// A convolution with max pooling, or a linear layer.
    struct Layer: Parameterized {
        let weight, bias: Parameter
        private let padding: Int?
        /// Weights of the same shape for the way back.
        private let feedback: Tensor
        /// Weights from the classes to the outputs, [classes, outputs].
        fileprivate let direct: Tensor

        var parameters: ParameterTree { ["weight": weight, "bias": bias] }

        fileprivate init(
            _ shape: Shape, padding: Int? = nil, outputs: Int, classes: Int, _ random: inout InitializationRandom,
            _ generator: inout PhiloxGenerator
        ) {
            let inputs = shape.count / shape.innermost
            weight = Initializer.heUniform.parameter(
                shape: shape, fanIn: inputs, fanOut: shape.innermost,
                axes: padding == nil ? .matrix(flattened: nil) : .convolution, random: &random)
            bias = Parameter(Tensor(repeating: 0, shape: [shape.innermost]), axes: .vector("outputs"))
            self.padding = padding
            // Glorot's: larger ones let the weights of convolutions grow without bound
            let fanOut = padding == nil ? shape.innermost : shape.innermost * inputs / shape[2]
            let bound = (6 / Float(inputs + fanOut)).squareRoot()
            feedback = Tensor(shape: shape) { generator.fill($0, uniformIn: -bound...bound) }
            // Nøkland's, by the fan out: a layer of many outputs is told as much as one of few
            let directBound = 1 / Float(outputs).squareRoot()
            direct = Tensor(shape: [classes, outputs]) { generator.fill($0, uniformIn: -directBound...directBound) }
        }

        /// What the layer computes before its activation, with these weights.
        private func product(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
            if let padding { return x.convolution(weight: weight, bias: bias, padding: Extent(padding)) }
            let product = x.reshaped(to: [x.shape[0], x.shape.count / x.shape[0]]).matrixProduct(weight)
            return bias.map { product + $0 } ?? product
        }

        /// The outputs for x; with `method` deciding what the cotangent of x is.
        fileprivate func callAsFunction(_ x: Tensor, _ method: Method, isLast: Bool) -> Tensor {
            var outputs: Tensor
            switch method {
            case .backpropagation: outputs = product(x, weight.value, bias.value)
            case .directFeedbackAlignment: outputs = product(x.detached, weight.value, bias.value)
            case .feedbackAlignment, .signSymmetry:
                outputs = product(x.detached, weight.value, bias.value)
                if x.isTracked {
                    // adds 0, with the cotangent of the product with other weights
                    let other = product(x, method == .feedbackAlignment ? feedback : signs, nil)
                    outputs = outputs + (other - other.detached)
                }
            }
            if padding != nil { return outputs.maxPooled(window: 2, thenReLU: true) }
            return isLast ? outputs : outputs.relu()
        }

        /// The graph of the outputs.
        fileprivate func describe(_ x: GraphValue, isLast: Bool, in graph: GraphBuilder) -> GraphValue {
            if let padding {
                let products = graph.convolution(
                    x, weight: weight, bias: bias, stride: 1, padding: Extent(padding), dilation: 1, groups: 1)
                return graph.relu(graph.maxPooled(products, window: 2))
            }
            let outputs = graph.linear(graph.flatten(x), weight: weight, bias: bias)
            return isLast ? outputs : graph.relu(outputs)
        }

        /// The signs of the weights, of the size that weights have at first.
        private var signs: Tensor {
            let values = weight.value.detached
            let size = (2 / Float(weight.shape.count / weight.shape.innermost)).squareRoot()
            return ((values .> 0) - (values .< 0)) * size
        }
    }

    /// The outputs of all layers for images [n, 28, 28, 1], the last of which are the logits [n, classes].
    private func outputs(_ images: Tensor) -> [Tensor] {
        var x = images
        return layers.indices.map { index in
            x = layers[index](x, method, isLast: index == layers.count - 1)
            return x
        }
    }

    /// The logits [n, classes] of images [n, 28, 28, 1].
    func callAsFunction(_ images: Tensor) -> Tensor { outputs(images)[layers.count - 1] }

    /// The graph of the logits.
    func describe(_ images: GraphValue, in graph: GraphBuilder) -> GraphValue {
        layers.indices.reduce(images) { layers[$1].describe($0, isLast: $1 == layers.count - 1, in: graph) }
    }

    /// The cross-entropy; one term for each image.
    func loss(_ images: Tensor, _ labels: Indices) -> SummedLoss {
        let outputs = outputs(images)
        let logits = outputs[layers.count - 1]
        let loss = softmaxCrossEntropy(logits, labels)
        guard method == .directFeedbackAlignment else { return loss }
        // the cotangent of a layer's outputs is e·B, with the error e of the output (Nøkland, equation 3)
        let error = logits.detached.softmax() - labels.oneHot(classes: logits.shape[1])
        let slope = zip(outputs.dropLast(), layers).map { outputs, layer in
            (outputs * error.matrixProduct(layer.direct).reshaped(to: outputs.shape)).sum()
        }.reduce(Tensor(0), +)
        return SummedLoss(sum: loss.sum + (slope - slope.detached), count: images.shape[0])
    }
}
