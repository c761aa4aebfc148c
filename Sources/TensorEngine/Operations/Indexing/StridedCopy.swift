import CKernels

/// A copy, or an addition, from one array into another of the same sizes, each with its own strides.
struct StridedCopy {
    private var sizes: [Int] = []
    private var sourceStrides: [Int] = []
    private var targetStrides: [Int] = []
    private let isEmpty: Bool

    /// The copy of all elements of an array of the given sizes; strides are in elements.
    init(sizes: [Int], from source: [Int], to target: [Int]) {
        isEmpty = sizes.contains(0)
        // axes that are adjacent in both arrays become one: fewer and longer rows
        for axis in sizes.indices where sizes[axis] != 1 {
            if let outer = self.sizes.indices.last, sourceStrides[outer] == source[axis] * sizes[axis],
                targetStrides[outer] == target[axis] * sizes[axis]
            {
                self.sizes[outer] *= sizes[axis]
                (sourceStrides[outer], targetStrides[outer]) = (source[axis], target[axis])
            } else {
                self.sizes.append(sizes[axis])
                sourceStrides.append(source[axis])
                targetStrides.append(target[axis])
            }
        }
    }

    /// Copies; `source` and `target` point to the first element of each array, and don't overlap.
    func copy(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        withPair { lockstep_copy_strided($0, source, target) }
    }

    /// Adds the source to the target.
    func add(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        withPair { lockstep_add_strided($0, source, target) }
    }

    private func withPair(_ body: (UnsafePointer<lockstep_strided_pair>) -> Void) {
        if isEmpty { return }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 3 * sizes.count + 1) { words in
            for (axis, size) in sizes.enumerated() {
                words[axis] = size
                words[sizes.count + axis] = sourceStrides[axis]
                words[2 * sizes.count + axis] = targetStrides[axis]
            }
            let start = words.baseAddress!
            var pair = lockstep_strided_pair(
                rank: sizes.count, sizes: start, in_strides: start + sizes.count, out_strides: start + 2 * sizes.count)
            body(&pair)
        }
    }
}
