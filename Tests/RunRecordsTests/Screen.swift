import Foundation
import RunRecords

/// A screen that obeys what the reporter writes: carriage return, line's end, "erase to the end of the line", and wrapping
/// switched off and on. It has `columns` columns.
final class Screen {
    /// Everything that was written, as it came.
    private(set) var written = ""
    /// The lines that stand on the screen.
    private(set) var lines = [""]
    /// The longest line that ever stood on the screen.
    private(set) var widest = 0
    /// What stood in each line that was redrawn.
    private(set) var drawings: [String] = []
    private var column = 0
    private var wraps = true
    private let columns: Int

    init(columns: Int = .max) { self.columns = columns }

    func write(_ text: String) {
        written += text
        var rest = text.replacing("\u{1b}[K", with: "\u{1}").replacing("\u{1b}[?7l", with: "\u{2}")
            .replacing("\u{1b}[?7h", with: "\u{3}")[...]
        while let character = rest.popFirst() {
            let row = lines.count - 1
            switch character {
            case "\r": column = 0
            case "\n":
                lines.append("")
                column = 0
            case "\u{1}": lines[row] = String(lines[row].prefix(column))
            case "\u{2}": wraps = false
            case "\u{3}": wraps = true
            default:
                if column >= columns {
                    if wraps {
                        lines.append(String(character))
                        column = 1
                        continue
                    }
                    column = columns - 1
                }
                lines[row] = String(lines[row].prefix(column)) + String(character) + lines[row].dropFirst(column + 1)
                column += 1
                widest = max(widest, lines[row].count)
            }
        }
        if text.hasPrefix("\r") { drawings.append(lines[lines.count - 1]) }
    }
}

/// A clock that is set by hand.
final class HandClock {
    var seconds = 0.0
}

/// A reporter, the screen it writes on and the clock it reads.
struct Watched {
    let screen = Screen()
    let clock = HandClock()
    let reporter: ProgressReporter

    init(columns: Int?, isUnicode: Bool = true) {
        let (screen, clock) = (screen, clock)
        reporter = ProgressReporter(
            terminal: Terminal(isUnicode: isUnicode) { columns }, clock: { clock.seconds }, sink: { screen.write($0) })
    }
}
