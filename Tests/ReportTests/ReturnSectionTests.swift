import Foundation
import Report
import RunRecords
import Testing

@Suite("Returns, fitness and regret in a report")
struct ReturnSectionTests {
    private typealias Run = RecordedRun

    /// 100 environment steps for each of 20 optimizer steps, of which every second is recorded; evaluations after 5 and 20.
    private static func acting(_ name: String, metrics: [String] = ["environment_steps"]) throws -> RecordedRun {
        let steps = stride(from: 2, through: 20, by: 2).map { step in
            var values = ["episode_return": Double(step)]
            for name in metrics { values[name] = 100 * Double(step) }
            return Run.step(step, values)
        }
        let tests = [(5, 4.0), (20, 30)].map { step, mean in
            Run.evaluation(step, ["episode_return": mean, "return_deviation": 2])
        }
        return try Run(name, steps + tests)
    }

    @Test("Returns are over the steps of environments, those of evaluations with their standard deviation")
    func returns() throws {
        let html = ReportPage(runs: [try Self.acting("first").run]).html
        let section = Run.section("Returns", of: html)
        #expect(section.contains("return of an episode over environment steps"))
        let curves = Run.curves(section)
        let (training, tests) = (try #require(curves["training"]), try #require(curves["evaluation"]))
        #expect(training.count == 10 && tests.count == 2)
        // both end after 2000 steps; those of the first evaluation, 500, are between the records of 400 and 600
        #expect(tests[1].x == training[9].x)
        #expect(abs(tests[0].x - (training[1].x + training[2].x) / 2) < 0.11)
        let outline = try #require(section.firstMatch(of: /<polygon class="band c0" points="([^"]*)"/)?.1)
        let band = outline.split(separator: " ").map { $0.split(separator: ",").map { Double($0) ?? .nan } }
        // upper edge forward, lower edge back: the mean lies in the middle of both
        #expect(band.count == 4 && band[0][0] == tests[0].x && band[3][0] == tests[0].x)
        #expect(abs((band[0][1] + band[3][1]) / 2 - tests[0].y) < 0.11 && band[3][1] > band[0][1])
        // an axis has no chart of its own
        #expect(!html.contains("environment steps over step"))
    }

    @Test("Several runs have one chart; one without environment steps has its own axis")
    func severalReturns() throws {
        let runs = [try Self.acting("first"), try Self.acting("second"), try Self.acting("old", metrics: [])]
        let section = Run.section("Returns", of: ReportPage(runs: runs.map(\.run)).html)
        let charts = section.components(separatedBy: "<figure>").dropFirst()
        #expect(charts.count == 2)
        #expect(charts.first?.contains("second, evaluation") == true && charts.first?.contains("old") == false)
        #expect(charts.last?.contains("return of an episode over step") == true)
    }

    @Test(
        "The fitness of a generation is its mean, minus the loss, and its best; of functions the logarithm of the value"
    )
    func fitness() throws {
        func page(_ fitness: (Int) -> Double) throws -> String {
            let records = (1...8).map { step in
                Run.step(
                    step, loss: -2 * fitness(step),
                    ["generation_best": fitness(step), "best_fitness": fitness(step)])
            }
            return Run.section("Fitness", of: ReportPage(runs: [try Run("es", records).run]).html)
        }
        let rising = try page { Double($0) }
        #expect(rising.contains("\"fitness over generation\""))
        let curves = Run.curves(rising)
        // the mean of twice the best is above it: smaller in the picture
        #expect((curves["mean of the generation"]?[7].y ?? 0) < (curves["best so far"]?[7].y ?? 0))
        let falling = try page { -pow(10, 3 - Double($0)) }
        #expect(falling.contains("minus fitness (log scale) over generation"))
        let line = try #require(Run.curves(falling)["best so far"]).map(\.y)
        // a straight line on a logarithmic axis
        #expect(zip(line, line.dropFirst()).allSatisfy { abs(($1 - $0) - (line[1] - line[0])) < 0.21 })
    }

    @Test("The regret of a round counts from 0 to what the last evaluation tells of the end")
    func regret() throws {
        func run(_ name: String, _ slope: Double) throws -> RecordedRun {
            let steps = (1...4).map { step in
                Run.step(10 * step, ["cumulative_regret": slope * Double(10 * step - 1)])
            }
            let last = ["cumulative_regret": slope * 40, "least_squares_regret": 20]
            return try Run(name, steps + [Run.evaluation(40, last)])
        }
        let runs = [try run("ucb", 1), try run("greedy", 2)]
        let section = Run.section("Regret", of: ReportPage(runs: runs.map(\.run)).html)
        #expect(section.contains("cumulative regret over round"))
        let curves = Run.curves(section)
        let (ucb, greedy) = (try #require(curves["ucb"]), try #require(curves["greedy"]))
        #expect(ucb.count == 6 && greedy.count == 6)
        // from 0 to half of what ucb has
        let linear = try #require(curves["greedy, least squares over all rows"])
        #expect(linear.count == 2 && linear[0].y == ucb[0].y && linear[1].x == ucb[5].x)
        #expect(abs((ucb[0].y - ucb[5].y) - 2 * (linear[0].y - linear[1].y)) < 0.21)
        // straight lines through 0, of which one rises twice as fast: heights above the base
        let base = ucb[0].y
        #expect(greedy[0].y == base)
        #expect(abs((base - greedy[5].y) - 2 * (base - ucb[5].y)) < 0.21)
    }

    @Test("Runs without episodes, generations or arms have none of these sections")
    func none() throws {
        let html = ReportPage(runs: [try Run("plain", [Run.step(1, [:]), Run.evaluation(1, [:])]).run]).html
        for title in ["Returns", "Fitness", "Regret", "Calibration", "Posterior"] {
            #expect(!html.contains("<h2>\(title)"))
        }
    }
}
