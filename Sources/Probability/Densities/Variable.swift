public import TensorEngine

/// A named random variable of a density: a number, a vector or an array, in its set.
public struct Variable: Sendable {
    /// The name.
    public let name: String
    /// The sizes of the axes; empty for a number.
    public let shape: Shape
    /// The set it lies in.
    public let constraint: Constraint

    /// A variable; one that is `ordered` or a `simplex` is a vector.
    public init(_ name: String, _ shape: Shape = [], in constraint: Constraint = .real) {
        (self.name, self.shape, self.constraint) = (name, shape, constraint)
    }

    /// The number of coordinates.
    var coordinates: Int { constraint.coordinates(of: shape.count) }

    /// `name` for a number, else `name[1]`, `name[2]` …, with an index for each axis.
    static func elementNames(_ name: String, _ shape: Shape) -> [String] {
        (0..<shape.count).map { element in
            var (rest, indices): (Int, [Int]) = (element, [])
            for size in shape.sizes.reversed() {
                indices.insert(rest % size + 1, at: 0)
                rest /= size
            }
            return indices.isEmpty ? name : "\(name)[\(indices.map(String.init).joined(separator: ","))]"
        }
    }
}

/// The values of a density's variables, by name.
public struct Values {
    private let names: [String]
    private let tensors: [Tensor]

    init(_ names: [String], _ tensors: [Tensor]) { (self.names, self.tensors) = (names, tensors) }

    /// The value of the variable of this name, which there must be.
    public subscript(name: String) -> Tensor {
        guard let index = names.firstIndex(of: name) else {
            fatalError("Values: the density has no variable \(name), only \(names.joined(separator: ", "))")
        }
        return tensors[index]
    }
}
