import Messages

/// A configuration that cannot be used; its description is one line that says what was found, where, and what to do.
public enum SettingsError: Error, Equatable, Sendable {
    /// No setting has this name.
    case unknownKey(String, source: String, nearest: String?)
    /// `requirement` completes "*key* must …".
    case badValue(key: String, found: String, requirement: String, source: String)
    /// A section was given a value of its own.
    case valueForGroup(String, example: String, source: String)
    /// A file has two values for a setting.
    case givenTwice(key: String, source: String)
    /// A file does not say which recipe it is for.
    case missingRecipe(file: String)
    /// `--set` was given something else than `KEY=VALUE`.
    case notAnAssignment(String, source: String)
    /// A file cannot be read.
    case unreadable(file: String, reason: String)
    /// A file that is not YAML, or not a mapping; `place` is the file and, where known, the line.
    case malformed(place: String, problem: String)
    /// A resumed run cannot change the setting.
    case fixedOnResume(key: String, saved: String, given: String, source: String)
    /// Values of several settings that do not go together.
    case conflict(String)
}

extension SettingsError: CustomStringConvertible {
    /// The command that lists all keys.
    private static var listing: String { "\(ProgramName.current) settings" }

    /// The error in one line.
    public var description: String {
        switch self {
        case .unknownKey(let name, let source, let nearest):
            "unknown setting \(shown(name)) (from \(source))" + (nearest.map { "; did you mean \($0)?" } ?? ";")
                + " '\(Self.listing)' lists them all"
        case .badValue(let key, let found, let requirement, let source):
            "\(key) must \(requirement), found \(shown(found)) (from \(source))"
        case .valueForGroup(let group, let example, let source):
            "\(group) is a group of settings such as \(example) and takes no value of its own (from \(source))"
        case .givenTwice(let key, let source):
            "\(key) is given twice (from \(source)); keep one"
        case .missingRecipe(let file):
            "\(file) does not name its recipe; add a line 'recipe: NAME' ('\(ProgramName.current) recipes' lists them)"
        case .notAnAssignment(let text, let source):
            "\(source) takes KEY=VALUE, found \(shown(text))"
        case .unreadable(let file, let reason):
            "cannot read \(file): \(reason)"
        case .malformed(let place, let problem):
            "\(place): \(problem)"
        case .fixedOnResume(let key, let saved, let given, let source):
            "\(key) is \(shown(saved)) in the saved run and cannot become \(shown(given)) (from \(source));"
                + " start a new run or drop it"
        case .conflict(let problem):
            problem
        }
    }

    /// `text` on one line, in quotes where its ends would be unclear.
    private func shown(_ text: String) -> String {
        let line = String(text.prefix(60).map { $0.isNewline ? " " : $0 }) + (text.count > 60 ? "…" : "")
        return line.isEmpty || line.contains(where: \.isWhitespace) && !line.hasPrefix("[") ? "\"\(line)\"" : line
    }
}
