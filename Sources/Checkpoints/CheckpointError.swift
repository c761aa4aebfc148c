import Messages

/// An error of saving or loading a checkpoint: of the file system, or of a file's content.
public enum CheckpointError: Error, Sendable, Equatable {
    /// The operating system refused; `attempt` completes "cannot …".
    case refused(attempt: String, path: String, reason: String)

    /// A file or folder does not hold what it should.
    case unusable(path: String, found: String, expected: String)

    /// A checkpoint of `bytesNeeded` bytes was not saved; those saved earlier are as they were.
    case notSaved(path: String, reason: String, bytesNeeded: Int)

    /// This process may no longer write: a later start has taken over. Nothing was saved, and nothing has changed.
    case overtaken(reason: String)

    /// The checkpoint was saved, but an old one could not be removed.
    case notPruned(saved: String, reason: String)

    /// There is no checkpoint of that step; `available` lists those that there are.
    case noSuchStep(Int, directory: String, available: [Int])

    /// There are checkpoints, and none of them can be used.
    case noneUsable(directory: String, reasons: [String])
}

extension CheckpointError: CustomStringConvertible {
    /// One line: what was attempted, what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .refused(let attempt, let path, let reason):
            "cannot \(attempt) \(path): \(reason)"
        case .unusable(let path, let found, let expected):
            "cannot use \(path): found \(found), expected \(expected)"
        case .notSaved(let path, let reason, let bytesNeeded):
            "cannot save the checkpoint \(path), which needs \(bytesNeeded) bytes: \(reason); the earlier checkpoints "
                + "are untouched; make room or permit writing there, then start again to resume from the newest"
        case .overtaken(let reason):
            reason
        case .notPruned(let saved, let reason):
            "saved the checkpoint \(saved), but \(reason); remove the old checkpoints by hand, or the disk will fill"
        case .noSuchStep(let step, let directory, let available) where available.isEmpty:
            "cannot load step \(step) from \(directory): found no checkpoint there; name another folder"
        case .noSuchStep(let step, let directory, let available):
            "cannot load step \(step) from \(directory): found only the steps "
                + available.listed() + "; name one of them"
        case .noneUsable(let directory, let reasons):
            "cannot resume from \(directory): every checkpoint there is damaged (\(reasons.listed(limit: 5, separator: "; ", longest: 700))); "
                + "restore one from a copy, or name an empty folder to begin anew"
        }
    }
}

extension CheckpointError {
    /// What went wrong, without what it has spoiled.
    package var cause: String {
        switch self {
        case .notSaved(_, let reason, _), .notPruned(_, let reason), .overtaken(let reason): reason
        default: description
        }
    }
}
