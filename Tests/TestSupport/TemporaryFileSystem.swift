import Foundation

/// A file system in memory, mounted as long as the last reference to it lives.
public final class TemporaryFileSystem {
    private let folder: TemporaryFolder
    private let path: String

    /// Whether this process may mount file systems.
    public static let isPermitted: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        return (try? TemporaryFileSystem("disk", in: folder, options: "size=1m")) != nil
    }()

    /// Mounts one at `name` in `folder`, with these options of tmpfs(5).
    public init(_ name: String, in folder: TemporaryFolder, options: String) throws {
        (self.folder, path) = (folder, folder(name))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.execute(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path])
    }

    deinit { try? Self.execute(["umount", "--lazy", path]) }

    /// Changes its options, such as its size; what is in it stays.
    public func remount(_ options: String) throws { try Self.execute(["mount", "-o", "remount,\(options)", path]) }

    private static func execute(_ command: [String]) throws {
        let outcome = try Job(command, in: "/").finish(within: 10)
        guard outcome.exit == .code(0) else { throw NotMounted(outcome: outcome) }
    }
}

private struct NotMounted: Error, CustomStringConvertible {
    let outcome: Outcome
    var description: String { "the file system was not changed: \(outcome)" }
}
