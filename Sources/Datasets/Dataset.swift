/// Samples that are numbered from 0, and how to make batches of them.
public protocol Dataset: Sendable {
    /// Some samples together, as a model takes them.
    associatedtype Batch: Sendable

    /// The number of samples.
    var count: Int { get }

    /// The batch of the samples of these numbers, in this order. *Local*: each rank asks for its own.
    ///
    /// A function of its argument alone: it is called on a background thread, on any rank, in any order, and must give
    /// equal bits each time. Randomness, as for augmentation, must be keyed by the sample's number. `samples` is not
    /// empty; each is in `0..<count`, and one may come more than once. An error ends the training on all ranks.
    func batch(of samples: [Int]) throws -> Batch
}
