import Foundation

/// Lines over a number, drawn by gnuplot.
public struct Plot: Sendable {
    /// The style of a line.
    enum Style: Sendable {
        /// A measured quantity, of some.
        case measured(Int)
        /// The ideal.
        case ideal
        /// An upper bound, of the measured quantity of this number; nil: of all.
        case bound(Int?)
    }

    struct Line: Sendable {
        let title: String
        let style: Style
        let points: [(x: Double, y: Double)]
    }

    /// One plot of several, side by side.
    struct Panel: Sendable {
        let title, x, y: String
        /// Further commands of gnuplot.
        var settings: [String] = []
        var lines: [Line] = []
    }

    let panels: [Panel]

    /// Checks that there is gnuplot, and that it can write `path`: before what is plotted is measured.
    public static func check(_ path: String) throws {
        guard terminal(path, panels: 1) != nil else { throw NoPlot.ending(path) }
        guard ChildProcess.isInstalled("gnuplot") else { throw NoPlot.noGnuplot }
    }

    /// Draws, to a file that ends in .svg or .png.
    public func write(to path: String) throws {
        try Self.check(path)
        let script = NSTemporaryDirectory() + "lockstep-\(UUID().uuidString).gnuplot"
        try self.script(path).write(toFile: script, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: script) }
        let (code, _) = try ChildProcess.run(["gnuplot", script])
        guard code == 0 else { throw NoPlot.failed(path, code) }
    }

    private static func terminal(_ path: String, panels: Int) -> String? {
        let size = "size \(760 * panels),540"
        if path.hasSuffix(".svg") {
            return "svg \(size) background 'white' font 'Helvetica,15' linewidth 1.2 dynamic"
        }
        return path.hasSuffix(".png") ? "pngcairo \(size) background 'white' font 'Helvetica,12' linewidth 1.4" : nil
    }

    /// The commands that draw to `path`.
    package func script(_ path: String) -> String {
        var lines = [
            "set encoding utf8", "set terminal \(Self.terminal(path, panels: panels.count) ?? "dumb")",
            "set output '\(path.replacing("'", with: "''"))'",
            "set border 3 linecolor rgb '#666666'", "set tics nomirror textcolor rgb '#333333'",
            "set grid linecolor rgb '#dddddd' linetype 1",
            "set key below Left reverse samplen 3 spacing 1.2 maxrows 3 textcolor rgb '#333333'",
        ]
        if panels.count > 1 { lines.append("set multiplot layout 1,\(panels.count)") }
        for (number, panel) in panels.enumerated() {
            for (place, line) in panel.lines.enumerated() {
                lines.append("$data\(number)_\(place) << EOD")
                lines += line.points.map { "\($0.x) \($0.y)" } + ["EOD"]
            }
            lines += ["unset logscale", "set format", "set xtics autofreq", "set autoscale"] + panel.settings
            lines += [
                "set title \(Self.quoted(panel.title))", "set xlabel \(Self.quoted(panel.x))",
                "set ylabel \(Self.quoted(panel.y))",
            ]
            let drawn = panel.lines.enumerated().map { place, line in
                "$data\(number)_\(place) using 1:2 with \(line.style.text) title \(Self.quoted(line.title))"
            }
            lines.append("plot " + drawn.joined(separator: ", "))
        }
        if panels.count > 1 { lines.append("unset multiplot") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The range of a logarithmic axis x that holds `values`, with room at both ends: gnuplot leaves a tick out that
    /// lies at the end of its range but for rounding.
    static func logarithmicRange(_ values: [Double]) -> String {
        "set xrange [\((values.min() ?? 1) / 1.2):\((values.max() ?? 1) * 1.2)]"
    }

    /// A text that is taken as it is.
    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "' noenhanced" }
}

extension Plot.Style {
    /// Colors that are distinguishable with color blindness (Okabe and Ito, 2008).
    private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

    fileprivate var text: String {
        switch self {
        case .measured(let place):
            "linespoints linecolor rgb '\(Self.colors[place % Self.colors.count])' linewidth 2 pointtype 7 pointsize 0.8"
        case .ideal: "lines linecolor rgb '#aaaaaa' linewidth 1.5 dashtype 2"
        case .bound(let place):
            "lines linecolor rgb '\(place.map { Self.colors[$0 % Self.colors.count] } ?? "#555555")' linewidth 1.5 dashtype 4"
        }
    }
}

/// Why there is no plot.
enum NoPlot: Error, CustomStringConvertible {
    case ending(String)
    case noGnuplot
    case failed(String, Int32)

    var description: String {
        switch self {
        case .ending(let path): "--plot is \"\(path)\", and must end in .svg or .png"
        case .noGnuplot:
            "--plot needs gnuplot, which is not in the PATH; install it (Debian: apt-get install gnuplot-nox), or leave --plot out and take the figures from --json"
        case .failed(let path, let code):
            "gnuplot could not draw \(path): it ended with code \(code); see what it says above"
        }
    }
}
