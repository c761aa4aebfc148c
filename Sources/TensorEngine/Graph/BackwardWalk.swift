import CKernels
import Kernels
import Preconditions

/// One pass through a graph, newest operation first, that carries cotangents from an output to target nodes.
struct BackwardWalk {
    /// The nodes that lead from the output to a target, by rising number.
    private let nodes: [Node]
    private let places: [ObjectIdentifier: Int]
    /// By place: the indices of the targets there, and how many uses have still to contribute.
    private var targets: [[Int]]
    private var remainingUses: [Int]
    private var cotangents: [Tensor?]
    /// By place: whether the cotangent's buffer was made by this walk, so that it may be added to.
    private var isOwned: [Bool]

    private let recordsGraph: Bool
    private let releasesGraph: Bool

    init(from output: Tensor, to targetNodes: [Node], recordsGraph: Bool, retainsGraph: Bool) {
        let reachable = Self.reachableNodes(from: output.origin)
        // one node may be several targets
        var targetsOf: [ObjectIdentifier: [Int]] = [:]
        for (index, node) in targetNodes.enumerated() { targetsOf[ObjectIdentifier(node), default: []].append(index) }

        var places: [ObjectIdentifier: Int] = [:]
        var needed: [Node] = []
        for node in reachable {
            let id = ObjectIdentifier(node)
            let leadsToTarget = node.inputs.contains { $0.map { places[ObjectIdentifier($0)] != nil } ?? false }
            guard targetsOf[id] != nil || leadsToTarget else { continue }
            places[id] = needed.count
            needed.append(node)
        }
        nodes = needed
        self.places = places
        targets = needed.map { targetsOf[ObjectIdentifier($0)] ?? [] }
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
    /// - Parameter destination: where the cotangent of a target had best lie, for whom it is handed to; nil for anywhere.
    mutating func run(
        cotangent: Tensor, destination: (_ target: Int) -> Buffer? = { _ in nil },
        whenFinal: (_ target: Int, _ cotangent: Tensor) throws -> Void
    ) rethrows {
        guard let root = nodes.indices.last else { return }
        cotangents[root] = cotangent
        for target in targets[root] { try whenFinal(target, cotangent) }
        for place in nodes.indices.reversed() {
            let node = nodes[place]
            guard let primitive = node.primitive else { continue }
            let inputPlaces = node.inputs.map { $0.flatMap { places[ObjectIdentifier($0)] } }
            guard inputPlaces.contains(where: { $0 != nil }) else { continue }
            var results: [Tensor?] = []
            if let cotangent = cotangents[place] {
                let saved = node.saved(needs: inputPlaces.map { $0 != nil }, recordsGraph: recordsGraph)
                let offer = offer(to: inputPlaces, of: node, destination)
                results = OperationProfile.measure(primitive, saved.inputs, isBackward: true) {
                    offer?.place.offered { primitive.vjp(cotangent, saved) } ?? primitive.vjp(cotangent, saved)
                }
                if let offer { Self.moveOut(of: offer.place, all: &results, but: offer.input) }
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
                if remainingUses[inputPlace] == 0, !targets[inputPlace].isEmpty {
                    let final = cotangents[inputPlace] ?? Tensor(repeating: 0, shape: shapes[i])
                    if nodes[inputPlace].primitive == nil { cotangents[inputPlace] = nil }
                    for target in targets[inputPlace] { try whenFinal(target, final) }
                }
            }
        }
    }

    /// Cotangents of fewer elements may as well be copied.
    private static let fewestOffered = 4096

    /// The largest input of `node` whose cotangent is a target's, and to which nothing is added; and where it should lie.
    private func offer(
        to inputPlaces: [Int?], of node: Node, _ destination: (Int) -> Buffer?
    ) -> (input: Int, place: Buffer)? {
        let sizes = inputPlaces.enumerated().compactMap { input, place -> (input: Int, target: Int, count: Int)? in
            guard let place, targets[place].count == 1, let target = targets[place].first,
                nodes[place].primitive == nil, remainingUses[place] == 1, cotangents[place] == nil,
                node.inputShapes[input].count >= Self.fewestOffered
            else { return nil }
            return (input, target, node.inputShapes[input].count)
        }
        guard let largest = sizes.max(by: { $0.count < $1.count }), let place = destination(largest.target) else {
            return nil
        }
        return (largest.input, place)
    }

    /// Copies what has come to lie in memory that is meant for the cotangent of the input `kept` alone.
    private static func moveOut(of place: Buffer, all results: inout [Tensor?], but kept: Int) {
        for (input, result) in results.enumerated() where input != kept {
            guard let result, result.buffer.pointer == place.pointer else { continue }
            let copy = Buffer(count: result.shape.count)
            copy.pointer.update(from: result.buffer.pointer, count: result.shape.count)
            results[input] = Tensor(buffer: copy, shape: result.shape)
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
