import Messages

extension Terminal {
    /// Prints a result: as it is into a file or a pipe, and on a screen without what a terminal would obey.
    public static func show(_ text: String, terminator: String = "\n") {
        let isScreen = standardOutput().columns() != nil
        print((isScreen ? text.printableLines : text) + terminator)
    }
}
