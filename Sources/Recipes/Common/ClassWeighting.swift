import Messages
import Datasets
import Settings
import TensorEngine
import Training

/// The weights of the classes in a loss; saved with the model, so that it is evaluated as it was trained.
struct ClassWeighting {
    /// The weights, [classes]; nil where all classes count alike.
    let weights: Tensor?

    private static let name = "class_weights"

    /// The weights that `settings` ask for.
    ///
    /// Balanced weights are n / (k·nᵢ) for the k classes that have training samples, as scikit-learn's `compute_class_weight`.
    /// - Parameters:
    ///   - makeCounts: the training samples of each class.
    ///   - saved: what a saved run has learned of its data.
    init(
        _ settings: Settings, classes: [String], counts makeCounts: @autoclosure () throws -> [Int], saved: Preparation?
    ) throws {
        guard settings.loss.classWeights != .none else {
            weights = nil
            return
        }
        let counts = try makeCounts()
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

    /// Adds what is to be saved.
    func save(in preparation: inout Preparation) throws {
        if let weights { try preparation.set(Self.name, weights.values) }
    }
}

extension Dataset {
    /// The number of samples of each class, whose numbers `labels` gives.
    func classCounts(_ classes: Int, _ labels: (Batch) -> [Int]) throws -> [Int] {
        var counts = [Int](repeating: 0, count: classes)
        for start in stride(from: 0, to: count, by: 1000) {
            for label in labels(try batch(of: Array(start..<min(start + 1000, count))))
            where counts.indices.contains(label) {
                counts[label] += 1
            }
        }
        return counts
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

/// Weights of classes were given where nothing is classified.
struct ClassWeightsOfRegression: Error, CustomStringConvertible {
    let target: String
    var description: String {
        "loss.class_weights is for classes, and \(target) is predicted as a number; leave it at none, or set csv.task=classification"
    }
}
