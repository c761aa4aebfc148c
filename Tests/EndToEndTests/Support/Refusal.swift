import TestSupport
import Testing

/// Expects that the program refused: exit code 1 and one line that begins with "error" and has each of `parts` in it;
/// alone nothing else on the standard error. A crash, with its trace, is no refusal.
func expectRefusal(
    _ outcome: Outcome, mentioning parts: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
    let line = outcome.errorLines.first ?? ""
    var problems = parts.filter { !line.contains($0) }.map { "the message lacks \"\($0)\"" }
    if outcome.exit != .code(1) { problems.append("the exit code should be 1") }
    if outcome.errorLines.count != 1 { problems.append("\(outcome.errorLines.count) lines begin with error") }
    if ["Fatal error", "rashed", "Backtrac"].contains(where: outcome.errors.contains) { problems.append("it crashed") }
    if outcome.command[0] != "mpirun", outcome.errors != line + "\n" { problems.append("it says more than the error") }
    #expect(problems.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
}
