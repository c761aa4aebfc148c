import Foundation

/// A folder of a test's own, removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "lockstep-checkpoints-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in this folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// What is in the folder, or in one within it, sorted.
    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self(folder)).sorted()
    }

    func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: self(name)))) }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    }

    func createFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: self(name), withIntermediateDirectories: true)
    }

    func move(_ old: String, to new: String) throws {
        try FileManager.default.moveItem(atPath: self(old), toPath: self(new))
    }

    func copy(_ old: String, to new: String) throws {
        try FileManager.default.copyItem(atPath: self(old), toPath: self(new))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self(name)) }
}
