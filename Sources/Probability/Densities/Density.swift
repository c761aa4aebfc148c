import Preconditions
public import TensorEngine

/// A density that is written in tensor operations, over variables that may be constrained; its gradient comes from automatic
/// differentiation.
///
///     let schools = Density([Variable("mu"), Variable("tau", in: .above(0)), Variable("theta", [8])]) { x in
///         Normal(0, 5).logDensity(x["mu"]) + HalfCauchy(5).logDensity(x["tau"])
///             + Normal(x["mu"], x["tau"]).logDensity(x["theta"]) + Normal(x["theta"], errors).logDensity(effects)
///     }
///
/// Computes in Float32, as all tensors do.
public struct Density: LogDensity {
    /// The variables.
    public let variables: [Variable]
    public let dimension: Int
    public let quantities: [String]
    private let compute: @Sendable (Values) -> Tensor
    private let derive: @Sendable (Values) -> [(name: String, value: Tensor)]

    /// - Parameters:
    ///   - derived: further quantities to report, such as `theta` of a density over what it is made of.
    ///   - logDensity: the log density in the constrained variables, a scalar; the Jacobians of the constraints are added to it.
    public init(
        _ variables: [Variable],
        derived: @escaping @Sendable (Values) -> [(name: String, value: Tensor)] = { _ in [] },
        logDensity: @escaping @Sendable (Values) -> Tensor
    ) {
        for variable in variables where [.ordered, .simplex].contains(variable.constraint) {
            require(
                variable.shape.rank == 1 && variable.shape.count > 0,
                "Density: the variable \(variable.name) must be a vector, its shape is \(variable.shape)")
        }
        require(
            Set(variables.map(\.name)).count == variables.count, "Density: two variables have the same name")
        (self.variables, compute, derive) = (variables, logDensity, derived)
        dimension = variables.reduce(0) { $0 + $1.coordinates }
        let names = variables.map(\.name)
        let middle = Self.constrained(variables, Self.split(variables, [Double](repeating: 0, count: dimension)))
        let all =
            zip(names, middle.values).map { ($0, $1) }
            + derived(Values(names, middle.values)).map { ($0.name, $0.value) }
        quantities = all.flatMap { Variable.elementNames($0, $1.shape) }
    }

    public func logDensity(at position: [Double], gradient: inout [Double]) -> Double {
        let coordinates = Self.split(variables, position).map(\.tracked)
        let point = Self.constrained(variables, coordinates)
        var value = compute(Values(variables.map(\.name), point.values))
        for jacobian in point.jacobians { value = value + jacobian }
        let slopes = gradients(of: value, withRespectTo: coordinates)
        var start = 0
        for slope in slopes {
            slope.withElements { elements in
                for (offset, element) in elements.enumerated() { gradient[start + offset] = Double(element) }
                start += elements.count
            }
        }
        return Double(value.scalar)
    }

    public func report(at position: [Double]) -> [Double] {
        let values = Self.constrained(variables, Self.split(variables, position)).values
        let derived = derive(Values(variables.map(\.name), values)).map(\.value)
        return (values + derived).flatMap { $0.values.map(Double.init) }
    }

    /// The coordinates of each variable as a tensor of its shape.
    private static func split(_ variables: [Variable], _ position: [Double]) -> [Tensor] {
        var start = 0
        return variables.map { variable in
            let count = variable.coordinates
            let shape: Shape = variable.constraint == .simplex ? [count] : variable.shape
            defer { start += count }
            return Tensor(shape: shape) { elements in
                for offset in 0..<count { elements[offset] = Float(position[start + offset]) }
            }
        }
    }

    private static func constrained(
        _ variables: [Variable], _ coordinates: [Tensor]
    ) -> (values: [Tensor], jacobians: [Tensor]) {
        var (values, jacobians): ([Tensor], [Tensor]) = ([], [])
        for (variable, u) in zip(variables, coordinates) {
            let (value, jacobian) = variable.constraint.apply(u)
            values.append(value)
            if let jacobian { jacobians.append(jacobian) }
        }
        return (values, jacobians)
    }
}
