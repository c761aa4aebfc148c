import Glibc

/// How the names of files in one folder say their classes, and which are to test on.
public struct FileNaming: Sendable, Equatable {
    /// What is between two wildcards, and what the wildcards are.
    private enum Piece: Sendable, Equatable {
        case text([UInt8])
        /// Anything, at least one character where it has a name.
        case anything(isLabel: Bool, least: Int)
    }

    /// The pattern as it was given.
    public let pattern: String
    /// A glob of the names to test on; nil: none are named.
    public let test: String?
    private let pieces: [Piece]

    /// Names of this pattern, without their endings: `{label}` stands for the class, another name in braces and `*` for anything.
    ///
    /// Nil unless `{label}` is there once. Each wildcard but the last takes as little as possible: of `yes_no_1` the label is `yes`
    /// with `{label}_*`, and `yes_no` with `{label}_{take}` there is none shorter that fits. `test` is a glob as of a shell, for
    /// whole names: `*_[0-4].wav`.
    public init?(pattern: String, test: String?) {
        var (pieces, text, labels): ([Piece], [UInt8], Int) = ([], [], 0)
        func flush() {
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
        }
        var rest = Array(pattern.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                flush()
                pieces.append(.anything(isLabel: false, least: 0))
            case UInt8(ascii: "{"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
                flush()
                let isLabel = String(decoding: rest[..<end], as: UTF8.self) == "label"
                labels += isLabel ? 1 : 0
                pieces.append(.anything(isLabel: isLabel, least: 1))
                rest = rest[(end + 1)...]
            case UInt8(ascii: "}"): return nil
            default: text.append(byte)
            }
        }
        flush()
        guard labels == 1 else { return nil }
        (self.pattern, self.test, self.pieces) = (pattern, test, pieces)
    }

    /// The class that a file's name says; nil where it does not fit the pattern.
    package func label(of name: String) -> String? {
        let end = name.lastIndex(of: ".").flatMap { $0 > name.startIndex ? $0 : nil } ?? name.endIndex
        var found: Range<Int>?
        let bytes = Array(name[..<end].utf8)
        guard matches(bytes[...], pieces[...], &found), let found else { return nil }
        return String(validating: bytes[found], as: UTF8.self)
    }

    /// Whether a file of this name is to test on.
    func isTest(_ name: String) -> Bool { test.map { fnmatch($0, name, 0) == 0 } ?? false }

    /// Whether `bytes` fit the pieces; backtracking from the shortest fit on.
    private func matches(_ bytes: ArraySlice<UInt8>, _ pieces: ArraySlice<Piece>, _ label: inout Range<Int>?) -> Bool {
        guard let piece = pieces.first else { return bytes.isEmpty }
        let others = pieces.dropFirst()
        switch piece {
        case .text(let text): return bytes.starts(with: text) && matches(bytes.dropFirst(text.count), others, &label)
        case .anything(let isLabel, let least):
            guard bytes.count >= least else { return false }
            for count in least...bytes.count where matches(bytes.dropFirst(count), others, &label) {
                if isLabel { label = bytes.startIndex..<(bytes.startIndex + count) }
                return true
            }
            return false
        }
    }
}
