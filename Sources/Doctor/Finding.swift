/// What a check has found.
public struct Finding: Codable, Sendable, Equatable {
    /// How bad it is.
    public enum Level: String, Codable, Sendable, Comparable {
        case ok, warning, error

        public static func < (a: Level, b: Level) -> Bool { a.order < b.order }
        private var order: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
    }

    /// `error`: training will not work; `warning`: it works, and something is worse than it could be.
    public var level: Level
    /// The check, such as `clocks`.
    public var check: String
    /// The host; nil for a finding that compares hosts.
    public var host: String?
    /// What was found, in one line.
    public var text: String
    /// What to do, in one line; nil where all is well.
    public var remedy: String?

    /// A finding.
    init(_ level: Level, _ check: String, host: String? = nil, _ text: String, remedy: String? = nil) {
        (self.level, self.check, self.host, self.text, self.remedy) = (level, check, host, text, remedy)
    }
}
