#if canImport(Glibc)
    @preconcurrency import Glibc
#elseif canImport(Darwin)
    @preconcurrency import Darwin
#endif

/// Ends the process with `message` unless the condition holds: for a programmer's mistake, such as shapes that do not fit.
///
/// Not the standard library's `precondition`, which omits its message in an optimized build.
@inlinable
package func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { exitWithError(message(), file: file, line: line) }
}

/// Ends the process with one line on standard error and exit code 70 (EX_SOFTWARE); `mpirun` then ends the other ranks.
///
/// Without the runtime's backtrace, which would bury the message, once for each rank. A fuzzer is to see a crash.
@usableFromInline
package func exitWithError(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    #if LOCKSTEP_FUZZ
        fatalError(message, file: file, line: line)
    #endif
    let text = Array("error: \(message) (\(file):\(line))\n".utf8)
    // what was printed before comes out first, unless another thread is printing
    if ftrylockfile(stdout) == 0 {
        fflush(stdout)
        funlockfile(stdout)
    }
    _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(70)
}
