import CKernels
import Kernels

/// What was not sent of each shard's gradients, to be added to those of the next step: nothing is lost for good, only late.
///
/// It is in the scale of a shard's *mean* gradient, as steps may have different counts.
/// Source: Karimireddy, Rebjock, Stich, Jaggi, "Error feedback fixes SignSGD and other gradient compression schemes", 2019.
final class ErrorFeedback {
    /// For each of this rank's shards, in the arena's layout.
    let buffers: [Buffer]
    /// The parameters that have some: places, names, shapes and ranges.
    let parameters: [TrainedParameter]

    init(localShards: Range<Int>, _ parameters: [TrainedParameter]) {
        self.parameters = parameters
        let count = parameters.map(\.range.upperBound).max() ?? 0
        buffers = localShards.map { _ in Buffer(repeating: 0, count: count) }
    }
}

/// A trained parameter by name.
struct TrainedParameter {
    let name: String
    let shape: [Int]
    /// In a gradient buffer.
    let range: Range<Int>
    /// All axes but the last, taken as one.
    var rows: Int { shape.dropLast().reduce(1, *) }
    /// The last axis.
    var columns: Int { shape.last ?? 1 }
}
