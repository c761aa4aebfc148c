/// What is wrong with a file's content, before it is known in which file.
struct Flaw: Error, Equatable {
    let found: String
    let expected: String

    /// The error about the file at `path`.
    func error(in path: String) -> CheckpointError { .unusable(path: path, found: found, expected: expected) }
}
