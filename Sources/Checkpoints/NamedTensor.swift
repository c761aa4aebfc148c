import Preconditions

/// A tensor as a checkpoint holds it: a name, a shape, and Float32 elements in row-major order.
///
/// The elements are either held here or borrowed from where they live, so that saving copies nothing.
public struct NamedTensor: Sendable {
    /// The name, unique within its file.
    public let name: String

    /// The extents, outermost first; `[]` is a scalar.
    public let shape: [Int]

    private let lend: @Sendable ((UnsafeBufferPointer<Float>) -> Void) -> Void

    /// A tensor that holds its elements; `values.count` must be the product of `shape`.
    public init(name: String, shape: [Int], values: [Float]) {
        require(
            values.count == shape.reduce(1, *),
            "NamedTensor \(name): \(values.count) elements do not fit the shape \(shape)")
        self.init(name: name, shape: shape) { body in values.withUnsafeBufferPointer(body) }
    }

    /// A tensor whose elements live elsewhere.
    ///
    /// `lend` is called once or more often per save, and hands the elements to its argument exactly once per call; the
    /// pointer is used only during that call. The elements must not change while a checkpoint is being saved.
    public init(
        name: String, shape: [Int], lend: @escaping @Sendable ((UnsafeBufferPointer<Float>) -> Void) -> Void
    ) {
        self.name = name
        self.shape = shape
        self.lend = lend
    }

    /// The number of elements: the product of the shape.
    public var count: Int { shape.reduce(1, *) }

    /// A copy of the elements.
    public var values: [Float] { withValues { Array($0) } }

    /// Calls `body` with the elements, in place; the pointer is valid during the call.
    public func withValues<Result, Failure>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var outcome: Swift.Result<Result, Failure>?
        lend { values in
            require(
                values.count == count, "NamedTensor \(name): \(values.count) elements do not fit the shape \(shape)")
            outcome = Swift.Result { () throws(Failure) in try body(values) }
        }
        guard let outcome else { fatalError("NamedTensor \(name): lend did not call its argument") }
        return try outcome.get()
    }
}

extension NamedTensor: Equatable {
    /// Whether name, shape and every bit of the elements are equal; a NaN equals itself, and 0 differs from -0.
    public static func == (a: NamedTensor, b: NamedTensor) -> Bool {
        guard a.name == b.name, a.shape == b.shape else { return false }
        return a.withValues { x in
            b.withValues { y in zip(x, y).allSatisfy { $0.bitPattern == $1.bitPattern } }
        }
    }
}
