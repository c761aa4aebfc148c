import Foundation

/// The program's version and the revision of the source it was built from.
public enum LockstepVersion {
    /// The version.
    public static let number = "0.1.0"

    /// The git revision of the checkout that the program lies in, or nil where it was copied elsewhere.
    public static var revision: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        var folder = URL(filePath: program).deletingLastPathComponent()
        while folder.path != "/" {
            let git = folder.appending(path: ".git")
            if let head = text(git.appending(path: "HEAD")) { return revision(head, in: git) }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// HEAD is a revision, or the name of a reference, which has a file of its own or a line in packed-refs.
    private static func revision(_ head: String, in git: URL) -> String? {
        guard head.hasPrefix("ref: ") else { return head }
        let name = String(head.dropFirst(5))
        if let revision = text(git.appending(path: name)) { return revision }
        return text(git.appending(path: "packed-refs"))?.split(separator: "\n")
            .first { $0.hasSuffix(" " + name) }.map { String($0.prefix { $0 != " " }) }
    }

    private static func text(_ file: URL) -> String? {
        (try? String(contentsOf: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
