public import TensorEngine

/// Some images with their labels.
public struct LabelledBatch: Sendable {
    /// The numbers of the samples in their dataset.
    public let samples: [Int]

    /// The images, of shape [n, height · width · channels] or [n, height, width, channels].
    public let inputs: Tensor

    /// The classes, of shape [n].
    public let labels: Indices

    /// A batch of equally many samples, inputs and labels.
    public init(samples: [Int], inputs: Tensor, labels: Indices) {
        (self.samples, self.inputs, self.labels) = (samples, inputs, labels)
    }
}
