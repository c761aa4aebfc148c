import CKernels
import Kernels
import Preconditions

/// One pass through a graph, newest operation first, that carries cotangents from an output to target nodes.
struct BackwardWalk {
    /// The nodes that lead from the output to a target, by rising number.
    private var nodes: [Node]
    /// The inputs of all nodes in turn, each by its index in `nodes`; -1 where no cotangent is wanted.
    private var inputs: [Int] = []
    /// For each node, and after the last: where its inputs begin.
    private var firstInput = [0]
    /// For each node: the targets that it is, and how many uses have still to contribute.
    private var targets: [[Int]]
    private var remainingUses: [Int]
    private var cotangents: [Tensor?]
    /// For each node: whether the cotangent's buffer was made by this walk, so that it may be added to.
    private var isOwned: [Bool]

    private let recordsGraph: Bool
    private let releasesGraph: Bool

    init(from output: Tensor, to targetNodes: [Node], recordsGraph: Bool, retainsGraph: Bool) {
        var targetPlaces = NodePlaces(capacity: targetNodes.count)
        // one node may be several targets
        var targetsAt: [[Int]] = []
        for (target, node) in targetNodes.enumerated() {
            if let place = targetPlaces(node) {
                targetsAt[place].append(target)
            } else {
                targetPlaces.set(node, targetsAt.count)
                targetsAt.append([target])
            }
        }
        var (reachable, places) = Self.reachableNodes(from: output.origin)
        reachable.sort { $0.number < $1.number }
        (nodes, targets, remainingUses) = ([], [], [])
        for node in reachable {
            let start = inputs.count
            var leadsToTarget = false
            for input in node.inputs {
                let index = input.flatMap { places($0) } ?? Self.unneeded
                inputs.append(index)
                if index != Self.unneeded { leadsToTarget = true }
            }
            let target = targetPlaces(node)
            guard leadsToTarget || target != nil else {
                inputs.removeSubrange(start...)
                continue
            }
            for index in inputs[start...] where index != Self.unneeded { remainingUses[index] += 1 }
            places.set(node, nodes.count)
            nodes.append(node)
            firstInput.append(inputs.count)
            targets.append(target.map { targetsAt[$0] } ?? [])
            remainingUses.append(0)
        }
        cotangents = [Tensor?](repeating: nil, count: nodes.count)
        isOwned = [Bool](repeating: false, count: nodes.count)
        self.recordsGraph = recordsGraph
        releasesGraph = !retainsGraph
    }

    /// In place of an index: nothing leads from there to a target.
    private static let unneeded = -1

    /// The targets that the output depends on.
    var reachedTargets: [Int] { targets.flatMap { $0 } }

    /// All nodes that `root` depends on, itself included, with places that are not needed yet.
    private static func reachableNodes(from root: Node?) -> (nodes: [Node], places: NodePlaces) {
        var places = NodePlaces(capacity: 64)
        guard let root else { return ([], places) }
        places.set(root, unneeded)
        var found = [root]
        var next = 0
        while next < found.count {
            for case let input? in found[next].inputs where places.set(input, unneeded) { found.append(input) }
            next += 1
        }
        return (found, places)
    }

