public import TensorEngine

/// Some images with their labels.
public struct LabeledBatch: Sendable {
    /// The numbers of the samples in their dataset.
    public let samples: [Int]

    /// The images, of shape [n, height · width · channels] or [n, height, width, channels].
    public let inputs: Tensor

    /// The classes, of shape [n].
    public let labels: Indices

    /// What mixed images are of, distributions of shape [n, classes]; nil if the labels say it.
    public let targets: Tensor?

    /// A batch of equally many samples, inputs and labels.
    public init(samples: [Int], inputs: Tensor, labels: Indices, targets: Tensor? = nil) {
        (self.samples, self.inputs, self.labels, self.targets) = (samples, inputs, labels, targets)
    }
}
