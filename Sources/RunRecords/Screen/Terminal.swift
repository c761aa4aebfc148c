import Foundation

/// The abilities of the standard output.
public struct Terminal: Sendable {
    /// The current width of the terminal in columns; nil if the standard output is not a terminal.
    public let columns: @Sendable () -> Int?
    /// Whether it shows characters beyond ASCII.
    public let isUnicode: Bool

    /// A terminal with these abilities.
    public init(isUnicode: Bool, columns: @escaping @Sendable () -> Int?) {
        self.isUnicode = isUnicode
        self.columns = columns
    }

    /// The standard output of this process.
    ///
    /// Open MPI gives each rank a pseudo-terminal even when its own output goes to a file; the size of its window is 0
    /// then. So a terminal counts as one only if it has a width. A launcher that knows better says so in
    /// `LOCKSTEP_TERMINAL`: the width at the start, or 0 if there is no terminal. The user may narrow it afterwards:
    /// where this process can see the user's terminal, the present width counts if it is less.
    public static func standardOutput(environment: [String: String]? = nil) -> Terminal {
        let environment = environment ?? ProcessInfo.processInfo.environment
        let isDumb = environment["TERM"] == "dumb"
        let told = environment["LOCKSTEP_TERMINAL"].flatMap { Int($0) }
        let users = (told ?? 0) > 0 ? ControllingTerminal() : nil
        return Terminal(isUnicode: isUnicode(environment)) {
            var size = winsize()
            guard !isDumb, told != 0, isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
            else { return nil }
            if size.ws_col > 0 { return Int(size.ws_col) }
            return told.map { min($0, users?.columns ?? $0) }
        }
    }

    /// Whether the locale's character set is UTF-8; the first of these variables that is not empty decides (POSIX).
    package static func isUnicode(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.uppercased().replacing("-", with: "").contains("UTF8")
    }

    /// Writes `text` to the standard output at once. A closed pipe does not end a training.
    public static func print(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // the buffer lives until the call returns
                write(STDOUT_FILENO, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }
}

/// The controlling terminal (`/dev/tty`), if the process has one.
private final class ControllingTerminal: Sendable {
    private let file: Int32

    init?() {
        file = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        if file < 0 { return nil }
    }

    deinit { close(file) }

    /// Its present width; nil if it has none.
    var columns: Int? {
        var size = winsize()
        return ioctl(file, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}
