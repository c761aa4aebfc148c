import CKernels
import Kernels
import Preconditions

/// One pass through a graph, newest operation first, that carries cotangents from an output to target nodes.
struct BackwardWalk {
    /// The nodes that lead from the output to a target, by rising number.
    private let nodes: [Node]
    private let indexOf: [ObjectIdentifier: Int]
    /// For each node: the targets that it is, and how many uses have still to contribute.
    private var targets: [[Int]]
    private var remainingUses: [Int]
    private var cotangents: [Tensor?]
    /// For each node: whether the cotangent's buffer was made by this walk, so that it may be added to.
    private var isOwned: [Bool]

    private let recordsGraph: Bool
    private let releasesGraph: Bool

    init(from output: Tensor, to targetNodes: [Node], recordsGraph: Bool, retainsGraph: Bool) {
        let reachable = Self.reachableNodes(from: output.origin)
        // one node may be several targets
        var targetsOf: [ObjectIdentifier: [Int]] = [:]
        for (index, node) in targetNodes.enumerated() { targetsOf[ObjectIdentifier(node), default: []].append(index) }

        var indexOf: [ObjectIdentifier: Int] = [:]
        var needed: [Node] = []
        for node in reachable {
            let id = ObjectIdentifier(node)
            let leadsToTarget = node.inputs.contains { $0.map { indexOf[ObjectIdentifier($0)] != nil } ?? false }
            guard targetsOf[id] != nil || leadsToTarget else { continue }
            indexOf[id] = needed.count
            needed.append(node)
        }
        nodes = needed
        self.indexOf = indexOf
        targets = needed.map { targetsOf[ObjectIdentifier($0)] ?? [] }
        remainingUses = [Int](repeating: 0, count: needed.count)
        for node in needed {
            for input in node.inputs {
                if let input, let index = indexOf[ObjectIdentifier(input)] { remainingUses[index] += 1 }
            }
        }
        cotangents = [Tensor?](repeating: nil, count: needed.count)
        isOwned = [Bool](repeating: false, count: needed.count)
        self.recordsGraph = recordsGraph
        releasesGraph = !retainsGraph
    }

    /// The targets that the output depends on.
    var reachedTargets: [Int] { targets.flatMap { $0 } }

    /// All nodes that `root` depends on, itself included, by rising number.
    private static func reachableNodes(from root: Node?) -> [Node] {
        guard let root else { return [] }
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
        var found = [root]
        var next = 0
        while next < found.count {
            for case let input? in found[next].inputs where seen.insert(ObjectIdentifier(input)).inserted {
                found.append(input)
            }
            next += 1
        }
        return found.sorted { $0.number < $1.number }
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
            let inputs = node.inputs.map { $0.flatMap { indexOf[ObjectIdentifier($0)] } }
            guard inputs.contains(where: { $0 != nil }) else { continue }
            let shapes = node.inputShapes
            var results: [Tensor?] = []
            if let cotangent = cotangents[index], !addSlice(cotangent, of: primitive, to: inputs[0]) {
                results = vjp(node, primitive, cotangent, inputs, destination)
            }
            cotangents[index] = nil
            if releasesGraph { node.release() }
            for (i, input) in inputs.enumerated() {
                guard let input else { continue }
                if !results.isEmpty, let result = results[i] {
                    // Broadcasting is undone here, for all operations.
                    accumulate(
                        result.shape == shapes[i] ? result : result.sum(to: shapes[i]), at: input,
                        isNew: primitive is Slice)
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
    private func vjp(
        _ node: Node, _ primitive: any Primitive, _ cotangent: Tensor, _ inputs: [Int?],
        _ destination: (Int) -> Buffer?
    ) -> [Tensor?] {
        let saved = node.saved(
            needs: inputs.map { $0 != nil }, recordsGraph: recordsGraph, outs: outs(inputs, of: node, destination))
        func compute() -> [Tensor?] { primitive.vjp(cotangent, saved) }
        // recorded operations are observed themselves
        let observers = recordsGraph ? nil : node.observers
        let results =
            observers?.observing(
                type(of: primitive), isBackward: true, inputs: saved.inputs, results: { $0 }, compute) ?? compute()
        require(
            results.count == inputs.count,
            "\(type(of: primitive)).vjp: \(results.count) cotangents for \(inputs.count) inputs")
        return results
    }

    /// Cotangents of fewer elements may as well be copied.
    private static let fewestPlaced = 4096

    /// For each input the memory in which its cotangent should be computed: where that is all of a target's gradient.
    private func outs(_ inputs: [Int?], of node: Node, _ destination: (Int) -> Buffer?) -> [Buffer?] {
        if recordsGraph { return [] }
        let outs = inputs.enumerated().map { i, input -> Buffer? in
            guard let input, targets[input].count == 1, nodes[input].primitive == nil, remainingUses[input] == 1,
                cotangents[input] == nil, node.inputShapes[i].count >= Self.fewestPlaced
            else { return nil }
            return destination(targets[input][0])
        }
        return outs.contains { $0 != nil } ? outs : []
    }

    /// Adds the cotangent of a slice in place to what there is of its input's, and says whether it has done so: that saves
    /// a whole with zeros around the slice.
    private func addSlice(_ cotangent: Tensor, of primitive: any Primitive, to input: Int?) -> Bool {
        guard !recordsGraph, let slice = primitive as? Slice, let input, isOwned[input], let sum = cotangents[input]
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
