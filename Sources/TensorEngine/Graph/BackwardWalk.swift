import CKernels
import Kernels
import Preconditions

/// One pass through a graph, newest operation first, that carries cotangents from an output to target nodes.
struct BackwardWalk {
    /// The nodes that lead from the output to a target, by rising number.
    private let nodes: [Node]
    private let places: [ObjectIdentifier: Int]
    /// By place: the index of a target, and how many uses have still to contribute.
    private var targets: [Int?]
    private var remainingUses: [Int]
    private var cotangents: [Tensor?]
    /// By place: whether the cotangent's buffer was made by this walk, so that it may be added to.
    private var isOwned: [Bool]

    private let recordsGraph: Bool
    private let releasesGraph: Bool

    init(from output: Tensor, to targetNodes: [Node], recordsGraph: Bool, retainsGraph: Bool) {
        let reachable = Self.reachableNodes(from: output.origin)
        var targetOf: [ObjectIdentifier: Int] = [:]
        for (index, node) in targetNodes.enumerated() { targetOf[ObjectIdentifier(node)] = index }

        var places: [ObjectIdentifier: Int] = [:]
        var needed: [Node] = []
        for node in reachable {
            let id = ObjectIdentifier(node)
            let leadsToTarget = node.inputs.contains { $0.map { places[ObjectIdentifier($0)] != nil } ?? false }
            guard targetOf[id] != nil || leadsToTarget else { continue }
            places[id] = needed.count
            needed.append(node)
        }
        nodes = needed
        self.places = places
        targets = needed.map { targetOf[ObjectIdentifier($0)] }
        remainingUses = [Int](repeating: 0, count: needed.count)
        for node in needed {
            for input in node.inputs {
                if let input, let place = places[ObjectIdentifier(input)] { remainingUses[place] += 1 }
            }
        }
        cotangents = [Tensor?](repeating: nil, count: needed.count)
        isOwned = [Bool](repeating: false, count: needed.count)
        self.recordsGraph = recordsGraph
        releasesGraph = !retainsGraph
    }

    /// The targets that the output depends on.
    var reachedTargets: [Int] { targets.compactMap { $0 } }

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
    mutating func run(cotangent: Tensor, whenFinal: (_ target: Int, _ cotangent: Tensor) throws -> Void) rethrows {
        guard let root = nodes.indices.last else { return }
        cotangents[root] = cotangent
        if let target = targets[root] { try whenFinal(target, cotangent) }
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            guard let primitive = node.primitive else { continue }
            let inputPlaces = node.inputs.map { $0.flatMap { places[ObjectIdentifier($0)] } }
            guard inputPlaces.contains(where: { $0 != nil }) else { continue }
            var results: [Tensor?] = []
            if let cotangent = cotangents[place] {
                let saved = node.saved(needs: inputPlaces.map { $0 != nil }, recordsGraph: recordsGraph)
                results = OperationProfile.measure(primitive, saved.inputs, isBackward: true) {
                    primitive.vjp(cotangent, saved)
                }
                NonFiniteOperation.observeCotangents(primitive, saved, results)
                require(
                    results.count == inputPlaces.count,
                    "\(type(of: primitive)).vjp: \(results.count) cotangents for \(inputPlaces.count) inputs")
            }
            let shapes = node.inputShapes
            cotangents[place] = nil
            if releasesGraph { node.release() }
            for (i, inputPlace) in inputPlaces.enumerated() {
                guard let inputPlace else { continue }
                if !results.isEmpty, let result = results[i] {
                    // Broadcasting is undone here, for all operations.
                    accumulate(result.shape == shapes[i] ? result : result.sum(to: shapes[i]), at: inputPlace)
                }
                remainingUses[inputPlace] -= 1
                if remainingUses[inputPlace] == 0, let target = targets[inputPlace] {
                    let final = cotangents[inputPlace] ?? Tensor(repeating: 0, shape: shapes[i])
                    if nodes[inputPlace].primitive == nil { cotangents[inputPlace] = nil }
                    try whenFinal(target, final)
                }
            }
        }
    }

    private mutating func accumulate(_ contribution: Tensor, at place: Int) {
        guard let sum = cotangents[place] else {
            cotangents[place] = contribution
            return
        }
        if !recordsGraph && isOwned[place] {
            lockstep_add(sum.buffer.pointer, contribution.buffer.pointer, sum.buffer.pointer, sum.shape.count)
        } else {
            cotangents[place] = sum + contribution
            isOwned[place] = true
        }
    }
}
