/// What is wrong with a file's content, before it is known in which file.
package struct Flaw: Error, Equatable {
    package let found: String
    package let expected: String

    package init(found: String, expected: String) { (self.found, self.expected) = (found, expected) }

    /// The error about the file at `path`.
    package func error(in path: String) -> CheckpointError { .unusable(path: path, found: found, expected: expected) }
}
