import CKernels
import Kernels

/// How the pieces that the ranks hold are added along the shard tree: worked out once, carried out tile by tile.
struct SummationPlan {
    /// A sum to be added: one of the pieces, or what an earlier addition has left.
    private enum Operand {
        case piece(Int)
        case partial(Int)
    }

    private struct Addition {
        let left, right: Operand
        /// Where the sum goes; nil: to the result.
        let target: Int?
    }

    /// How many elements are added at a time: the partial sums of a tile stay in the first-level cache.
    static let tile = 4096

    private var additions: [Addition] = []
    private var partialCount = 0
    private let partials: Buffer

    /// The plan for pieces that are the sums of these nodes of `tree`, which together make up its root.
    init(tree: ShardTree, nodes: [Range<Int>]) {
        var places: [Range<Int>: Int] = [:]
        for (place, node) in nodes.enumerated() { places[node] = place }
        var additions: [Addition] = []
        var deepest = 0
        func add(_ node: Range<Int>, depth: Int, isRoot: Bool) -> Operand {
            if let place = places[node] { return .piece(place) }
            let (left, right) = ShardTree.parts(of: node)
            // The left partial sum stays at `depth` while the right one is made above it.
            let leftSum = add(left, depth: depth, isRoot: false)
            let rightSum = add(right, depth: depth + 1, isRoot: false)
            deepest = max(deepest, depth + 1)
            additions.append(Addition(left: leftSum, right: rightSum, target: isRoot ? nil : depth))
            return .partial(depth)
        }
        _ = add(0..<tree.count, depth: 0, isRoot: true)
        self.additions = additions
        partialCount = deepest
        partials = Buffer(count: max(1, deepest) * Self.tile)
    }

    /// Adds `count` elements of the pieces, which begin at `pieces`, into `out`; `out` may be one of the pieces.
    func sum(_ pieces: [UnsafePointer<Float>], into out: UnsafeMutablePointer<Float>, count: Int) {
        if additions.isEmpty {
            if pieces[0] != UnsafePointer(out) { out.update(from: pieces[0], count: count) }
            return
        }
        for start in stride(from: 0, to: count, by: Self.tile) {
            let length = min(Self.tile, count - start)
            func pointer(_ operand: Operand) -> UnsafePointer<Float> {
                switch operand {
                case .piece(let place): pieces[place] + start
                case .partial(let place): UnsafePointer(partials.pointer + place * Self.tile)
                }
            }
            for addition in additions {
                let target = addition.target.map { partials.pointer + $0 * Self.tile } ?? out + start
                lockstep_add(pointer(addition.left), pointer(addition.right), target, length)
            }
        }
    }
}
