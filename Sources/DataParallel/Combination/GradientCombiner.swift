import Kernels

/// One way to make one gradient of those of all shards, a bucket at a time.
///
/// It sees each shard's gradient by itself, and its result is a function of these and of their order: whoever holds which shard,
/// every rank has the same bits. A compressor is one that sends fewer bytes and loses something.
protocol GradientCombiner: AnyObject {
    /// Puts the combination of the gradients of a bucket's parameters into `result`: in place of their sum, to be divided by
    /// the count of all shards. *Collective.*
    /// - Parameter gradients: their content is used up.
    func combine(
        _ bucket: ShardBucket, _ gradients: ShardGradients, over link: ShardLink,
        into result: UnsafeMutablePointer<Float>
    ) throws

    /// What it has not sent yet of each of this rank's shards; nil where nothing is kept.
    var errors: ErrorFeedback? { get }
    /// What it remembers besides, the same on every rank, by the name that checkpoints give it.
    var sharedState: [(name: String, shape: [Int], buffer: Buffer)] { get }
}

extension GradientCombiner {
    var errors: ErrorFeedback? { nil }
    var sharedState: [(name: String, shape: [Int], buffer: Buffer)] { [] }
}

/// The parts of a bucket.
struct ShardBucket {
    /// A whole parameter.
    struct Parameter {
        /// Among the trained parameters.
        let place: Int
        /// In a gradient buffer.
        let range: Range<Int>
    }

    let number: Int
    let parameters: [Parameter]
    /// The running statistics and the tail of sums in it: they are always summed exactly.
    let exact: Range<Int>

    /// From the first parameter to the end of the last.
    var range: Range<Int> { (parameters.first?.range.lowerBound ?? 0)..<(parameters.last?.range.upperBound ?? 0) }

    /// The parts of the bucket `number` of a plan.
    /// - Parameters:
    ///   - ranges: of all parameters, then of all statistics.
    ///   - exactStart: where what is summed exactly begins.
    init(number: Int, _ bucket: BucketPlan.Bucket, ranges: [Range<Int>], parameterCount: Int, exactStart: Int) {
        self.number = number
        parameters = bucket.parameters.filter { $0 < parameterCount }.map { Parameter(place: $0, range: ranges[$0]) }
        exact = min(max(bucket.range.lowerBound, exactStart), bucket.range.upperBound)..<bucket.range.upperBound
    }
}

/// What a rank knows of the gradients of a step.
struct ShardGradients {
    /// For each of this rank's shards the sums of its gradients, in the arena's layout.
    let slots: [Buffer]
    /// For each of these shards the count of its terms.
    let counts: [Float]
    /// The count over all shards.
    let totalCount: Float
}
