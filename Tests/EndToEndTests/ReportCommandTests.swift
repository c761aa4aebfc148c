import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The command report")
    struct ReportCommandTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("draws the posterior of a run by its draws and their summary, and names files that do not fit")
        func posterior() throws {
            let values = ["nuts.chains=2", "nuts.iterations=20", "nuts.warmup=20", "epochs=3", "model.width=3"]
            try place.run(
                .alone,
                ["train", "nuts", "--model", "normal", "--run-dir", place.folder("run")]
                    + values.flatMap { ["--set", $0] })
            try place.run(.ranks(2), ["report", place.folder("run")])
            let html = try place.folder.text("run/report.html")
            #expect(html.contains("2 chains of 40 draws after the warm-up, of 3 quantities."))
            #expect(html.components(separatedBy: " over draw\"").count == 4)
            // the mean of the table is that of the summary
            let summary = try place.folder.text("run/posterior/summary.csv")
            let fields = summary.split(separator: "\n")[1].split(separator: ",")
            let mean = String(format: "%.4g", try #require(Double(fields[1])))
            #expect(html.contains("<td>\(fields[0].dropFirst().dropLast())</td><td class=\"n\">\(mean)</td>"))

            let lines = summary.split(separator: "\n")
            for (text, found) in [
                (lines.dropLast().joined(separator: "\n"), "found 2 quantities, expected 3"),
                (summary.replacing("r_hat", with: "rhat"), "found no column r_hat"),
                (summary.replacing(fields[1], with: "x"), "\"x\" in line 2"), ("", "found no rows"),
            ] {
                try place.folder.write(text.utf8, to: "run/posterior/summary.csv")
                let outcome = try place.attempt(.alone, ["report", place.folder("run")])
                #expect(outcome.exit == .code(1) && outcome.errors.contains(found), "\(outcome)")
            }
            try place.folder.write("\u{93}NUMPY".utf8, to: "run/posterior/draws.npy")
            let outcome = try place.attempt(.alone, ["report", place.folder("run")])
            #expect(outcome.exit == .code(1) && outcome.errors.contains("draws.npy"), "\(outcome)")
        }
    }
}
