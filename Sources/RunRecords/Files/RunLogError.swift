import Foundation
import Messages

/// A run directory or log that cannot be used; its description is one line that says what was attempted and found.
public enum RunLogError: Error, Equatable, Sendable {
    /// Another process is writing a run into the directory.
    case inUse(directory: String)
    /// Another start has taken the directory from this one; `by` and `own` are these starts in words.
    case overtaken(directory: String, by: String?, own: String)
    /// LOCKSTEP_GENERATION is no number of a start.
    case generation(String)
    /// A new run was to begin where `found` shows that there is one.
    case holdsRun(directory: String, found: String)
    case notDirectory(String)
    /// The name of a directory is empty.
    case emptyPath
    /// Nothing to resume in this directory.
    case noRun(directory: String)
    /// Nothing to read of a run in this directory.
    case noHistory(directory: String)
    /// Nothing to resume among the runs below this directory.
    case noRuns(parent: String, recipe: String?)
    /// Several runs below this directory could be meant.
    case severalRuns(parent: String, recipe: String?, names: [String])
    /// The system refused; `attempt` is a verb such as `write`, `reason` the system's words.
    case system(attempt: String, path: String, reason: String)
    /// A file of the run that does not hold what it should.
    case malformed(path: String, problem: String)

    /// The error of the system call that has just failed.
    package static func last(_ attempt: String, _ path: String) -> RunLogError {
        let code = errno
        return .system(attempt: attempt, path: path, reason: String(cString: strerror(code)))
    }
}

extension RunLogError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        switch self {
        case .inUse(let directory):
            "\(directory) is in use by a run that is still going; wait for its end or stop it, or choose another --run-dir"
        case .overtaken(let directory, let later, let own):
            "\(directory) is written by a later start now\(later.map { " (\($0))" } ?? ""): this one (\(own)) ends, and has changed nothing there since"
        case .generation(let text):
            "LOCKSTEP_GENERATION is \"\(text.printable.shortened(to: 100))\", expected the number of this start of the job, from 1; leave it to the launcher"
        case .holdsRun(let directory, let found):
            "\(directory) already holds a run (\(found)); continue it with --resume or choose another --run-dir"
        case .notDirectory(let path):
            "\(path) is not a directory; choose another --run-dir"
        case .emptyPath:
            "--run-dir is empty; name a directory, or leave it out for a new one below runs"
        case .noRun(let directory):
            "\(directory) holds no run to resume; start one without --resume"
        case .noHistory(let directory):
            "found no run in \(directory.isEmpty ? "\"\"" : directory), expected a run directory with metrics.jsonl; name one, such as runs/NAME"
        case .noRuns(let parent, let recipe):
            "there is no run \(recipe.map { "of \($0) " } ?? "")in \(parent) to resume; name one with --run-dir"
        case .severalRuns(let parent, let recipe, let names):
            "\(names.count) runs \(recipe.map { "of \($0) " } ?? "")in \(parent) could be meant: "
                + names.listed() + "; name one with --run-dir"
        case .system(let attempt, let path, let reason):
            "cannot \(attempt) \(path): \(reason)"
                + (["create", "write into"].contains(attempt)
                    ? "; permit writing there, or choose another --run-dir" : "")
        case .malformed(let path, let problem):
            "\(path) is damaged: \(problem)"
        }
    }
}
