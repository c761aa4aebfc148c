public import Communication

/// The contract of `Communicator` as checks that any implementation can be put to.
///
/// Each check is collective: every rank runs it, in the same order. It throws `ContractViolation` on a rank that sees the
/// contract broken.
public enum Contract {
    /// A check: what it states, and how to see whether it holds.
    public typealias Check = (name: String, run: @Sendable (any Communicator) throws -> Void)

    /// All checks that take little time.
    public static let checks: [Check] =
        exchangeChecks + collectiveChecks + valueChecks + splitChecks + agreementChecks + mismatchChecks
        + sharedMemoryChecks

    /// Checks that move a lot of data.
    public static let largeChecks: [Check] = [("a message of 64 MiB arrives whole", exchangeLarge)]
}

/// What a rank saw that the contract does not allow.
public struct ContractViolation: Error, CustomStringConvertible {
    /// What was expected, and what was found.
    public let description: String

    /// A violation in these words.
    public init(description: String) { self.description = description }
}

/// Throws a violation unless the two are equal.
func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: @autoclosure () -> String) throws {
    guard found == expected else {
        throw ContractViolation(description: "\(what()): found \(found), expected \(expected)")
    }
}

/// The error that the body throws; a violation if it throws none.
func errorThrown(_ what: String, by body: () throws -> Void) throws -> any Error {
    do { try body() } catch { return error }
    throw ContractViolation(description: "\(what): no error was thrown")
}
