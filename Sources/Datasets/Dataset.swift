/// Samples that are numbered from 0, and how to make batches of them.
public protocol Dataset: Sendable {
    /// Some samples together, as a model takes them.
    associatedtype Batch: Sendable

    /// The number of samples.
    var count: Int { get }

    /// The batch of the samples of these numbers, in this order. *Local*: each rank asks for its own.
    ///
    /// A function of its argument alone: it is called on a background thread, on any rank, in any order, and must give
    /// equal bits each time. `samples` is not
    /// empty; each is in `0..<count`, and one may come more than once. An error ends the training on all ranks.
    func batch(of samples: [Int]) throws -> Batch

    /// The batch of these samples to train on in an epoch, from 0: `batch(of:)`, unless the data are augmented.
    /// *Local.*
    ///
    /// Like `batch(of:)` a function of its arguments alone; randomness is keyed by (epoch, sample).
    func trainingBatch(of samples: [Int], epoch: Int) throws -> Batch

    /// Throws if the data of these samples are damaged, such as those of a packed file, which are read when they are used. *Local.*
    ///
    /// Called before `batch(of:)` and `trainingBatch(of:epoch:)`; an error ends the training on all ranks.
    func check(_ samples: [Int]) throws

    /// A checksum of the samples, so that a run is not resumed on other data; nil if there is none. *Local.*
    var checksum: UInt32? { get }
}

extension Dataset {
    /// The batch of these samples, as they are.
    public func trainingBatch(of samples: [Int], epoch: Int) throws -> Batch { try batch(of: samples) }

    /// They are not.
    public func check(_ samples: [Int]) throws {}

    /// There is none.
    public var checksum: UInt32? { nil }
}
