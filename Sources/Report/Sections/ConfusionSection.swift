import Messages
import RunRecords

/// The confusion matrix of a run's last evaluation, and its most frequent errors.
struct ConfusionSection {
    let run: ReportedRun

    /// The most classes that are drawn; of more there is only the list of errors.
    private static let mostClasses = 40
    private static let mostErrors = 12

    var html: String {
        guard let matrix = run.confusion else { return "" }
        let step = "After step \(Readable.count(matrix.step)). "
        // numbers from a file, whose sums stay within bounds
        let counts = matrix.counts.map { row in row.map { min($0, 1 << 40) } }
        let picture =
            matrix.classes.count <= Self.mostClasses
            ? HeatMap(classes: matrix.classes, counts: counts).svg
                + HTML.note(
                    step
                        + "The shade is the share of the true class, for errors its square root; at the right the share that was recognized."
                ) : HTML.note(step + "\(Readable.count(matrix.classes.count)) classes are too many for a picture.")
        let errors = counts.enumerated().flatMap { row, counts in
            counts.enumerated().filter { $0.offset != row && $0.element > 0 }.map { (row, $0.offset, $0.element) }
        }.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }
        let rows = errors.prefix(Self.mostErrors).map { row, column, count in
            [matrix.classes[row], matrix.classes[column], Readable.count(count)]
        }
        let more =
            errors.count > rows.count ? "and \(Readable.count(errors.count - rows.count)) other kinds of errors" : ""
        return "<div class=\"pair\"><div>\(picture)</div><div>"
            + HTML.table(["true class", "taken for", "samples"], Array(rows), texts: 2) + HTML.note(more)
            + "</div></div>"
    }
}
