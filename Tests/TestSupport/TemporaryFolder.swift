public import Foundation

/// A temporary folder of one test, removed with the last reference to it.
public final class TemporaryFolder: Sendable {
    /// The path of the folder.
    public let path: String

    /// A new, empty folder.
    public init() throws {
        path = NSTemporaryDirectory() + "lockstep-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file or folder in this folder.
    public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// The names in the folder, or in one within it, sorted.
    public func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self(folder)).sorted()
    }

    /// The bytes of the file `name`.
    public func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: self(name)))) }

    /// The text of the file `name`.
    public func text(_ name: String) throws -> String { try String(contentsOfFile: self(name), encoding: .utf8) }

    /// Writes the file `name`.
    public func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: self(name)))
    }

    /// Creates the folder `name`, with those above it.
    public func createFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
    }

    /// Renames `old` to `new`.
    public func move(_ old: String, to new: String) throws {
        try FileManager.default.moveItem(atPath: self(old), toPath: self(new))
    }

    /// Copies `old`, with everything in it, to `new`.
    public func copy(_ old: String, to new: String) throws {
        try FileManager.default.copyItem(atPath: self(old), toPath: self(new))
    }

    /// Removes the file or folder `name`.
    public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }
}

/// Calls `body` with the path of an empty folder, which is removed afterwards.
public func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try withExtendedLifetime(folder) { try body(folder.path) }
}

/// The text of the file at `path`.
public func contents(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// Every file below `path`, by its path from there, with its bytes.
public func files(below path: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory), isDirectory.boolValue {
            continue
        }
        // each start of a run puts its own lock in place of the last one
        if name == ".lock" || name.hasSuffix("/.lock") { continue }
        files[name] = try Data(contentsOf: URL(filePath: "\(path)/\(name)"))
    }
    return files
}
