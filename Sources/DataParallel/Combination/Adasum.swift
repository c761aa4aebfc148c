import CKernels
import Kernels

/// Adasum of the shards' mean gradients, for each parameter by itself: of two gradients a and b
///
///     (1 - a·b / 2|a|²) a + (1 - a·b / 2|b|²) b,
///
/// pairwise along the shard tree, for any number of shards. Orthogonal gradients add, parallel ones average: so the rate is
/// that of a shard's batch, whatever their number.
///
/// What is divided by the count is the combination times the count. Shards count alike, whatever their terms; one without
/// terms changes nothing. Products are summed over fixed blocks of a parameter, in their order, so that the bits do not depend
/// on who holds which block.
/// Source: Maleki and others, "Scaling distributed training with adaptive summation", 2020.
final class Adasum: GradientCombiner {
    private static let blockSize = 4096
    private var layouts: [Int: Layout] = [:]
    private var plans: [[Range<Int>]: Plan] = [:]
    private var products = Buffer(count: 0)

    func combine(
        _ bucket: ShardBucket, _ gradients: ShardGradients, over link: ShardLink,
        into result: UnsafeMutablePointer<Float>
    ) throws {
        if bucket.parameters.isEmpty { return }
        let layout = layouts[bucket.number] ?? Layout(bucket, ranks: link.plan.ranks)
        layouts[bucket.number] = layout
        for (slot, count) in zip(gradients.slots, gradients.counts) where count > 0 {
            let start = slot.pointer + bucket.range.lowerBound
            lockstep_affine(start, 1 / count, 0, start, bucket.range.count)
        }
        // each rank its own nodes, of whole parameters
        for node in link.localNodes where node.count > 1 {
            let leaves = gradients.slots[node].map(\.pointer)
            let plan = plan(ShardTree(count: node.count), (0..<node.count).map { $0..<($0 + 1) })
            run(plan, leaves, origin: 0, layout, blocks: layout.blocks.indices) { _, _ in }
        }
        // then each its blocks of all nodes
        let nodes = link.localNodes.map { gradients.slots[$0.lowerBound].pointer }
        let pieces = try link.allToAll(nodes, layout.slices, .float32)
        let own = layout.slices[link.rank]
        let plan = plan(ShardTree(count: link.plan.shards), link.nodesOfRank.flatMap { $0 })
        try run(plan, pieces, origin: own.lowerBound, layout, blocks: layout.blocksOfRank[link.rank]) { bytes, steps in
            let bytesOfBlock = steps * 3 * MemoryLayout<Double>.stride
            try link.allGather(
                bytes, layout.blocksOfRank.map { ($0.lowerBound * bytesOfBlock)..<($0.upperBound * bytesOfBlock) })
        }
        lockstep_affine(pieces[0], gradients.totalCount, 0, result + own.lowerBound, own.count)
        try link.allGather(result, layout.slices, .float32)
    }

    private func plan(_ tree: ShardTree, _ nodes: [Range<Int>]) -> Plan {
        let plan = plans[nodes] ?? Plan(tree, nodes)
        plans[nodes] = plan
        return plan
    }

    /// Combines the pieces, which begin at the element `origin`, in their blocks `blocks`; the result is in the first piece.
    /// - Parameter gather: makes the products of all blocks known, in their order: three for each of so many steps.
    private func run(
        _ plan: Plan, _ pieces: [UnsafeMutablePointer<Float>], origin: Int, _ layout: Layout, blocks: Range<Int>,
        gather: (UnsafeMutableRawPointer, Int) throws -> Void
    ) rethrows {
        for steps in plan.levels {
            let words = layout.blocks.count * steps.count * 3 * 2
            if products.count < words { products = Buffer(count: words) }
            let bytes = UnsafeMutableRawPointer(products.pointer)
            let all = bytes.assumingMemoryBound(to: Double.self)
            var next = all + blocks.lowerBound * steps.count * 3
            for block in layout.blocks[blocks] {
                for step in steps {
                    let a = pieces[step.left] + (block.lowerBound - origin)
                    let b = pieces[step.right] + (block.lowerBound - origin)
                    next[0] = lockstep_dot(a, b, block.count)
                    next[1] = lockstep_dot(a, a, block.count)
                    next[2] = lockstep_dot(b, b, block.count)
                    next += 3
                }
            }
            try gather(bytes, steps.count)
            combine(steps, pieces, origin: origin, layout, blocks: blocks, all)
        }
    }

