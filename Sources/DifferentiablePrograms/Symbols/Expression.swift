public import TensorEngine

/// A formula of numbers and variables: `x^2 * sin(a*x)`.
public indirect enum Expression: Sendable, Equatable {
    /// A number.
    case number(Double)
    /// A variable, or the constants `pi` and `e`.
    case variable(String)
    /// Summands.
    case sum([Expression])
    /// Factors.
    case product([Expression])
    /// A power.
    case power(Expression, Expression)
    /// A function of one argument.
    case function(Function, Expression)

    /// The functions that are known by name.
    public enum Function: String, Sendable, CaseIterable {
        case sin, cos, tan, exp, log, sqrt, tanh, sinh, cosh, sigmoid, softplus, relu, abs, sign
    }

    /// The constants that are known by name.
    static let constants = ["pi": Double.pi, "e": 2.718281828459045]

    /// The names of the variables, in the order of the alphabet.
    public var variables: [String] { names.sorted() }

    private var names: Set<String> {
        switch self {
        case .number: []
        case .variable(let name): Self.constants[name] == nil ? [name] : []
        case .sum(let parts), .product(let parts): parts.reduce(into: []) { $0.formUnion($1.names) }
        case .power(let base, let exponent): base.names.union(exponent.names)
        case .function(_, let argument): argument.names
        }
    }

    /// The value where the variables have these values, whose shapes broadcast; with a gradient where they are
    /// tracked. Nil for a variable without a value.
    public func value(_ variables: [String: Tensor]) -> Tensor? {
        switch self {
        case .number(let number): return Tensor(Float(number))
        case .variable(let name): return variables[name] ?? Self.constants[name].map { Tensor(Float($0)) }
        case .sum(let parts): return Self.combined(parts, variables, Tensor(0), +)
        case .product(let parts): return Self.combined(parts, variables, Tensor(1), *)
        case .power(let base, .number(let exponent)):
            return base.value(variables).map { exponent == 2 ? $0 * $0 : $0.pow(Float(exponent)) }
        case .power(let base, let exponent):
            guard let base = base.value(variables), let exponent = exponent.value(variables) else { return nil }
            return base.pow(exponent)
        case .function(let function, let argument): return argument.value(variables).map(function.value)
        }
    }

    private static func combined(
        _ parts: [Expression], _ variables: [String: Tensor], _ empty: Tensor, _ combine: (Tensor, Tensor) -> Tensor
    ) -> Tensor? {
        var result: Tensor?
        for part in parts {
            guard let value = part.value(variables) else { return nil }
            result = result.map { combine($0, value) } ?? value
        }
        return result ?? empty
    }
}

extension Expression.Function {
    /// The value, with a gradient.
    fileprivate func value(_ x: Tensor) -> Tensor {
        switch self {
        case .sin: x.sin()
        case .cos: x.cos()
        case .tan: x.sin() / x.cos()
        case .exp: x.exp()
        case .log: x.log()
        case .sqrt: x.squareRoot()
        case .tanh: x.tanh()
        case .sinh: (x.exp() - (-1 * x).exp()) * 0.5
        case .cosh: (x.exp() + (-1 * x).exp()) * 0.5
        case .sigmoid: x.sigmoid()
        case .softplus: x.softplus()
        case .relu: x.relu()
        case .abs: x.absoluteValue()
        case .sign: (x .> 0) - (x .< 0)
        }
    }

    /// The value of a number.
    func value(_ x: Double) -> Double {
        switch self {
        case .sin: Mathematics.sin(x)
        case .cos: Mathematics.cos(x)
        case .tan: Mathematics.tan(x)
        case .exp: Mathematics.exp(x)
        case .log: Mathematics.log(x)
        case .sqrt: x.squareRoot()
        case .tanh: Mathematics.tanh(x)
        case .sinh: Mathematics.sinh(x)
        case .cosh: Mathematics.cosh(x)
        case .sigmoid: 1 / (1 + Mathematics.exp(-x))
        case .softplus: x > 0 ? x + Mathematics.log(1 + Mathematics.exp(-x)) : Mathematics.log(1 + Mathematics.exp(x))
        case .relu: x > 0 ? x : 0
        case .abs: Swift.abs(x)
        case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
        }
    }
}