    /// Walks, and calls `whenFinal` once for each target that the output depends on, as soon as no more is to come.
    /// - Parameter destination: the memory in which the cotangent of a target had best be computed; nil for anywhere.
    mutating func run(
        cotangent: Tensor, destination: (_ target: Int) -> Buffer? = { _ in nil },
        whenFinal: (_ target: Int, _ cotangent: Tensor) throws -> Void
    ) rethrows {
        guard let root = nodes.indices.last else { return }
        cotangents[root] = cotangent
        for target in targets[root] { try whenFinal(target, cotangent) }
        for index in nodes.indices.reversed() {
            let node = nodes[index]
            guard let primitive = node.primitive else { continue }
            let first = firstInput[index]
            let count = firstInput[index + 1] - first
            guard inputs[first..<(first + count)].contains(where: { $0 != Self.unneeded }) else { continue }
            let shapes = node.inputShapes
            let slice = node.isSlice ? primitive as? Slice : nil
            var results: [Tensor?] = []
            if let cotangent = cotangents[index], !addSlice(cotangent, of: slice, to: inputs[first]) {
                let own = inputs[first..<(first + count)]
                results = Self.vjp(
                    node, primitive, cotangent, needs: own.map { $0 != Self.unneeded }, recordsGraph: recordsGraph,
                    outs: outs(own, of: node, destination))
            }
            cotangents[index] = nil
            if releasesGraph { node.release() }
            for i in 0..<count where inputs[first + i] != Self.unneeded {
                let input = inputs[first + i]
                if !results.isEmpty, let result = results[i] {
                    // Broadcasting is undone here, for all operations.
                    accumulate(
                        result.shape == shapes[i] ? result : result.sum(to: shapes[i]), at: input,
                        isNew: slice != nil)
                }
                remainingUses[input] -= 1
                if remainingUses[input] == 0, !targets[input].isEmpty {
                    let final = cotangents[input] ?? Tensor(repeating: 0, shape: shapes[i])
                    if nodes[input].primitive == nil { cotangents[input] = nil }
                    for target in targets[input] { try whenFinal(target, final) }
                }
            }
        }
    }

    /// The cotangents of a node's inputs.
    private static func vjp(
        _ node: Node, _ primitive: any Primitive, _ cotangent: Tensor, needs: [Bool], recordsGraph: Bool,
        outs: [Buffer?]
    ) -> [Tensor?] {
        let saved = node.saved(needs: needs, recordsGraph: recordsGraph, outs: outs)
        func compute() -> [Tensor?] { primitive.vjp(cotangent, saved) }
        // recorded operations are observed themselves
        let observers = recordsGraph ? nil : node.observers
        let results =
            observers?.observing(
                type(of: primitive), isBackward: true, inputs: saved.inputs, results: { $0 }, compute) ?? compute()
        require(
            results.count == needs.count,
            "\(type(of: primitive)).vjp: \(results.count) cotangents for \(needs.count) inputs")
        return results
    }

    /// Cotangents of fewer elements may as well be copied.
    private static let fewestPlaced = 4096

    /// For each input the memory in which its cotangent should be computed: where that is all of a target's gradient.
    private func outs(_ inputs: ArraySlice<Int>, of node: Node, _ destination: (Int) -> Buffer?) -> [Buffer?] {
        if recordsGraph { return [] }
        var outs: [Buffer?] = []
        for (i, input) in inputs.enumerated() {
            guard input != Self.unneeded, targets[input].count == 1, nodes[input].primitive == nil,
                remainingUses[input] == 1, cotangents[input] == nil, node.inputShapes[i].count >= Self.fewestPlaced,
                let out = destination(targets[input][0])
            else { continue }
            if outs.isEmpty { outs = [Buffer?](repeating: nil, count: inputs.count) }
            outs[i] = out
        }
        return outs
    }

    /// Adds the cotangent of a slice in place to what there is of its input's, and says whether it has done so: that saves
    /// a whole with zeros around the slice.
    private func addSlice(_ cotangent: Tensor, of slice: Slice?, to input: Int) -> Bool {
        guard let slice, !recordsGraph, input != Self.unneeded, isOwned[input], let sum = cotangents[input]
        else { return false }
        slice.part.add(cotangent, to: sum)
        return true
    }

    /// - Parameter isNew: whether nothing else has the contribution's memory.
    private mutating func accumulate(_ contribution: Tensor, at index: Int, isNew: Bool) {
        guard let sum = cotangents[index] else {
            cotangents[index] = contribution
            isOwned[index] = isNew && !recordsGraph
            return
        }
        if !recordsGraph && isOwned[index] {
            lockstep_add(sum.buffer.pointer, contribution.buffer.pointer, sum.buffer.pointer, sum.shape.count)
        } else {
            cotangents[index] = sum + contribution
            isOwned[index] = true
        }
    }
}
