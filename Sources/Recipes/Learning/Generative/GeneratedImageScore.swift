import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// Judges generated images by the features of a network that was trained before: a run of `self-supervised`.
struct GeneratedImageScore {
    private let encoder: Encoder

    /// The score by the features of the run at `path`. *Local.*
    init(path: String) throws {
        let recipe = SelfSupervisedRecipe()
        let saved = try SavedModel(path: path, of: recipe)
        encoder = try Encoder(saved.settings, classes: LearnedImages(saved.preparation).classes.count)
        try saved.load(into: encoder)
    }

    /// How many details a block has.
    var detailCount: Int { 2 * (1 + encoder.features + encoder.features * encoder.features) + 1 }

    /// Sums over the features of true and of generated images, in 0...1, and how many of the latter the classifier takes for
    /// their class.
    func details(_ real: Tensor, _ generated: Tensor, _ labels: Indices) -> [Double] {
        let correct =
            encoder.method == .supervised
            ? encoder.logits(generated, .inference()).argmax().matches(labels) : 0
        return [real, generated].flatMap { images in
            let features = encoder.features(images)
            let products = features.matrixProduct(features, transposingSelf: true)
            return [Double(images.shape[0])] + features.sum(to: [encoder.features]).values.map(Double.init)
                + products.values.map(Double.init)
        } + [Double(correct)]
    }

    /// The Fréchet distance, and of a classifier the share of images that it takes for their class.
    func metrics(_ details: ArraySlice<Double>, isConditional: Bool) -> [String: Double] {
        let (size, values) = (encoder.features, Array(details))
        let length = 1 + size + size * size
        let sets = [0, length].map { start in
            FrechetDistance.Moments(
                count: values[start], sums: Array(values[start + 1..<start + 1 + size]),
                products: Array(values[start + 1 + size..<start + length]))
        }
        guard values[0] >= 2 else { return [:] }
        var metrics = ["frechet_distance": FrechetDistance(size: size, sets[0], sets[1]).value]
        if isConditional, encoder.method == .supervised, let correct = values.last {
            metrics["class_accuracy"] = correct / values[0]
        }
        return metrics
    }
}
