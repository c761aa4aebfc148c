import CKernels
import Kernels

/// Gradients of matrices as products of two thin ones: of M = gradient + error, with rows × columns elements, and the right
/// factor Q of the step before, P = M·Q is summed over the shards and made orthonormal, then Q = Mᵀ·P is summed; the
/// gradient is P·Qᵀ, and each shard keeps M - P·Qᵀ of its own. (rows + columns) · rank numbers travel.
///
/// As in PyTorch's hook, what would not shrink to less than a half (vectors, small matrices) is summed as it is, and Q is made
/// orthonormal before it is used.
/// Source: Vogels, Karimireddy, Jaggi, "PowerSGD: practical low-rank gradient compression for distributed optimization",
/// 2019, algorithms 1 and 2.
final class PowerSGD: GradientCombiner {
    private let feedback: ErrorFeedback
    /// By place among the trained parameters; nil where the parameter is summed as it is.
    private let matrices: [Matrix?]
    private let scratch: Scratch

    private struct Matrix {
        let name: String
        let rows, columns, rank: Int
        /// Q of the last step: `rank` vectors of `columns` elements.
        let right: Buffer
        /// What it begins with, which also takes the place of a vector that vanishes.
        let initial: Buffer
    }

    var errors: ErrorFeedback? { feedback }

    var sharedState: [(name: String, shape: [Int], buffer: Buffer)] {
        matrices.compactMap { $0 }.map { ("compression_factor.\($0.name)", [$0.rank, $0.columns], $0.right) }
    }

    /// - Parameters:
    ///   - rank: how many vectors each factor has; fewer where the matrix is smaller.
    ///   - seed: of the first right factors.
    init(rank: Int, seed: UInt64, _ parameters: [TrainedParameter], localShards: Range<Int>) {
        matrices = parameters.enumerated().map { place, parameter in
            let (rows, columns) = (parameter.rows, parameter.columns)
            let rank = min(rank, rows, columns)
            guard 2 * rank * (rows + columns) < rows * columns else { return nil }
            let initial = Buffer(count: rank * columns)
            var random = PhiloxGenerator(seed: seed, purpose: .compression, stream: UInt64(place))
            random.fill(initial.elements, mean: 0, deviation: 1)
            let right = Buffer(count: rank * columns)
            right.pointer.update(from: initial.pointer, count: initial.count)
            return Matrix(
                name: parameter.name, rows: rows, columns: columns, rank: rank, right: right, initial: initial)
        }
        scratch = Scratch(shards: localShards.count)
        feedback = ErrorFeedback(
            localShards: localShards, zip(parameters, matrices).compactMap { $1 == nil ? nil : $0 })
    }

    func combine(
        _ bucket: ShardBucket, _ gradients: ShardGradients, over link: ShardLink,
        into result: UnsafeMutablePointer<Float>
    ) throws {
        let layout = Layout(bucket, matrices)
        let shards = gradients.slots.indices
        // what is summed first: the left factors, and what is summed as it is
        var parts = scratch.zeros(layout.leftCount)
        let lefts = scratch.lefts(layout.leftCount)
        for entry in layout.matrices {
            Self.orthonormalize(entry.matrix.right, entry.matrix.columns, entry.matrix.initial)
        }
        for shard in shards {
            let (slot, error, count) = (gradients.slots[shard], feedback.buffers[shard], gradients.counts[shard])
            for entry in layout.matrices where count > 0 {
                let gradient = slot.pointer + entry.range.lowerBound
                lockstep_affine(gradient, 1 / count, 0, gradient, entry.range.count)
                lockstep_add_scaled(error.pointer + entry.range.lowerBound, 1, gradient, entry.range.count)
                lockstep_matrix_times_factors(
                    gradient, entry.matrix.right.pointer, count, parts[shard] + entry.left, entry.matrix.rows,
                    entry.matrix.columns, entry.matrix.rank)
            }
            for entry in layout.others {
                (parts[shard] + entry.left).update(
                    from: slot.pointer + entry.range.lowerBound, count: entry.range.count)
            }
        }
        try link.sum(parts, count: layout.leftCount, into: lefts.pointer)
        for entry in layout.others {
            (result + entry.range.lowerBound).update(from: lefts.pointer + entry.left, count: entry.range.count)
        }
        if layout.matrices.isEmpty { return }

        // then the right factors
        for entry in layout.matrices {
            let left = Buffer(sliceOf: lefts, entry.left..<(entry.left + entry.matrix.rows * entry.matrix.rank))
            Self.orthonormalize(left, entry.matrix.rows, nil)
        }
        parts = scratch.zeros(layout.rightCount)
        for shard in shards where gradients.counts[shard] > 0 {
            for entry in layout.matrices {
                project(
                    gradients.slots[shard].pointer + entry.range.lowerBound, entry.matrix, lefts.pointer + entry.left,
                    count: gradients.counts[shard], into: parts[shard] + entry.right,
                    error: feedback.buffers[shard].pointer + entry.range.lowerBound)
            }
        }
        let rights = scratch.rights(layout.rightCount)
        try link.sum(parts, count: layout.rightCount, into: rights)
        for entry in layout.matrices {
            let (matrix, right) = (entry.matrix, rights + entry.right)
            let out = result + entry.range.lowerBound
            out.update(repeating: 0, count: entry.range.count)
            lockstep_add_low_rank(
                lefts.pointer + entry.left, right, 1, out, matrix.rows, matrix.columns, matrix.rank)
            if lockstep_all_finite(right, matrix.right.count) != 0 {
                matrix.right.pointer.update(from: right, count: matrix.right.count)
            }
        }
    }

