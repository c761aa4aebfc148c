import Preconditions

/// The sizes of a tensor's axes, outermost first; empty for a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The sizes, outermost first.
    public let sizes: [Int]

    /// The shape of the given sizes, none of them negative.
    public init(_ sizes: [Int]) {
        require(sizes.allSatisfy { $0 >= 0 }, "Shape: sizes must not be negative, found \(sizes)")
        self.sizes = sizes
    }

    /// The shape of the given sizes, none of them negative.
    public init(arrayLiteral sizes: Int...) { self.init(sizes) }

    /// The number of axes.
    public var rank: Int { sizes.count }
    /// The number of elements; 1 for a scalar.
    public var count: Int { sizes.reduce(1, *) }
    /// The size of an axis.
    public subscript(axis: Int) -> Int { sizes[axis] }
    /// The size of the innermost axis; 1 for a scalar.
    public var innermost: Int { sizes.last ?? 1 }
    /// The number of rows when all axes but the innermost are taken as one.
    public var outerCount: Int { sizes.dropLast().reduce(1, *) }
    /// For each axis, how many elements apart neighbors are in row-major order.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
        return strides
    }

    /// The sizes in brackets: `[64, 10]`.
    public var description: String { sizes.description }

    /// The shape that both broadcast to, or nil when they do not fit: aligned at the innermost axis, sizes must be
    /// equal or 1.
    public func broadcast(with other: Shape) -> Shape? {
        if self == other || other.rank == 0 { return self }
        if rank == 0 { return other }
        let rank = max(rank, other.rank)
        var result = [Int](repeating: 1, count: rank)
        for place in 1...max(rank, 1) where place <= rank {
            let a = place <= self.rank ? sizes[self.rank - place] : 1
            let b = place <= other.rank ? other.sizes[other.rank - place] : 1
            guard a == b || a == 1 || b == 1 else { return nil }
            result[rank - place] = a == 1 ? b : a
        }
        return Shape(result)
    }

    /// The strides with which a tensor of this shape is read as one of shape `target`: 0 along broadcast axes.
    func strides(broadcastTo target: Shape) -> [Int] {
        let own = strides
        let missing = target.rank - rank
        return target.sizes.indices.map { axis in
            axis < missing || sizes[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }
}
