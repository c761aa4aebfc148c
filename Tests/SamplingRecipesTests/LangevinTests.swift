import Communication
import Datasets
import Foundation
import Probability
import Recipes
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("Langevin dynamics")
struct LangevinTests {
    /// A line through numbers with normal noise of unknown variance: its posterior is, but for terms of 1/n, normal around the
    /// least-squares line, with the variance s²/n of the intercept and of the slope of a standardized feature, and 2/n of ln s².
    ///
    /// Steps of size η and momentum m widen the variance 1/(n·h) of a coordinate of curvature h by 1/(1 - η·h/(2·(1 + m))), which is
    /// the variance of the process x ← (1 + m - η·h)·x - m·x' + noise of variance 2·(1 - m)·η/n.
    @Test("draws from the posterior of a regression", arguments: [("sgld", 0.3, 0.0), ("sghmc", 0.15, 0.7)])
    func regression(model: String, rate: Double, momentum: Double) throws {
        let folder = try TemporaryFolder()
        let n = 100.0
        let x = (0..<100).map { Double($0) }
        // noise that is not a function of the feature
        let y = x.enumerated().map { 0.028 * $1 + sin(Double($0 * $0)) }
        let rows = zip(x, y).map { "\($0),\($1)\n" }.joined()
        try folder.write(("x,y\n" + rows).utf8, to: "line.csv")

        var request = TrainingRequest(target: "bayes", runDirectory: folder("run"))
        request.overrides = try [
            "model.name=\(model)", "data.path=\(folder("line.csv"))", "csv.target=y", "data.test_fraction=0",
            "model.hidden=[]", "global_batch=full", "bayes.prior=100", "bayes.draws=1000", "bayes.burn_in=100",
            "bayes.thinning=2", "steps=2100", "optimizer.learning_rate=\(rate)", "optimizer.momentum=\(momentum)",
            "checkpoint.every=0", "log.every=1000",
        ].map { try SettingOverride(assignment: $0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 1) { communicator in
            _ = try TrainingProgram(asked, catalog: .all, communicator: communicator).run()
        }
        let saved = try SavedModel(path: folder("run"), RecipeCatalog.all.settings)
        let task = try RecipeCatalog.all.recipe(named: "bayes").makeTask(
            saved.settings, preparation: saved.preparation, loader: .alone)
        try saved.load(into: task.model)
        let kept = Dictionary(
            uniqueKeysWithValues: task.model.parameters.named.map {
                ($0.name, $0.parameter.value.values.map(Double.init))
            })
        let weights = try #require(kept["samples.layers_0_weight"])
        let biases = try #require(kept["samples.layers_0_bias"])
        #expect(kept["samples.count"] == [1000] && weights.count == 2000 && biases.count == 2000)

        // feature and target are standardized
        let (xs, ys) = (Self.standardized(x), Self.standardized(y))
        let slope = zip(xs, ys).reduce(0) { $0 + $1.0 * $1.1 } / n
        let variance = 1 - slope * slope
        // mean, variance and curvature of the mean loss
        let expected: [(String, [Double], mean: Double, variance: Double, curvature: Double)] = [
            ("slope", weights.even, slope, variance / n, 1 / variance),
            ("intercept", biases.even, 0, variance / n, 1 / variance),
            ("ln s²", biases.odd, log(variance), 2 / n, 0.5), ("its slope", weights.odd, .nan, 2 / n, 0.5),
        ]
        var (ratios, errors) = (0.0, 0.0)
        for (name, draws, mean, variance, curvature) in expected {
            let wide = variance / (1 - rate * curvature / (2 * (1 + momentum)))
            let found = ChainDiagnostics([draws])
            let squares = ChainDiagnostics([draws.map { ($0 - found.mean) * ($0 - found.mean) }])
            // 4 Monte Carlo errors, and the terms of 1/n
            if !mean.isNaN { #expect(abs(found.mean - mean) < 4 * found.meanMCSE + 1 / n, "\(name)") }
            #expect(abs(squares.mean - wide) < 4 * squares.meanMCSE + 3 * wide / n, "\(name): \(squares.mean / wide)")
            #expect(squares.meanESS > 100, "\(name)")
            ratios += squares.mean / wide / 4
            errors += squares.meanMCSE * squares.meanMCSE / (wide * wide) / 16
        }
        // all four together have a smaller error
        #expect(abs(ratios - 1) < 4 * errors.squareRoot() + 3 / n, "\(ratios)")
    }

    private static func standardized(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return values.map { ($0 - mean) / square.squareRoot() }
    }
}

extension [Double] {
    /// The elements of even and of odd index.
    fileprivate var even: [Double] { indices.filter { $0 % 2 == 0 }.map { self[$0] } }
    fileprivate var odd: [Double] { indices.filter { $0 % 2 == 1 }.map { self[$0] } }
}
