import Kernels
import Layers
import TensorEngine

/// A convolutional network with one head for the classes, and one that tells from which domain an image is.
///
/// Source: Ganin and others, "Domain-adversarial training of neural networks", 2016, figure 4, MNIST architecture, with fewer units
/// and batch normalization over both domains, without which the reversed gradient puts all features to 0.
struct DomainNetwork: Parameterized {
    private let features, classes, domain: Sequential

    var parameters: ParameterTree { ["features": features, "classes": classes, "domain": domain] }

    /// A network for images of `height` × `width` pixels, at least 4 each.
    init(width: Int, classes: Int, height: Int, across: Int, random: inout InitializationRandom) {
        let size = 4 * width
        features = Sequential(
            Convolution2D(1, width, kernel: 5, padding: 2, hasBias: false, random: &random),
            BatchNormalization(width, thenReLU: true), Self.pooling,
            Convolution2D(width, 2 * width, kernel: 5, padding: 2, hasBias: false, random: &random),
            BatchNormalization(2 * width, thenReLU: true), Self.pooling, Flatten(),
            Linear(
                (height / 4) * (across / 4) * 2 * width, size, hasBias: false,
                flattening: [height / 4, across / 4, 2 * width], random: &random),
            BatchNormalization(size, thenReLU: true))
        self.classes = Sequential(
            Linear(size, size, thenReLU: true, random: &random), Linear(size, classes, random: &random))
        domain = Sequential(Linear(size, size, thenReLU: true, random: &random), Linear(size, 1, random: &random))
    }

    private static var pooling: Activation { Activation({ $0.maxPooled(window: 2) }) { $0.maxPooled($1, window: 2) } }

    /// The graph of `logits`.
    func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        try classes.describe(features.describe(x, in: graph), in: graph)
    }

    /// The logits of the classes, [n, classes], and of the image being of the target domain, [n, 1], whose gradient comes to
    /// the features with the factor -`reversal`.
    func callAsFunction(_ x: Tensor, reversal: Float, _ context: ForwardContext) -> (classes: Tensor, domain: Tensor) {
        let features = features(x, context)
        // the gradient reversal layer (section 4.2)
        let reversed = customGradient(features, forward: { $0 * 1 }, vjp: { cotangent, _, _ in cotangent * -reversal })
        return (classes(features, context), domain(reversed, context))
    }

    /// The logits of the classes alone.
    func logits(_ x: Tensor, _ context: ForwardContext) -> Tensor { classes(features(x, context), context) }
}
