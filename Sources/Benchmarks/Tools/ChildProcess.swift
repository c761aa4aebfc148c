import Glibc

/// A command that is run to its end, in the terminal's process group, so that Ctrl-C ends it as well.
enum ChildProcess {
    /// Runs `command`, the first of which is looked for in the PATH, with this process's environment changed by
    /// `environment`; its standard error is ours. Returns its exit code and what it has written to its standard output.
    static func run(_ command: [String], environment: [String: String] = [:]) throws -> (code: Int32, output: String) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw CannotStart(command: command[0], code: errno) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        for end in ends { posix_spawn_file_actions_addclose(&actions, end) }

        let assignments = environment.map { "\($0.key)=\($0.value)" }
        // The strings are ours, until the process has been made.
        var arguments = (["env"] + assignments + command).map { strdup($0) } + [nil]
        defer { for text in arguments { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "env", &actions, nil, &arguments, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard code == 0 else { throw CannotStart(command: command[0], code: code) }
        let output = readAll(ends[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        // WIFEXITED, WEXITSTATUS and WTERMSIG are macros
        return (status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f, output)
    }

    private static func readAll(_ file: Int32) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &piece, piece.count)
            if count > 0 { bytes += piece[..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a program of this name is in the PATH.
    static func isInstalled(_ program: String) -> Bool {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}

struct CannotStart: Error, CustomStringConvertible {
    let command: String
    let code: Int32

    var description: String { "cannot start \(command): \(String(cString: strerror(code)))" }
}
