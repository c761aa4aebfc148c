/// How a rank sums the gradients of its own shards along the tree, as they come one by one in the order of the shards.
///
/// Sums live in slots, each a whole gradient buffer. When all shards have come, slot i holds the sum of the i-th whole node.
package struct AccumulationProgram {
    /// What to do with the gradient of one shard.
    package struct Instruction: Equatable {
        /// Where the gradient goes: it replaces the content of the slot, or is added to it.
        package let slot: Int
        package let adds: Bool
        /// Sums to make afterwards, in order: `into` += `from`.
        package let merges: [Merge]
    }

    package struct Merge: Equatable {
        package let into, from: Int
    }

    /// The nodes of the slots 0, 1, …
    package let nodes: [Range<Int>]
    /// How many slots are needed, with those for sums within a node.
    package let slotCount: Int
    /// By place in the run.
    package let instructions: [Instruction]

    package init(run: Range<Int>, tree: ShardTree) {
        let nodes = tree.wholeNodes(of: run)
        var builder = Builder(firstScratch: nodes.count)
        for (slot, node) in nodes.enumerated() { builder.emit(node, slot: slot, depth: 0) }
        self.nodes = nodes
        slotCount = nodes.count + builder.deepest
        instructions = builder.instructions
    }

    /// No sums: each shard of the run has a slot of its own.
    package init(separate run: Range<Int>) {
        nodes = run.map { $0..<($0 + 1) }
        slotCount = run.count
        instructions = run.indices.map { Instruction(slot: $0 - run.lowerBound, adds: false, merges: []) }
    }

    private struct Builder {
        let firstScratch: Int
        var instructions: [Instruction] = []
        var deepest = 0

        mutating func emit(_ node: Range<Int>, slot: Int, depth: Int) {
            guard node.count > 1 else {
                instructions.append(Instruction(slot: slot, adds: false, merges: []))
                return
            }
            let (left, right) = ShardTree.parts(of: node)
            emit(left, slot: slot, depth: depth)
            if right.count == 1 {
                instructions.append(Instruction(slot: slot, adds: true, merges: []))
            } else {
                let scratch = firstScratch + depth
                deepest = max(deepest, depth + 1)
                emit(right, slot: scratch, depth: depth + 1)
                let last = instructions.removeLast()
                instructions.append(
                    Instruction(
                        slot: last.slot, adds: last.adds, merges: last.merges + [Merge(into: slot, from: scratch)]))
            }
        }
    }
}
