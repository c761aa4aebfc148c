import CKernels
import Kernels
import Synchronization

/// The operation at which a forward pass stopped being finite.
///
/// The search is made over a pass that has failed; else an operation costs one look at a flag.
public struct NonFiniteOperation: Sendable, Equatable {
    /// Its name, such as `Convolution`.
    public let operation: String
    /// Its place among the operations of the pass, from 1.
    public let number: Int
    /// The names of the parameters among its inputs.
    public let parameters: [String]
    /// The shape of its output.
    public let shape: Shape
    /// Whether one of its inputs was not finite already, though no operation has made it so: then the data are not.
    public let isOfData: Bool

    /// What `body` gives, and the first operation in it, of this thread, whose input or output is not finite.
    /// - Parameter arena: has the names of the parameters.
    public static func first<Result>(
        of arena: ParameterArena, in body: () throws -> Result
    ) rethrows -> (result: Result, operation: NonFiniteOperation?) {
        let search = Search(arena)
        searches.add(1, ordering: .relaxed)
        defer { searches.subtract(1, ordering: .relaxed) }
        let result = try $search.withValue(search, operation: body)
        return (result, search.found)
    }

    /// Looks at an operation that was computed, when a search is on.
    @inline(__always)
    static func observe(_ primitive: any Primitive, _ inputs: [Tensor], _ output: Tensor) {
        if searches.load(ordering: .relaxed) > 0 { search?.observe(primitive, inputs, output) }
    }

    private static let searches = Atomic(0)
    @TaskLocal private static var search: Search?

    /// `@unchecked Sendable`: used by the thread that searches.
    private final class Search: @unchecked Sendable {
        private let arena: ParameterArena
        private var count = 0
        private(set) var found: NonFiniteOperation?

        init(_ arena: ParameterArena) { self.arena = arena }

        func observe(_ primitive: any Primitive, _ inputs: [Tensor], _ output: Tensor) {
            count += 1
            guard found == nil else { return }
            let isOfData = !inputs.allSatisfy(\.isFinite)
            guard isOfData || !output.isFinite else { return }
            found = NonFiniteOperation(
                operation: "\(type(of: primitive))", number: count, parameters: inputs.compactMap(name),
                shape: output.shape, isOfData: isOfData)
        }

        private func name(of input: Tensor) -> String? {
            zip(arena.names, arena.parameters).first { $1.buffer.pointer == input.buffer.pointer }?.0
        }
    }
}

extension Tensor {
    fileprivate var isFinite: Bool { lockstep_all_finite(buffer.pointer, shape.count) != 0 }
}
