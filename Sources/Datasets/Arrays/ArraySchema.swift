import Messages

/// What a model has learned of the arrays that it was trained on; saved with it.
package struct ArraySchema: Codable, Sendable, Equatable {
    /// What is predicted of a sample.
    package enum Target: Codable, Sendable, Equatable {
        /// One of the classes with these numbers, in rising order.
        case classes([Int64])
        /// Numbers of this shape, [] for a single one; with the mean and the deviation of each.
        case numbers(shape: [Int], mean: [Double], deviation: [Double])
    }

    /// The shape of a sample, channels last.
    package let inputShape: [Int]
    /// Mean and deviation of each channel (the last axis) over the training samples; a deviation of 0: a constant, which
    /// becomes 0. Empty where inputs are taken as they are.
    package let mean, deviation: [Double]
    /// What is predicted.
    package let target: Target
    /// The data type of the targets, which predictions get.
    package let targetType: NumberType

    /// The names of the classes; none where numbers are predicted.
    package var classNames: [String] {
        guard case .classes(let values) = target else { return [] }
        return values.map { targetType == .uint64 ? "\(UInt64(bitPattern: $0))" : "\($0)" }
    }

    /// The number of outputs of a model.
    package var outputs: Int {
        switch target {
        case .classes(let values): values.count
        case .numbers(let shape, _, _): shape.reduce(1, *)
        }
    }

    /// The elements of a sample.
    package var inputSize: Int { inputShape.reduce(1, *) }

    /// The most elements of a sample, and the most classes.
    package static let (mostElements, mostClasses) = (1 << 31, 65_536)

    /// Throws if this is nothing that can have been saved.
    package func validate() throws(VocabularyFlaw) {
        func check(_ shape: [Int]) -> Bool {
            var count = 1
            for extent in shape {
                guard extent > 0, extent <= Self.mostElements / count else { return false }
                count *= extent
            }
            return shape.count <= 32
        }
        guard !inputShape.isEmpty, check(inputShape) else {
            throw VocabularyFlaw(what: "inputs of the shape (\(inputShape.listed()))", expected: "extents above 0")
        }
        let channels = mean.isEmpty ? 0 : inputShape[inputShape.count - 1]
        guard mean.count == channels, Self.areScales(mean, deviation) else {
            throw VocabularyFlaw(
                what: "\(mean.count) means and \(deviation.count) deviations of inputs",
                expected: "finite ones of \(channels) channels")
        }
        switch target {
        case .classes(let values):
            guard (1...Self.mostClasses).contains(values.count), zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
            else { throw VocabularyFlaw(what: "\(values.count) classes", expected: "different ones in rising order") }
        case .numbers(let shape, let mean, let deviation):
            guard check(shape), mean.count == outputs, Self.areScales(mean, deviation) else {
                throw VocabularyFlaw(
                    what: "\(mean.count) means and \(deviation.count) deviations of targets",
                    expected: "finite ones for the shape (\(shape.listed()))")
            }
        }
    }

    private static func areScales(_ mean: [Double], _ deviation: [Double]) -> Bool {
        mean.count == deviation.count && mean.allSatisfy(\.isFinite)
            && deviation.allSatisfy { $0 >= 0 && $0.isFinite }
    }
}
