extension Expression: CustomStringConvertible {
    /// As it is parsed, with no more parentheses than are needed: `2*x*sin(x) - x^2`.
    public var description: String { text(above: 0) }

    /// How strongly the outermost operation binds: sums 1, products 2, powers 3, others 4.
    private var strength: Int {
        switch self {
        case .number(let value): value < 0 ? 1 : 4
        case .sum: 1
        case .product: 2
        // 1 / x is written as a quotient
        case .power(_, .number(let exponent)) where exponent < 0: 2
        case .power: 3
        case .variable, .function: 4
        }
    }

    private func text(above least: Int) -> String { strength > least ? bare : "(\(bare))" }

    private var bare: String {
        switch self {
        case .number(let value): return Self.text(value)
        case .variable(let name): return name
        case .sum(let parts):
            return parts.enumerated().map { index, part in
                let (isNegative, rest) = part.withoutSign
                if index == 0 { return (isNegative ? "-" : "") + rest.text(above: 1) }
                return (isNegative ? " - " : " + ") + rest.text(above: 1)
            }.joined()
        case .product(let factors): return Self.quotient(factors)
        case .power(_, .number(let exponent)) where exponent < 0: return Self.quotient([self])
        case .power(let base, let exponent): return "\(base.text(above: 3))^\(exponent.text(above: 3))"
        case .function(let function, let argument): return "\(function.rawValue)(\(argument))"
        }
    }

    /// Without a minus in front.
    private var withoutSign: (isNegative: Bool, rest: Expression) {
        switch self {
        case .number(let value) where value < 0: return (true, .number(-value))
        case .product(let factors):
            guard case .number(let value)? = factors.first, value < 0 else { return (false, self) }
            let rest = Array(factors.dropFirst())
            if value != -1 { return (true, .product([.number(-value)] + rest)) }
            return (true, rest.count == 1 ? rest[0] : .product(rest))
        default: return (false, self)
        }
    }

    /// Factors, of which those with negative powers stand below.
    private static func quotient(_ factors: [Expression]) -> String {
        let product = Expression.product(factors).withoutSign
        let parts = if case .product(let parts) = product.rest { parts } else { [product.rest] }
        var (above, below): ([Expression], [Expression]) = ([], [])
        for part in parts {
            if case .power(let base, .number(let exponent)) = part, exponent < 0 {
                below.append(exponent == -1 ? base : .power(base, .number(-exponent)))
            } else {
                above.append(part)
            }
        }
        let sign = product.isNegative ? "-" : ""
        let top = above.isEmpty ? "1" : above.map { $0.text(above: 1) }.joined(separator: "*")
        if below.isEmpty { return sign + top }
        let bottom =
            below.count == 1
            ? below[0].text(above: 2) : "(" + below.map { $0.text(above: 1) }.joined(separator: "*") + ")"
        return "\(sign)\(top)/\(bottom)"
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
