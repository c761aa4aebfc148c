import Messages
import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// How a classification is trained: its loss, the weights of its classes, and how samples are drawn. The weights are
/// saved with the model, so that it is evaluated as it was trained.
struct ClassWeighting {
    /// The weights, [classes]; nil where all classes count alike.
    let weights: Tensor?
    /// The loss of training; evaluations have the cross-entropy.
    let kind: ClassificationLoss
    /// Draws the samples; nil: each is taken once.
    let balance: ClassBalance?

    private static let name = "class_weights"

    /// The weights that `settings` ask for.
    ///
    /// Balanced weights are n / (k·nᵢ) for the k classes that have training samples, as scikit-learn's `compute_class_weight`.
    /// - Parameters:
    ///   - makeLabels: the class of each training sample; below 0: none.
    ///   - saved: what a saved run has learned of its data.
    init(
        _ settings: Settings, classes: [String], labels makeLabels: @autoclosure () throws -> [Int], saved: Preparation?
    ) throws {
        kind = settings.loss.kind
        balance = settings.loss.balancedSampling ? ClassBalance(labels: try makeLabels(), seed: settings.seed) : nil
        guard settings.loss.classWeights != .none else {
            weights = nil
            return
        }
        var counts = [Int](repeating: 0, count: classes.count)
        for label in try makeLabels() where counts.indices.contains(label) { counts[label] += 1 }
        let all: [Double]
        switch settings.loss.classWeights {
        case .none: all = []
        case .balanced:
            let (samples, present) = (counts.reduce(0, +), counts.count { $0 > 0 })
            all = counts.map { $0 > 0 ? Double(samples) / (Double(present) * Double($0)) : 1 }
        case .named(let named):
            for weight in named where !classes.contains(weight.name) {
                throw UnknownClass(name: weight.name, classes: classes)
            }
            all = classes.map { name in named.first { $0.name == name }?.weight ?? 1 }
            guard zip(all, counts).contains(where: { $0 > 0 && $1 > 0 }) else {
                throw NothingWeighed()
            }
        }
        var floats = all.map { Float($0) }
        if let saved, saved[Self.name] != nil {
            floats = try saved.value(Self.name, as: [Float].self)
            guard floats.count == classes.count, floats.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                throw DamagedPreparation(
                    name: Self.name, reason: "found \(floats.count) numbers, expected \(classes.count) of at least 0")
            }
        }
        weights = Tensor(floats, shape: [classes.count])
    }

    /// The loss with labels [n]; those of -1 are of no known class, and have none.
    func loss(_ logits: Tensor, _ labels: Indices) -> SummedLoss {
        classificationLoss(
            kind, logits, labels, classWeights: weights, ignoredLabel: labels.values.contains(-1) ? -1 : nil)
    }

    /// The loss of a batch of images, whose targets are distributions where images are mixed.
    func loss(_ logits: Tensor, _ batch: LabeledBatch) -> SummedLoss {
        batch.targets.map { classificationLoss(kind, logits, targets: $0, classWeights: weights) }
            ?? loss(logits, batch.labels)
    }

    /// Adds what is to be saved.
    func save(in preparation: inout Preparation) throws {
        if let weights { try preparation.set(Self.name, weights.values) }
    }
}

extension Dataset {
    /// The class of each sample, whose numbers `labels` gives.
    func classLabels(_ labels: (Batch) -> [Int]) throws -> [Int] {
        try stride(from: 0, to: count, by: 1000).flatMap { start in
            labels(try batch(of: Array(start..<min(start + 1000, count))))
        }
    }
}

/// A weight is for a class that there is not.
struct UnknownClass: Error, CustomStringConvertible {
    let name: String
    let classes: [String]
    var description: String {
        "loss.class_weights names the class \([name].listedNames), expected one of \(classes.listedNames)"
    }
}

/// All classes that have samples have the weight 0.
struct NothingWeighed: Error, CustomStringConvertible {
    var description: String {
        "loss.class_weights leaves no class with training samples a weight above 0; give one of them more"
    }
}

/// A loss of classification was asked for where nothing is classified.
struct ClassificationLossOfRegression: Error, CustomStringConvertible {
    let key, target: String

    /// Throws unless the settings of the loss are the defaults, for a `target` that is a number.
    static func check(_ settings: Settings, _ target: String) throws {
        let (loss, usual) = (settings.loss, LossSettings())
        for (key, isUsual) in [
            ("class_weights", loss.classWeights == usual.classWeights), ("name", loss.name == usual.name),
            ("balanced_sampling", loss.balancedSampling == usual.balancedSampling),
        ] where !isUsual {
            throw ClassificationLossOfRegression(key: "loss.\(key)", target: target)
        }
    }

    var description: String {
        "\(key) is for classes, and \(target) is predicted as a number; leave it at its default, or set csv.task=classification"
    }
}
