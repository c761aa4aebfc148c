import Foundation
import TestSupport
import Testing

/// A linear regression of two correlated features with known noise σ and a prior of deviation s: the posterior of the
/// weights and the bias is normal, of precision Λ = XᵀX/σ² + I/s² and mean Λ⁻¹·Xᵀy/σ². Source: Bishop, "Pattern
/// recognition and machine learning", 2006, equations 3.50 and 3.51.
@Suite("Posteriors of a linear regression")
struct ConjugateTests {
    private let folder: TemporaryFolder
    private let rows: [[Double]]
    /// Λ, and its inverse.
    private let precision, covariance: [[Double]]
    private let mean: [Double]
    private static let (noise, prior) = (0.5, 0.7)

    init() throws {
        folder = try TemporaryFolder()
        rows = (0..<60).map { n in
            let a = sin(Double(n * n))
            let b = a + 0.6 * cos(Double(3 * n * n + 1))
            return [a, b, 0.8 * a - 0.3 * b + 0.4 * sin(Double(5 * n * n + 2))]
        }
        let columns = (0..<3).map { [rows] column in TrainedTable.standardized(rows.map { $0[column] }) }
        let x = columns.dropLast() + [[Double](repeating: 1, count: 60)]
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let square = Self.noise * Self.noise
        precision = (0..<3).map { i in
            (0..<3).map { j in product(x[i], x[j]) / square + (i == j ? 1 / (Self.prior * Self.prior) : 0) }
        }
        // the features are centered: the bias is independent of both weights
        let p = precision
        let determinant = p[0][0] * p[1][1] - p[0][1] * p[1][0]
        covariance = [
            [p[1][1] / determinant, -p[0][1] / determinant, 0], [-p[1][0] / determinant, p[0][0] / determinant, 0],
            [0, 0, 1 / p[2][2]],
        ]
        mean = covariance.map { row in (0..<3).reduce(0) { $0 + row[$1] * product(x[$1], columns[2]) / square } }
    }

    private func train(_ model: String, _ settings: [String]) throws -> [String: [Double]] {
        let common = [
            "model.name=\(model)", "model.hidden=[]", "global_batch=full", "bayes.noise=\(Self.noise)",
            "bayes.prior=\(Self.prior)", "checkpoint.every=0",
        ]
        return try TrainedTable("a,b,y", rows: rows, in: folder, common + settings).values
    }

    /// Largest difference of two matrices, in units of the deviations of their coordinates.
    private func distance(_ found: [[Double]]) -> Double {
        var largest = 0.0
        for i in 0..<3 {
            for j in 0..<3 {
                let scale = (covariance[i][i] * covariance[j][j]).squareRoot()
                largest = max(largest, abs(found[i][j] - covariance[i][j]) / scale)
            }
        }
        return largest
    }

    private func distance(mean found: [Double]) -> Double {
        (0..<3).map { abs(found[$0] - mean[$0]) / covariance[$0][$0].squareRoot() }.max() ?? .nan
    }

    @Test("are found by variational inference with all covariances")
    func fullCovariance() throws {
        let values = try train(
            "full-covariance",
            ["optimizer.learning_rate=0.2", "schedule.name=cosine", "steps=700", "bayes.initial_deviation=0.3"])
        let spread = try #require(values["blocks.0.spread"])
        let factor = try #require(values["blocks.0.factor"])
        func u(_ i: Int, _ j: Int) -> Double { i == j ? log1p(exp(spread[i])) : i < j ? factor[3 * i + j] : 0 }
        let found = (0..<3).map { i in (0..<3).map { j in (0..<3).reduce(0) { $0 + u($1, i) * u($1, j) } } }
        #expect(distance(found) < 0.01)
        #expect(distance(mean: try #require(values["blocks.0.mean"])) < 0.01)
    }

    /// The best of independent normal distributions has the variances 1/Λᵢᵢ (Bishop, section 10.1.2), here a fourth of
    /// the posterior's and less.
    @Test("are too narrow in mean-field variational inference, and without covariances")
    func meanField() throws {
        let values = try train(
            "backprop",
            ["optimizer.learning_rate=0.02", "schedule.name=cosine", "steps=800", "bayes.initial_deviation=0.3"])
        let spreads = try #require(values["layers.0.spread"]) + #require(values["layers.0.bias_spread"])
        let means = try #require(values["layers.0.mean"]) + #require(values["layers.0.bias_mean"])
        for (index, spread) in spreads.enumerated() {
            let deviation = log1p(exp(spread))
            #expect(abs(deviation * precision[index][index].squareRoot() - 1) < 0.1)
        }
        #expect(distance(mean: means) < 0.3)
        #expect(covariance[0][0] * precision[0][0] > 3 && covariance[0][1] < 0)
    }

    private static let descent = ["optimizer.name=sgd", "optimizer.learning_rate=0.2", "steps=300"]

    @Test("are the Laplace approximation's with Kronecker factors")
    func kronecker() throws {
        let values = try train("laplace-kronecker", Self.descent)
        let (vectors, a) = (try #require(values["posterior.factor_0"]), try #require(values["posterior.factor_1"]))
        let g = try #require(values["posterior.factor_3"])[0]
        let found = (0..<3).map { i in
            (0..<3).map { j in
                (0..<3).reduce(0) { sum, k in
                    sum + vectors[3 * k + i] * vectors[3 * k + j] / (a[k] * g + 1 / (Self.prior * Self.prior))
                }
            }
        }
        #expect(distance(found) < 1e-3)
        try checkMode(values)
    }

    @Test("are the Laplace approximation's of the last layer")
    func lastLayer() throws {
        let values = try train("laplace-last-layer", Self.descent)
        let u = try #require(values["posterior.factor_0"])
        for i in 0..<3 {
            for j in 0..<3 {
                let found = (0..<3).reduce(0) { $0 + u[3 * $1 + i] * u[3 * $1 + j] }
                #expect(abs(found - precision[i][j]) < 1e-4 * precision[i][i])
            }
        }
        try checkMode(values)
    }

    @Test("have the diagonal of the Laplace approximation's precision")
    func diagonal() throws {
        let values = try train("laplace-diagonal", Self.descent)
        let found = try #require(values["posterior.factor_0"])
        for i in 0..<3 {
            let expected = precision[i][i] - 1 / (Self.prior * Self.prior)
            #expect(abs(found[i] - expected) < 1e-4 * expected)
        }
        try checkMode(values)
    }

    private func checkMode(_ values: [String: [Double]]) throws {
        let weights = try #require(values["network.layers.0.weight"]) + #require(values["network.layers.0.bias"])
        #expect(distance(mean: weights) < 1e-3 && values["posterior.count"] == [60])
    }
}
