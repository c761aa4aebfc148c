import Foundation
import Report
import RunRecords
import TestSupport
import Testing

@Suite("Calibration in a report")
struct CalibrationSectionTests {
    /// Of 10 intervals two have predictions: |0.5 - 0.65| of 10 and |0.9 - 0.8| of 30.
    private static let report = {
        var bins = [CalibrationReport.Bin](repeating: .init(count: 0, correct: 0, confidence: 0), count: 10)
        bins[6] = .init(count: 10, correct: 5, confidence: 0.65)
        bins[7] = .init(count: 30, correct: 27, confidence: 0.8)
        return CalibrationReport(step: 7, bins: bins)
    }()

    @Test("A reliability diagram has a bar for each bin with predictions, and their number")
    func diagram() throws {
        let html = ReportPage(runs: [try RecordedRun("bayes", calibration: Self.report).run]).html
        let section = RecordedRun.section("Calibration", of: html)
        // (10 · 0.15 + 30 · 0.1) / 40
        #expect(section.contains("(ECE) 11.25 %, largest of a bin 15.00 %, 40 predictions"))
        #expect(section.components(separatedBy: "<rect class=\"p0\"").count == 3)
        let bars = section.matches(
            of: /<rect class="(p0|confidence|counts)" x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)"/)
        let (tops, heights) = (bars.map { Double($0.2) ?? .nan }, bars.map { Double($0.3) ?? .nan })
        // accuracies 0.5 and 0.9, mean confidences 0.15 above and 0.1 below them: marks of 2.5 in the middle
        #expect(abs(heights[0] / heights[3] - 0.5 / 0.9) < 0.01)
        let distances = [tops[0] - tops[1] - 1.25, tops[4] + 1.25 - tops[3]]
        #expect(abs(distances[0] / heights[0] - 0.15 / 0.5) < 0.01 && abs(distances[1] / heights[3] - 0.1 / 0.9) < 0.01)
        // of the counts 10 and 30 the first is a third of the other
        #expect(abs(heights[2] * 3 - heights[5]) < 0.3)
        #expect(section.contains("60 to 70 %: 10 predictions, mean confidence 65.00 %, accuracy 50.00 %"))
    }

    @Test("Intervals of a regression have their coverage beside their probability")
    func coverage() throws {
        let metrics = ["coverage_50": 0.4, "coverage_90": 0.9, "coverage_95": 0.97, "rmse": 1]
        let run = try RecordedRun("bayes", [RecordedRun.evaluation(3, metrics)]).run
        let section = RecordedRun.section("Calibration", of: ReportPage(runs: [run]).html)
        let curves = RecordedRun.curves(section)
        let (found, diagonal) = (try #require(curves["bayes"]), try #require(curves["as predicted"]))
        #expect(found.count == 3 && found[0].x == diagonal[0].x)
        // below the diagonal at 50 %: further down in the picture
        #expect(found[0].y > diagonal[0].y)
    }

    @Test("The file of a run is read, and a damaged one is named")
    func file() throws {
        let folder = try TemporaryFolder()
        let directory = try RunDirectory.create(at: folder("run"))
        #expect(try CalibrationReport.read(directory) == nil)
        try folder.write(
            #"{"step":7,"bins":[{"count":3,"correct":2,"confidence":0.5}]}"#.utf8, to: "run/calibration.json")
        #expect(try CalibrationReport.read(directory)?.bins[0].accuracy == 2.0 / 3)
        for bin in [
            #"{"count":3,"correct":4,"confidence":0.5}"#, #"{"count":-3,"correct":0,"confidence":0.5}"#,
            #"{"count":3,"correct":2,"confidence":2}"#, "",
        ] {
            try folder.write(#"{"step":7,"bins":[\#(bin)]}"#.utf8, to: "run/calibration.json")
            let error = #expect(throws: RunLogError.self) { try CalibrationReport.read(directory) }
            #expect("\(try #require(error))".contains("run/calibration.json"))
        }
    }
}
