/// How a process ended.
public enum Exit: Equatable, Sendable {
    /// With this exit code.
    case code(Int32)
    /// Killed by this signal.
    case signal(Int32)
}

/// What a command did.
public struct Outcome: CustomStringConvertible, Sendable {
    /// The command, word by word.
    public let command: [String]
    /// How it ended.
    public let exit: Exit
    /// Its standard output.
    public let output: String
    /// Its standard error.
    public let errors: String

    /// The lines of Lockstep on the standard error; those of mpirun begin otherwise.
    public var errorLines: [Substring] { lines(beginningWith: "error") }
    /// The warnings of Lockstep on the standard error.
    public var warnings: [Substring] { lines(beginningWith: "warning") }

    private func lines(beginningWith word: String) -> [Substring] {
        errors.split(separator: "\n").filter { $0.lowercased().hasPrefix(word) }
    }

    /// All of it.
    public var description: String {
        "\(command.joined(separator: " "))\nended with \(exit)\n--- stdout\n\(output)\n--- stderr\n\(errors.suffix(3000))"
    }
}
