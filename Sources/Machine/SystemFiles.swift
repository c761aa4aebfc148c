import Glibc

/// The files in which the system reports its resources and the limits of a process.
///
/// A value, so that tests can substitute texts.
public struct SystemFiles: Sendable {
    private let contents: @Sendable (String) -> String?

    /// Files whose text `contents` gives by path; nil if there is none.
    public init(_ contents: @escaping @Sendable (String) -> String?) { self.contents = contents }

    /// The text of the file at `path`, or nil.
    public func callAsFunction(_ path: String) -> String? { contents(path) }

    /// Those of this system. At most a megabyte of each is read.
    public static let live = SystemFiles { path in
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 1 << 20 {
            let count = fread(&block, 1, block.count, file)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number that is all of the file at `path`; nil for another text, such as `max`.
    func number(_ path: String) -> Int? {
        self(path)?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }

    /// The number behind `name` on its line of the file at `path`.
    func number(_ name: String, in path: String) -> Int? {
        for line in self(path)?.split(separator: "\n") ?? [] {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
