extension Expression {
    /// An equal expression: numbers are combined, equal summands and factors counted, and 0 and 1 left out.
    public var simplified: Expression {
        switch self {
        case .number, .variable: return self
        case .sum(let parts): return Self.addition(of: parts.map(\.simplified))
        case .product(let parts): return Self.multiplication(of: parts.map(\.simplified))
        case .power(let base, let exponent): return Self.powered(base.simplified, exponent.simplified)
        case .function(let function, let argument):
            let argument = argument.simplified
            if case .number(let x) = argument {
                // a number that can be written exactly stays one: sin(1) does not become 0.8414…
                let value = function.value(x)
                if value == value.rounded(), abs(value) < 1e15 { return .number(value) }
            }
            if function == .log, case .function(.exp, let inner) = argument { return inner }
            return .function(function, argument)
        }
    }

    private static func addition(of parts: [Expression]) -> Expression {
        var (number, terms): (Double, [(rest: Expression, factor: Double)]) = (0, [])
        for part in parts.flatMap({ if case .sum(let inner) = $0 { inner } else { [$0] } }) {
            if case .number(let value) = part {
                number += value
                continue
            }
            let (factor, rest) = part.splitFactor
            if let index = terms.firstIndex(where: { $0.rest == rest }) {
                terms[index].factor += factor
            } else {
                terms.append((rest, factor))
            }
        }
        var result = terms.filter { $0.factor != 0 }.map { $0.rest.scaled(by: $0.factor) }
        if number != 0 || result.isEmpty { result.append(.number(number)) }
        return result.count == 1 ? result[0] : .sum(result)
    }

    /// The number in front, and what it is the factor of.
    private var splitFactor: (Double, Expression) {
        guard case .product(let factors) = self, case .number(let number)? = factors.first else { return (1, self) }
        let rest = Array(factors.dropFirst())
        return (number, rest.count == 1 ? rest[0] : .product(rest))
    }

    private func scaled(by factor: Double) -> Expression {
        if factor == 1 { return self }
        if case .product(let factors) = self { return .product([.number(factor)] + factors) }
        return .product([.number(factor), self])
    }

    private static func multiplication(of parts: [Expression]) -> Expression {
        var (number, factors): (Double, [(base: Expression, exponents: [Expression])]) = (1, [])
        for part in parts.flatMap({ if case .product(let inner) = $0 { inner } else { [$0] } }) {
            if case .number(let value) = part {
                number *= value
                continue
            }
            var (base, exponent) = (part, Expression.number(1))
            if case .power(let inner, let own) = part { (base, exponent) = (inner, own) }
            if let index = factors.firstIndex(where: { $0.base == base }) {
                factors[index].exponents.append(exponent)
            } else {
                factors.append((base, [exponent]))
            }
        }
        if number == 0 { return .number(0) }
        var rest: [Expression] = []
        for (base, exponents) in factors {
            let factor = powered(base, exponents.count == 1 ? exponents[0] : addition(of: exponents))
            if case .number(let value) = factor { number *= value } else { rest.append(factor) }
        }
        if rest.isEmpty { return .number(number) }
        if number != 1 { rest.insert(.number(number), at: 0) }
        return rest.count == 1 ? rest[0] : .product(rest)
    }

    private static func powered(_ base: Expression, _ exponent: Expression) -> Expression {
        switch (base, exponent) {
        case (_, .number(0)): return .number(1)
        case (_, .number(1)): return base
        case (.number(let base), .number(let exponent)):
            let value = Mathematics.pow(base, exponent)
            let isExact = value.isFinite && (value == value.rounded() || exponent == -1) && abs(value) < 1e15
            return isExact ? .number(value) : .power(.number(base), .number(exponent))
        // whole powers of powers: (x²)³ = x⁶, whatever the sign of x
        case (.power(let inner, .number(let first)), .number(let second))
        where first == first.rounded() && second == second.rounded():
            return powered(inner, .number(first * second))
        case (.product(let factors), .number(let exponent)) where exponent == exponent.rounded():
            return multiplication(of: factors.map { powered($0, .number(exponent)) })
        default: return .power(base, exponent)
        }
    }
}
