import Messages

extension Expression {
    /// Reads a formula of numbers, variables, `+ - * / ^`, parentheses and the functions that are known; `^` binds to
    /// the right and stronger than a sign.
    public init(_ text: String) throws {
        var parser = ExpressionParser(text)
        self = try parser.whole()
    }
}

/// A formula cannot be read; one line with what was found and where.
public struct ExpressionError: Error, CustomStringConvertible, Equatable {
    let text, found, expected: String
    /// The number of the character, from 1.
    let position: Int

    public var description: String {
        "\(text): found \(found) at character \(position), expected \(expected)"
    }
}

/// Recursive descent over the characters of a formula.
private struct ExpressionParser {
    private let characters: [Character]
    private var position = 0
    private var depth = 0

    /// Nested parentheses and signs: more are a mistake, and would need a large stack.
    private static let deepest = 200

    init(_ text: String) { characters = Array(text) }

    mutating func whole() throws -> Expression {
        let result = try sum()
        guard peek() == nil else { throw error("an operator or the end") }
        return result
    }

    private mutating func peek() -> Character? {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        return position < characters.count ? characters[position] : nil
    }

    private mutating func take(_ character: Character) -> Bool {
        guard peek() == character else { return false }
        position += 1
        return true
    }

    private mutating func sum() throws -> Expression {
        var parts = [try product()]
        while let next = peek(), next == "+" || next == "-" {
            position += 1
            let part = try product()
            parts.append(next == "+" ? part : .product([.number(-1), part]))
        }
        return parts.count == 1 ? parts[0] : .sum(parts)
    }

    private mutating func product() throws -> Expression {
        var factors = [try signed()]
        while let next = peek(), next == "*" || next == "/" {
            position += 1
            if next == "*", take("*") { throw error("a factor (powers are written ^)") }
            let factor = try signed()
            factors.append(next == "*" ? factor : .power(factor, .number(-1)))
        }
        return factors.count == 1 ? factors[0] : .product(factors)
    }

    private mutating func signed() throws -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw error("at most \(Self.deepest) nested parentheses and signs") }
        if take("-") { return .product([.number(-1), try signed()]) }
        if take("+") { return try signed() }
        let base = try atom()
        return take("^") ? .power(base, try signed()) : base
    }

    private mutating func atom() throws -> Expression {
        guard let next = peek() else { throw error("a number, a variable or a parenthesis") }
        if take("(") {
            let inner = try sum()
            guard take(")") else { throw error("a closing parenthesis") }
            return inner
        }
        if next.isASCII, next.isNumber || next == "." { return .number(try number()) }
        guard next.isLetter || next == "_" else { throw error("a number, a variable or a parenthesis") }
        let start = position
        while position < characters.count,
            characters[position].isLetter || characters[position].isNumber || characters[position] == "_"
        {
            position += 1
        }
        let name = String(characters[start..<position])
        guard peek() == "(" else { return .variable(name) }
        guard let function = Expression.Function(rawValue: name == "ln" ? "log" : name) else {
            position = start
            throw error("one of \(Expression.Function.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return .function(function, try atom())
    }

    private mutating func number() throws -> Double {
        let start = position
        func isDigit(_ index: Int) -> Bool {
            index < characters.count && characters[index].isASCII && characters[index].isNumber
        }
        while isDigit(position) || (position < characters.count && characters[position] == ".") { position += 1 }
        if position < characters.count, characters[position] == "e" || characters[position] == "E" {
            let sign = position + 1 < characters.count && "+-".contains(characters[position + 1]) ? 1 : 0
            if isDigit(position + 1 + sign) {
                position += 1 + sign
                while isDigit(position) { position += 1 }
            }
        }
        guard let value = Double(String(characters[start..<position])), value.isFinite else {
            position = start
            throw error("a decimal number")
        }
        return value
    }

    private func error(_ expected: String) -> ExpressionError {
        let found =
            position < characters.count ? "\"\(String(characters[position...].prefix(20)).printable)\"" : "the end"
        return ExpressionError(
            text: String(characters.prefix(60)).printable, found: found, expected: expected, position: position + 1)
    }
}
