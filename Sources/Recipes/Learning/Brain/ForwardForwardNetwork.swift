import Layers
import TensorEngine
import Settings
import Training

/// A perceptron whose layers tell by their activity, the goodness, whether an image has the label that is written into it.
struct ForwardForwardNetwork: SummarizedNetwork {
    private let layers: [Linear]
    private let classes: Int
    let summary: String

    var parameters: ParameterTree { ["layers": ParameterTree(numbered: layers)] }

    init(_ settings: Settings, pixels: Int, classes: Int) {
        let widths = [pixels] + settings.model.hidden
        var random = InitializationRandom(seed: settings.seed)
        layers = zip(widths, widths.dropFirst()).map { Linear($0, $1, thenReLU: true, random: &random) }
        self.classes = classes
        summary = "forward-forward \(widths.map(String.init).joined(separator: "-"))"
    }

    /// The goodness of each layer for images [n, pixels] with these labels, [n, 1].
    func goodness(_ images: Tensor, _ labels: [Int], _ context: ForwardContext) -> [Tensor] {
        goodness(labeled(images, labels), context)
    }

    /// The goodness, summed over the layers, of images [n, pixels] with each label: [n, classes].
    func goodnessOfLabels(_ images: Tensor, _ context: ForwardContext) -> Tensor {
        .concatenated(
            (0..<classes).map { label in
                let labels = [Int](repeating: label, count: images.shape[0])
                return goodness(images, labels, context).reduce(Tensor(0), +)
            }, alongAxis: 1)
    }

    /// The graph of `goodnessOfLabels`.
    func describe(_ images: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
        let pixels = layers[0].weight.shape[0]
        let blank = graph.multiply(graph.slice(images, 0..<classes, alongAxis: 1), 0)
        // a slice of no pixels is none
        let rest = pixels > classes ? [graph.slice(images, classes..<pixels, alongAxis: 1)] : []
        let columns = try (0..<classes).map { label in
            let code = Tensor((0..<classes).map { $0 == label ? 1 : 0 }, shape: [classes])
            var x = graph.concatenated([graph.add(blank, graph.value(of: code))] + rest, alongAxis: 1)
            var total: GraphValue?
            for layer in layers {
                let size = graph.add(graph.squareRoot(graph.mean(graph.multiply(x, x), alongAxis: 1)), 1e-4)
                x = try layer.describe(graph.divide(x, size), in: graph)
                let goodness = graph.mean(graph.multiply(x, x), alongAxis: 1)
                total = total.map { graph.add($0, goodness) } ?? goodness
            }
            return total ?? blank
        }
        return graph.concatenated(columns, alongAxis: 1)
    }

    /// Images whose first pixels are a one-hot code of the labels.
    private func labeled(_ images: Tensor, _ labels: [Int]) -> Tensor {
        let code = Indices(labels.map(Int32.init)).oneHot(classes: classes)
        return .concatenated([code, images[0..., classes...]], alongAxis: 1)
    }

    /// The mean square of each layer's outputs, [n, 1]; inputs are divided by their root mean square, so that
    /// only their direction says more than the goodness before.
    private func goodness(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
        var x = images
        return layers.map { layer in
            let size = (x * x).mean(alongAxis: 1).squareRoot() + 1e-4
            let outputs = layer(x / size, context)
            x = outputs.detached
            return (outputs * outputs).mean(alongAxis: 1)
        }
    }
}