    /// The right factor of a shard's matrix, times its count; what the factors do not say becomes the error, which stays as it
    /// was where that is not finite.
    private func project(
        _ gradient: UnsafeMutablePointer<Float>, _ matrix: Matrix, _ left: UnsafePointer<Float>, count: Float,
        into right: UnsafeMutablePointer<Float>, error: UnsafeMutablePointer<Float>
    ) {
        let (rows, columns, rank) = (matrix.rows, matrix.columns, matrix.rank)
        lockstep_factors_times_matrix(gradient, left, 1, right, rows, columns, rank)
        lockstep_add_low_rank(left, right, -1, gradient, rows, columns, rank)
        if lockstep_all_finite(gradient, rows * columns) != 0 {
            error.update(from: gradient, count: rows * columns)
        }
        lockstep_affine(right, count, 0, right, rank * columns)
    }

    /// Memory for what is summed of a bucket; grows to the largest need.
    private final class Scratch {
        private var parts: [Buffer]
        private var left = Buffer(count: 0)
        private var right = Buffer(count: 0)

        init(shards: Int) { parts = (0..<shards).map { _ in Buffer(count: 0) } }

        /// For each shard so many zeros.
        func zeros(_ count: Int) -> [UnsafeMutablePointer<Float>] {
            parts.indices.map { shard in
                if parts[shard].count < count { parts[shard] = Buffer(count: count) }
                parts[shard].pointer.update(repeating: 0, count: count)
                return parts[shard].pointer
            }
        }

        func lefts(_ count: Int) -> Buffer {
            if left.count < count { left = Buffer(count: count) }
            return left
        }

        func rights(_ count: Int) -> UnsafeMutablePointer<Float> {
            if right.count < count { right = Buffer(count: count) }
            return right.pointer
        }
    }

    /// Where the numbers of a bucket lie in what is summed.
    private struct Layout {
        var matrices: [(matrix: Matrix, range: Range<Int>, left: Int, right: Int)] = []
        var others: [(range: Range<Int>, left: Int)] = []
        private(set) var leftCount = 0
        private(set) var rightCount = 0

        init(_ bucket: ShardBucket, _ all: [Matrix?]) {
            for parameter in bucket.parameters {
                if let matrix = all[parameter.place] {
                    matrices.append((matrix, parameter.range, leftCount, rightCount))
                    leftCount += Buffer.wholeLines(matrix.rows * matrix.rank)
                    rightCount += Buffer.wholeLines(matrix.columns * matrix.rank)
                } else {
                    others.append((parameter.range, leftCount))
                    leftCount += Buffer.wholeLines(parameter.range.count)
                }
            }
        }
    }

    /// Makes the vectors of `length` elements in `factor` orthonormal, one after the other (Gram and Schmidt, each projection
    /// done twice). One that lies in the span of those before it becomes zero, or comes from `substitute`.
    static func orthonormalize(_ factor: Buffer, _ length: Int, _ substitute: Buffer?) {
        for k in 0..<(factor.count / length) {
            let vector = factor.pointer + k * length
            if reduced(vector, k, factor, length) { continue }
            guard let substitute else {
                vector.update(repeating: 0, count: length)
                continue
            }
            vector.update(from: substitute.pointer + k * length, count: length)
            if !reduced(vector, k, factor, length) { vector.update(repeating: 0, count: length) }
        }
    }

    /// Takes from a vector its parts along those before it, and brings it to length 1; false where hardly anything remains.
    private static func reduced(_ vector: UnsafeMutablePointer<Float>, _ k: Int, _ factor: Buffer, _ length: Int)
        -> Bool
    {
        let before = lockstep_dot(vector, vector, length).squareRoot()
        if before == 0 { return false }
        for _ in 0..<2 {
            for other in 0..<k {
                let direction = factor.pointer + other * length
                lockstep_add_scaled(direction, Float(-lockstep_dot(vector, direction, length)), vector, length)
            }
        }
        let norm = lockstep_dot(vector, vector, length).squareRoot()
        // what is not finite goes on, to be seen
        if norm <= 1e-6 * before { return false }
        lockstep_affine(vector, Float(1 / norm), 0, vector, length)
        return true
    }
}
