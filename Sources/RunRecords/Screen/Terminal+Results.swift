import Messages

extension Terminal {
    /// Prints a result: unchanged into a file or a pipe, and on a terminal with control characters escaped.
    public static func show(_ text: String, terminator: String = "\n") {
        let isScreen = standardOutput().columns() != nil
        print((isScreen ? text.printableLines : text) + terminator)
    }
}
