import Foundation
import Probability
import TestSupport
import Testing

@Suite("Langevin dynamics")
struct LangevinTests {
    /// A regression on orthogonal features with known noise of deviation σ: its posterior is normal around the
    /// least-squares weights, each of the variance 1/(n·h), h = 1/σ², but for the wide prior.
    ///
    /// Steps of size η and momentum m widen the variance 1/(n·h) of a coordinate of curvature h by 1/(1 - η·h/(2·(1 +
    /// m))), which is the variance of the process x ← (1 + m - η·h)·x - m·x' + noise of variance 2·(1 - m)·η/n.
    @Test("draws from the posterior of a regression", arguments: [("sgld", 0.3, 0.0), ("sghmc", 0.15, 0.7)])
    func regression(model: String, rate: Double, momentum: Double) throws {
        let (n, features, draws, sigma) = (100, 24, 160, 0.8)
        let x = (1...features).map { k in (0..<n).map { 2.0.squareRoot() * cos(2 * .pi * Double(k * $0) / Double(n)) } }
        // noise that is not a function of the features
        let y = TrainedTable.standardized((0..<n).map { 0.4 * x[0][$0] - 0.7 * x[5][$0] + sin(Double($0 * $0)) })
        let rows = (0..<n).map { row in x.map { $0[row] } + [y[row]] }
        let kept = try TrainedTable(
            ((1...features).map { "x\($0)" } + ["y"]).joined(separator: ","), rows: rows, in: TemporaryFolder(),
            [
                "model.name=\(model)", "model.hidden=[]", "global_batch=full", "bayes.prior=100",
                "bayes.noise=\(sigma)", "bayes.draws=\(draws)", "bayes.burn_in=60", "bayes.thinning=2",
                "steps=\(60 + 2 * draws)", "optimizer.learning_rate=\(rate)", "optimizer.momentum=\(momentum)",
                "checkpoint.every=0",
            ]
        ).values
        let weights = try #require(kept["samples.layers_0_weight"])
        let biases = try #require(kept["samples.layers_0_bias"])
        #expect(kept["samples.count"] == [Double(draws)] && biases.count == draws)

        let curvature = 1 / (sigma * sigma) + 1 / (Double(n) * 1e4)
        let wide = 1 / (Double(n) * curvature) / (1 - rate * curvature / (2 * (1 + momentum)))
        // all coordinates together have a smaller error than each
        var (ratios, errors, effective) = (0.0, 0.0, 0.0)
        for k in 0...features {
            let chain = k < features ? (0..<draws).map { weights[features * $0 + k] } : biases
            let slope = k < features ? zip(x[k], y).reduce(0) { $0 + $1.0 * $1.1 } / Double(n) : 0
            let mean = slope / (sigma * sigma) / curvature
            let found = ChainDiagnostics([chain])
            // around the mean that is known
            let squares = ChainDiagnostics([chain.map { ($0 - mean) * ($0 - mean) }])
            #expect(abs(found.mean - mean) < 4 * found.meanMCSE, "\(k)")
            #expect(abs(squares.mean - wide) < 4 * squares.meanMCSE, "\(k): \(squares.mean / wide)")
            let count = Double(features + 1)
            ratios += squares.mean / wide / count
            errors += squares.meanMCSE * squares.meanMCSE / (wide * wide) / (count * count)
            effective += squares.meanESS
        }
        #expect(abs(ratios - 1) < 4 * errors.squareRoot(), "\(ratios) \(errors.squareRoot())")
        #expect(errors.squareRoot() < 0.04 && effective > 400, "\(effective)")
    }
}
