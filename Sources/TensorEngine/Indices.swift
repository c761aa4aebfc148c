import Preconditions

/// An array of Int32: class labels or tokens. Nothing is differentiated with respect to it.
public struct Indices: Sendable, Equatable {
    /// The elements in row-major order.
    public let values: [Int32]
    /// The sizes of the axes.
    public let shape: Shape

    /// A vector of indices.
    public init(_ values: [Int32]) { self.init(values, shape: [values.count]) }

    /// Indices of the given shape, in row-major order.
    public init(_ values: [Int32], shape: Shape) {
        require(values.count == shape.count, "Indices: \(values.count) values do not fill the shape \(shape)")
        (self.values, self.shape) = (values, shape)
    }

    /// The number of elements.
    public var count: Int { values.count }
}
