import Kernels
import Preconditions
import Synchronization

/// A recorded operation, or a leaf: a place in the graph that cotangents flow to.
///
/// A graph is used by one thread at a time; that is what `@unchecked Sendable` rests on.
final class Node: @unchecked Sendable {
    private static let nextNumber = Atomic<UInt64>(0)

    /// Grows with creation: an operation's number is above those of its inputs.
    let number: UInt64
    /// nil for a leaf.
    let primitive: (any Primitive)?
    /// Whether it is a `Slice`, which the backward pass treats apart: known without a cast at run time.
    let isSlice: Bool
    private(set) var inputs: [Node?]
    let inputShapes: [Shape]
    /// Kept without their origins, which would be a cycle; `saved` puts them back.
    private var savedInputs: [Tensor]
    private var savedOutput: Tensor?
    private var kept: [Tensor]
    private(set) var isReleased = false
    /// Who observes the computation that this is part of.
    let observers: ObserverList?

    /// A leaf.
    init(observers: ObserverList? = nil) {
        self.observers = observers
        number = Self.nextNumber.add(1, ordering: .relaxed).newValue
        (primitive, isSlice) = (nil, false)
        (inputs, inputShapes, savedInputs, kept) = ([], [], [], [])
    }

    /// - Parameter detached: the inputs without their origins.
    init<P: Primitive>(
        _ primitive: P, inputs: [Tensor], detached: [Tensor], output: Tensor, kept: [Tensor], observers: ObserverList?
    ) {
        self.observers = observers
        number = Self.nextNumber.add(1, ordering: .relaxed).newValue
        (self.primitive, isSlice) = (primitive, P.self == Slice.self)
        self.inputs = inputs.map(\.origin)
        self.kept = kept
        inputShapes = inputs.map(\.shape)
        savedInputs = P.saves.contains(.inputs) ? detached : []
        savedOutput = P.saves.contains(.output) ? output : nil
    }

    /// Who observes the computation of the inputs.
    static func observers(of inputs: [Tensor]) -> ObserverList? {
        for input in inputs {
            if let observers = input.origin?.observers { return observers }
        }
        return nil
    }

    /// The saved values; part of the graph when its gradient will be differentiated, else detached.
    func saved(needs: [Bool], recordsGraph: Bool, outs: [Buffer?]) -> Saved {
        require(
            !isReleased,
            "backward: this graph was used by an earlier backward pass, which released its values; keep them with retainsGraph: true"
        )
        var (inputs, output) = (savedInputs, savedOutput)
        if recordsGraph {
            inputs = zip(savedInputs, self.inputs).map { Tensor(buffer: $0.buffer, shape: $0.shape, origin: $1) }
            output = savedOutput.map { Tensor(buffer: $0.buffer, shape: $0.shape, origin: self) }
        }
        return Saved(
            inputs: inputs, savedOutput: output, kept: kept, inputShapes: inputShapes, needs: needs,
            recordsGraph: recordsGraph, outs: outs)
    }

    /// Lets go of the saved values and of the nodes before.
    func release() {
        guard primitive != nil else { return }
        isReleased = true
        (savedInputs, savedOutput, kept, inputs) = ([], nil, [], [])
    }

    /// A chain of any length is taken apart in a loop: by recursion, a long one would overflow the stack.
    deinit {
        var orphans = inputs.compactMap { $0 }
        inputs = []
        while var node = orphans.popLast() {
            if isKnownUniquelyReferenced(&node) {
                orphans.append(contentsOf: node.inputs.compactMap { $0 })
                node.inputs = []
            }
        }
    }
}
