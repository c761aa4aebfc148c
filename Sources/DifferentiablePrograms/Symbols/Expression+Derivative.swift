extension Expression {
    /// The derivative with respect to a variable, simplified.
    public func derivative(by variable: String) -> Expression { simplified.slope(by: variable).simplified }

    private func slope(by variable: String) -> Expression {
        switch self {
        case .number: return .number(0)
        case .variable(let name): return .number(name == variable ? 1 : 0)
        case .sum(let parts): return .sum(parts.map { $0.slope(by: variable) })
        case .product(let parts):
            return .sum(
                parts.indices.map { index in
                    var factors = parts
                    factors[index] = parts[index].slope(by: variable)
                    return .product(factors)
                })
        case .power(let base, .number(let exponent)):
            return .product([
                .number(exponent), .power(base, .number(exponent - 1)), base.slope(by: variable),
            ])
        case .power(let base, let exponent):
            // (bᵉ)′ = bᵉ·(e′·ln b + e·b′/b); of a constant base or exponent one summand
            let byExponent = Expression.product([self, exponent.slope(by: variable), .function(.log, base)])
            if !base.variables.contains(variable) { return byExponent }
            let byBase = Expression.product([
                exponent, .power(base, .sum([exponent, .number(-1)])), base.slope(by: variable),
            ])
            return exponent.variables.contains(variable) ? .sum([byExponent, byBase]) : byBase
        case .function(let function, let x):
            return .product([function.slope(x), x.slope(by: variable)])
        }
    }
}

extension Expression.Function {
    /// The derivative by the argument.
    fileprivate func slope(_ x: Expression) -> Expression {
        func of(_ function: Self) -> Expression { .function(function, x) }
        func square(_ expression: Expression) -> Expression { .power(expression, .number(2)) }
        func minus(_ expression: Expression) -> Expression { .product([.number(-1), expression]) }
        switch self {
        case .sin: return of(.cos)
        case .cos: return minus(of(.sin))
        case .tan: return .sum([.number(1), square(of(.tan))])
        case .exp: return of(.exp)
        case .log: return .power(x, .number(-1))
        case .sqrt: return .product([.number(0.5), .power(of(.sqrt), .number(-1))])
        case .tanh: return .sum([.number(1), minus(square(of(.tanh)))])
        case .sinh: return of(.cosh)
        case .cosh: return of(.sinh)
        case .sigmoid: return .product([of(.sigmoid), .sum([.number(1), minus(of(.sigmoid))])])
        case .softplus: return of(.sigmoid)
        // 0 at 0, as relu has it
        case .relu: return .function(.relu, .function(.sign, x))
        case .abs: return of(.sign)
        case .sign: return .number(0)
        }
    }
}