    private func combine(
        _ steps: [Plan.Step], _ pieces: [UnsafeMutablePointer<Float>], origin: Int, _ layout: Layout,
        blocks: Range<Int>, _ products: UnsafePointer<Double>
    ) {
        for (number, step) in steps.enumerated() {
            for parameter in layout.blocksOfParameter where parameter.overlaps(blocks) {
                var (ab, aa, bb) = (0.0, 0.0, 0.0)
                for block in parameter {
                    let found = products + (block * steps.count + number) * 3
                    ab += found[0]
                    aa += found[1]
                    bb += found[2]
                }
                // of a gradient that is zero the product is, too
                let fromA = Float(aa == 0 ? 1 : 1 - ab / (2 * aa))
                let fromB = Float(bb == 0 ? 1 : 1 - ab / (2 * bb))
                for block in layout.blocks[parameter.clamped(to: blocks)] {
                    let a = pieces[step.left] + (block.lowerBound - origin)
                    let b = pieces[step.right] + (block.lowerBound - origin)
                    lockstep_affine(a, fromA, 0, a, block.count)
                    lockstep_add_scaled(b, fromB, a, block.count)
                }
            }
        }
    }

    /// The blocks of a bucket's parameters, and who combines which.
    private struct Layout {
        var blocks: [Range<Int>] = []
        var blocksOfParameter: [Range<Int>] = []
        var blocksOfRank: [Range<Int>] = []
        /// From the first element of a rank's blocks to the last.
        var slices: [Range<Int>] = []

        init(_ bucket: ShardBucket, ranks: Int) {
            for parameter in bucket.parameters {
                let first = blocks.count
                for start in stride(from: parameter.range.lowerBound, to: parameter.range.upperBound, by: blockSize) {
                    blocks.append(start..<min(start + blockSize, parameter.range.upperBound))
                }
                blocksOfParameter.append(first..<blocks.count)
            }
            let total = bucket.range.count
            var first = 0
            for rank in 0..<ranks {
                // up to the block that begins where the next rank's part does
                let end = bucket.range.lowerBound + total * (rank + 1) / ranks
                let next = rank == ranks - 1 ? blocks.count : blocks.firstIndex { $0.lowerBound >= end } ?? blocks.count
                let own = first..<max(first, next)
                blocksOfRank.append(own)
                slices.append(
                    own.isEmpty
                        ? bucket.range.lowerBound..<bucket.range.lowerBound
                        : blocks[own.lowerBound].lowerBound..<blocks[own.upperBound - 1].upperBound)
                first = own.upperBound
            }
        }
    }

    /// Which pieces are combined, by level: those of one level don't need each other.
    private struct Plan {
        struct Step {
            /// The combination takes the place of `left`.
            let left, right: Int
        }

        private(set) var levels: [[Step]] = []

        /// The combinations of the pieces that are these nodes of `tree`, which together make up its root.
        init(_ tree: ShardTree, _ nodes: [Range<Int>]) {
            _ = add(0..<tree.count, Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) }))
        }

        private mutating func add(_ node: Range<Int>, _ places: [Range<Int>: Int]) -> (piece: Int, level: Int) {
            if let piece = places[node] { return (piece, 0) }
            let parts = ShardTree.parts(of: node)
            let (left, right) = (add(parts.left, places), add(parts.right, places))
            let level = max(left.level, right.level)
            while levels.count <= level { levels.append([]) }
            levels[level].append(Step(left: left.piece, right: right.piece))
            return (left.piece, level + 1)
        }
    }
}
