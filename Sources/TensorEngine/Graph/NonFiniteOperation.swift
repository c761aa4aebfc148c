import CKernels
import Kernels
import Synchronization

/// The operation at which a computation stopped being finite.
///
/// The search is made over a computation that has failed; else an operation costs one look at a flag.
public struct NonFiniteOperation: Sendable, Equatable {
    /// Its name, such as `Convolution`.
    public let operation: String
    /// Whether it is its cotangents that are not finite, in the backward pass.
    public let isBackward: Bool
    /// Its place among the operations of the pass, from 1.
    public let number: Int
    /// The names of the parameters among its inputs.
    public let parameters: [String]
    /// The shape of its output; in the backward pass, of the first cotangent that is not finite.
    public let shape: Shape
    /// Whether one of its inputs was not finite already, though no operation has made it so: then the data are not.
    public let isOfData: Bool

    /// What a search has found, pass by pass.
    public struct Findings: Sendable, Equatable {
        /// The first operation whose input or output was not finite.
        public internal(set) var forward: NonFiniteOperation?
        /// The first operation whose cotangents were not finite.
        public internal(set) var backward: NonFiniteOperation?
    }

    /// What `body` gives, and the first operations in it, of this thread, that are not finite.
    ///
    /// The backward pass begins with the walk of `valueAndGradients`; what its operations compute within is not looked at.
    /// - Parameter arena: has the names of the parameters.
    public static func search<Result>(
        in arena: ParameterArena, _ body: () throws -> Result
    ) rethrows -> (result: Result, findings: Findings) {
        let search = Search(arena)
        searches.add(1, ordering: .relaxed)
        defer { searches.subtract(1, ordering: .relaxed) }
        let result = try $search.withValue(search, operation: body)
        return (result, search.findings)
    }

    /// Looks at an operation that was computed, when a search is on.
    @inline(__always)
    static func observe(_ primitive: any Primitive, _ inputs: [Tensor], _ output: Tensor) {
        if searches.load(ordering: .relaxed) > 0 { search?.observe(primitive, inputs, output) }
    }

    /// Looks at the cotangents that an operation has given, when a search is on.
    @inline(__always)
    static func observeCotangents(_ primitive: any Primitive, _ saved: Saved, _ cotangents: [Tensor?]) {
        if searches.load(ordering: .relaxed) > 0 { search?.observeCotangents(primitive, saved, cotangents) }
    }

    /// Says that the forward pass is over.
    static func beginBackward() {
        if searches.load(ordering: .relaxed) > 0 { search?.beginBackward() }
    }

    private static let searches = Atomic(0)
    @TaskLocal private static var search: Search?

    /// `@unchecked Sendable`: used by the thread that searches.
    private final class Search: @unchecked Sendable {
        private let arena: ParameterArena
        private var isBackward = false
        private var count = 0
        private(set) var findings = Findings()

        init(_ arena: ParameterArena) { self.arena = arena }

        func beginBackward() { (isBackward, count) = (true, 0) }

        func observe(_ primitive: any Primitive, _ inputs: [Tensor], _ output: Tensor) {
            if isBackward { return }
            count += 1
            guard findings.forward == nil else { return }
            let isOfData = !inputs.allSatisfy(\.isFinite)
            guard isOfData || !output.isFinite else { return }
            findings.forward = operation(primitive, inputs, output, isOfData: isOfData)
        }

        func observeCotangents(_ primitive: any Primitive, _ saved: Saved, _ cotangents: [Tensor?]) {
            count += 1
            guard findings.backward == nil, let first = cotangents.compactMap(\.self).first(where: { !$0.isFinite })
            else { return }
            findings.backward = operation(primitive, saved.inputs, first, isOfData: false)
        }

        private func operation(
            _ primitive: any Primitive, _ inputs: [Tensor], _ result: Tensor, isOfData: Bool
        ) -> NonFiniteOperation {
            NonFiniteOperation(
                operation: "\(type(of: primitive))", isBackward: isBackward, number: count,
                parameters: inputs.compactMap(name), shape: result.shape, isOfData: isOfData)
        }

        private func name(of input: Tensor) -> String? {
            zip(arena.names, arena.parameters).first { $1.buffer.pointer == input.buffer.pointer }?.0
        }
    }
}

extension Tensor {
    fileprivate var isFinite: Bool { lockstep_all_finite(buffer.pointer, shape.count) != 0 }
}
