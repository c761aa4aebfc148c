package import Kernels
import Preconditions

/// A running mean that a module keeps beside its parameters, such as batch normalization's mean and variance.
///
/// It is not differentiated. In a training pass the module records sums over its shard's terms; they are summed over
/// all shards along the tree, and every rank makes the same update: value ← (1 - m)·value + m·(sums / count).
public final class RunningStatistic {
    /// The elements; replaced once, when an arena takes the statistic in.
    package private(set) var buffer: Buffer
    /// The sizes of the axes.
    public let shape: Shape
    /// The weight m of a new step, in (0, 1].
    public let momentum: Float
    /// Whether it stays as it is: a batch normalization whose statistics are frozen uses them in training, too.
    public var isFrozen = false
    /// What passes have recorded: sums, and the number of their terms.
    typealias Record = (sums: Tensor, count: Int)
    private var recorded: Record?
    private var isPaused = false

    /// A statistic that begins with the elements of `initial`.
    public init(_ initial: Tensor, momentum: Float = 0.1) {
        require(momentum > 0 && momentum <= 1, "RunningStatistic: the momentum must be in (0, 1], found \(momentum)")
        buffer = Buffer(count: initial.shape.count)
        buffer.pointer.update(from: initial.buffer.pointer, count: initial.shape.count)
        (shape, self.momentum) = (initial.shape, momentum)
    }

    /// The present elements; never tracked.
    public var value: Tensor { Tensor(buffer: buffer, shape: shape) }

    /// Records what a training pass has seen: sums over `count` terms. A second call in the same pass adds to the
    /// first.
    public func record(sums: Tensor, count: Int) {
        require(
            sums.shape == shape && count >= 0,
            "RunningStatistic: sums of shape \(sums.shape) over \(count) terms were given for the shape \(shape)")
        if isPaused { return }
        let sums = recorded.map { $0.sums + sums.detached } ?? sums.detached
        recorded = (sums, (recorded?.count ?? 0) + count)
    }

    /// Runs `body`, in which these statistics record nothing: a pass that repeats one that was recorded already.
    static func pausing<Result>(_ statistics: [RunningStatistic], _ body: () throws -> Result) rethrows -> Result {
        let outer = statistics.map(\.isPaused)
        for statistic in statistics { statistic.isPaused = true }
        defer { for (statistic, isPaused) in zip(statistics, outer) { statistic.isPaused = isPaused } }
        return try body()
    }

    /// Runs `body`, in which the running statistics of `model` record nothing: a pass by which others learn.
    public static func withoutRecording<Result>(
        _ model: any Parameterized, _ body: () throws -> Result
    ) rethrows -> Result {
        try pausing(model.parameters.namedStatistics.map(\.statistic), body)
    }

    /// What was recorded since the last call, and the number of terms as one more element.
    package func takeRecord() -> Buffer? {
        guard let (sums, count) = recorded else { return nil }
        recorded = nil
        let buffer = Buffer(count: shape.count + 1)
        buffer.pointer.update(from: sums.buffer.pointer, count: shape.count)
        buffer.pointer[shape.count] = Float(count)
        return buffer
    }

    /// What a pass holds of a statistic while passes of others go on.
    struct Suspended {
        fileprivate let record: Record?
        fileprivate let isPaused: Bool
    }

    /// Sets aside what a pass has recorded and whether it records, for `resume` to put back.
    func suspend() -> Suspended {
        defer { (recorded, isPaused) = (nil, false) }
        return Suspended(record: recorded, isPaused: isPaused)
    }

    func resume(_ pass: Suspended) { (recorded, isPaused) = (pass.record, pass.isPaused) }

    /// Takes in the sums over all shards, which lie at `sums` with the number of terms behind them.
    package func update(with sums: UnsafePointer<Float>) {
        let count = sums[shape.count]
        guard count > 0 else { return }
        for i in 0..<shape.count {
            buffer.pointer[i] = (1 - momentum) * buffer.pointer[i] + momentum * (sums[i] / count)
        }
    }

    /// Moves the elements into `slice`, and lives there from now on.
    func move(to slice: Buffer) {
        slice.pointer.update(from: buffer.pointer, count: shape.count)
        buffer = slice
    }
}
