import Foundation

/// The directory of one run: its settings, manifest, metrics and checkpoints.
///
/// Only the rank that keeps the run log makes or changes it.
public struct RunDirectory: Sendable, Equatable {
    /// Path of the directory, without a slash at its end.
    public let path: String

    /// The file with the settings in force.
    public var settingsPath: String { path + "/settings.yaml" }
    /// The file with the starts of the run.
    public var manifestPath: String { path + "/manifest.json" }
    /// The file with one JSON object a line for what happened.
    public var metricsPath: String { path + "/metrics.jsonl" }
    /// The file with the confusion matrix of the last evaluation of a classifier.
    public var confusionPath: String { path + "/confusion.json" }
    /// The file with the reliability of the last evaluation of a classifier, by confidence.
    public var calibrationPath: String { path + "/calibration.json" }
    /// The directory of the checkpoints.
    public var checkpointsPath: String { path + "/checkpoints" }
    /// The directory of pictures of generated samples.
    public var samplesPath: String { path + "/samples" }

    package init(path: String) { self.path = Self.trimmed(path) }

    /// `path` without slashes at its end.
    package static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Makes the directory and those above it for a new run; an existing one must not hold a run.
    public static func create(at path: String) throws(RunLogError) -> RunDirectory {
        guard !path.isEmpty else { throw .emptyPath }
        let directory = RunDirectory(path: path)
        try makeDirectories(directory.path)
        if let found = directory.traceOfRun { throw .holdsRun(directory: directory.path, found: found) }
        try directory.checkWritable()
        return directory
    }

    /// The directory of an earlier run, to resume it.
    public static func existing(at path: String) throws(RunLogError) -> RunDirectory {
        guard !path.isEmpty else { throw .emptyPath }
        let directory = RunDirectory(path: path)
        guard let isDirectory = kind(of: directory.path) else { throw .noRun(directory: directory.path) }
        guard isDirectory else { throw .notDirectory(directory.path) }
        guard directory.traceOfRun != nil else { throw .noRun(directory: directory.path) }
        try directory.checkWritable()
        return directory
    }

    /// Locks the directory until the lock is deinitialized or the process ends; an error if another process holds it,
    /// unless that is a leftover of an earlier start of the same job.
    ///
    /// An advisory lock (flock) on the file `.lock`; if the file system has no locks, the last who asks has it.
    package func lock(for start: StartIdentity? = nil) throws(RunLogError) -> RunLock {
        let start = if let start { start } else { try StartIdentity.current() }
        return try RunLock(directory: path, start: start)
    }

    /// Writes `settings.yaml`.
    /// - Parameter settings: the settings as YAML.
    public func write(settings: String) throws(RunLogError) {
        try FileContents.replace(settingsPath, with: settings.utf8)
    }

    /// The first file or folder that shows that the directory holds a run; nil if it holds none.
    package var traceOfRun: String? {
        ["manifest.json", "metrics.jsonl", "checkpoints"].first { FileContents.exists(path + "/" + $0) }
    }

    private func checkWritable() throws(RunLogError) {
        guard access(path, W_OK | X_OK) == 0 else { throw .last("write into", path) }
    }

    /// Whether there is a directory at `path`; nil if there is nothing.
    private static func kind(of path: String) -> Bool? {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) ? isDirectory.boolValue : nil
    }

    /// Makes the directory at `path` and those above it, where there are none.
    package static func makeDirectories(_ path: String) throws(RunLogError) {
        if let isDirectory = kind(of: path) {
            guard isDirectory else { throw .notDirectory(path) }
            return
        }
        let parent = path.pathParts.folder
        if !parent.isEmpty, parent != path { try makeDirectories(parent) }
        // somebody else may have made it meanwhile
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .last("create", path) }
    }
}
