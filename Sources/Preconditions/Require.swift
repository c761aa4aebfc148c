/// Ends the program with `message` unless the condition holds: for mistakes of the programmer, such as shapes that do not fit.
///
/// Not the standard library's `precondition`, which keeps its message to itself in an optimized build.
@inlinable
package func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { fatalError(message(), file: file, line: line) }
}
