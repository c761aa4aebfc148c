import Messages

/// The notes of a checkpoint, as it was saved: values from outside are bounded before anything computes with them.
public struct SavedNotes: Sendable {
    private let values: [String: String]
    /// The optimizer steps of the run.
    public let step: Int

    /// A count that no run exceeds.
    public static let largestCount = 1_000_000_000_000

    /// The notes of a run after `step` steps.
    public init(_ values: [String: String], step: Int) { (self.values, self.step) = (values, max(0, step)) }

    /// The text of this name; nil where there is none.
    public subscript(name: String) -> String? { values[name] }

    /// The integer of this name; throws where it is not in `range`.
    public func integer(_ name: String, in range: ClosedRange<Int> = 0...largestCount) throws -> Int? {
        try value(name, "an integer from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The number of this name; throws where it is not in `range`, as NaN never is.
    public func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        try value(name, "a number from \(range.lowerBound) to \(range.upperBound)") {
            Double($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Whether `name` is `true`; throws where it is another text than `true` or `false`.
    public func flag(_ name: String) throws -> Bool? { try value(name, "true or false") { Bool($0) } }

    /// A finite number.
    public static let finite = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    private func value<Value>(_ name: String, _ expected: String, _ read: (String) -> Value?) throws -> Value? {
        guard let text = values[name] else { return nil }
        guard let value = read(text) else { throw Flaw(name: name, found: text, expected: expected) }
        return value
    }

    /// A value that no run can have saved.
    public struct Flaw: Error, Equatable, CustomStringConvertible {
        let name, found, expected: String

        /// What was found, and what was expected.
        public var description: String {
            "the saved progress \(name) is \"\(found.prefix(40))\", and must be \(expected): the checkpoint's state.json was changed"
        }
    }
}
