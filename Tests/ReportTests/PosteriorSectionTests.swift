import Foundation
import Report
import RunRecords
import Testing

@Suite("Posteriors in a report")
struct PosteriorSectionTests {
    private static func quantity(_ index: Int, drawn: Bool, rHat: Double = 1) -> PosteriorDraws.Quantity {
        let chains = (0..<2).map { chain in (0..<100).map { Float(($0 * 37 + 11 * chain) % 100) } }
        return PosteriorDraws.Quantity(
            name: "theta[\(index)]<", chains: drawn ? chains : [], mean: 49.5, deviation: 28.9, low: 4.5, median: 49.5,
            high: 94.5, rHat: rHat, bulkESS: 1234, tailESS: 900)
    }

    @Test("Each quantity has a density, a trace and its numbers; of many the first are drawn and the others counted")
    func quantities() throws {
        let all = (0..<30).map {
            Self.quantity($0, drawn: $0 < PosteriorDraws.mostDrawn, rHat: $0 == 3 ? 1.2 : 1.001)
        }
        let posterior = PosteriorDraws(chains: 2, draws: 100, quantities: all)
        let html = ReportPage(runs: [try RecordedRun("nuts", posterior: posterior).run]).html
        let section = RecordedRun.section("Posterior", of: html)
        #expect(section.components(separatedBy: "aria-label=\"density over ").count == 1 + PosteriorDraws.mostDrawn)
        #expect(section.components(separatedBy: " over draw\"").count == 1 + PosteriorDraws.mostDrawn)
        #expect(
            section.contains("R-hat of 1 quantity is above 1.01") && section.contains("6 quantities are not drawn."))
        #expect(section.contains("mean 49.5, sd 28.9, 90 % from 4.5 to 94.5; R-hat 1.200, ESS 1,234 bulk, 900 tail"))
        #expect(section.contains("theta[29]&lt;") && !section.contains("theta[29]<<"))
        // the mean and both ends of the interval are marked
        let figure = try #require(section.components(separatedBy: "<figure>").dropFirst().first)
        #expect(figure.components(separatedBy: "class=\"mark\"").count == 4)
        #expect(figure.contains("<title>chain 2</title>"))
    }

    @Test("Draws that are constant or not finite are no reason to fail")
    func degenerate() throws {
        let values: [[Float]] = [[2, 2, 2, 2], [.nan, .infinity, 2, 2], [.nan, .nan, .nan, .nan]]
        let quantities = values.map {
            PosteriorDraws.Quantity(
                name: "x", chains: [$0], mean: 2, deviation: 0, low: 2, median: 2, high: 2, rHat: .nan, bulkESS: .nan,
                tailESS: .nan)
        }
        let posterior = PosteriorDraws(chains: 1, draws: 4, quantities: quantities)
        let html = ReportPage(runs: [try RecordedRun("nuts", posterior: posterior).run]).html
        #expect(html.contains("R-hat of 3 quantities is above 1.01") && html.contains("R-hat nan"))
    }

    /// 2000 evenly spread values in [0, 1]: the density is 1 everywhere, up to the bounds.
    @Test("A density has the area 1, and does not fall off at a bound")
    func density() {
        let even = (0..<2000).map { (Double($0) + 0.5) / 2000 }
        let points = DensityCurve(even, in: 0...1).points
        #expect(abs(points.reduce(0) { $0 + $1.y } / Double(points.count) - 1) < 1e-9)
        #expect(points.allSatisfy { abs($0.y - 1) < 0.05 })
        #expect(DensityCurve([3, 3], in: 0...1).points.isEmpty && DensityCurve([3], in: 0...1).points.isEmpty)
    }
}
