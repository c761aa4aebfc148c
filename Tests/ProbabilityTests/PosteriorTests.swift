import Foundation
import Testing

import Probability

/// Draws of a density, and diagnostics of each quantity.
private struct Sample {
    let diagnostics: [String: ChainDiagnostics]
    let divergences: Int

    init(_ density: any LogDensity, chains: Int = 4, draws: Int, settings: SamplerSettings = SamplerSettings()) throws {
        var (all, divergences): ([[[Double]]], Int) = ([], 0)
        for number in 0..<chains {
            var chain = try Chain(density, settings, seed: 7, number: number)
            for _ in 0..<settings.warmup { _ = chain.advance() }
            all.append(
                (0..<draws).map { _ in
                    if chain.advance().isDivergent { divergences += 1 }
                    return chain.draw
                })
        }
        self.divergences = divergences
        var diagnostics: [String: ChainDiagnostics] = [:]
        for (index, name) in density.quantities.enumerated() {
            diagnostics[name] = ChainDiagnostics(all.map { $0.map { $0[index] } })
        }
        self.diagnostics = diagnostics
    }

    /// Whether the mean of `name` is within 4 standard errors of `mean`, and its deviation within 12 % of `deviation`.
    func agrees(_ name: String, mean: Double, error: Double = 0, deviation: Double) -> Bool {
        guard let found = diagnostics[name] else { return false }
        let standardError = (found.meanMCSE * found.meanMCSE + error * error).squareRoot()
        return abs(found.mean - mean) < 4 * standardError && abs(found.deviation / deviation - 1) < 0.12
    }
}

@Suite("Posteriors by NUTS and HMC")
struct PosteriorTests {
    /// Means and their Monte Carlo errors: posteriordb, summary_statistics/mean_value/eight_schools-eight_schools_noncentered;
    /// deviations by quadrature: `reference_posteriors.py`.
    private static let schools: [(String, Double, Double, Double)] = [
        ("theta[1]", 6.15050229334425, 0.0557375282295219, 5.593126196031961),
        ("theta[2]", 4.9395811407422, 0.0462293788624847, 4.674268462696536),
        ("theta[3]", 3.90590609001582, 0.0542313705632124, 5.2626151061815225),
        ("theta[4]", 4.79601675138494, 0.0474935816762281, 4.780297337383444),
        ("theta[5]", 3.6144363246799, 0.0461450610244603, 4.657452586324483),
        ("theta[6]", 4.0511475789675, 0.0485195392528031, 4.826865592133498),
        ("theta[7]", 6.31716975886893, 0.0498766794075794, 5.077848756848282),
        ("theta[8]", 4.88399694353288, 0.0542511606560972, 5.290801065263954),
        ("mu", 4.41051833695493, 0.0330374705950917, 3.3177044632017485),
        ("tau", 3.60205952364059, 0.0318615135640706, 3.2199584144957503),
    ]

    @Test("of eight schools, not centered, are posteriordb's")
    func eightSchools() throws {
        let sample = try Sample(HandWritten.eightSchools, draws: 1000)
        for (name, mean, error, deviation) in Self.schools {
            #expect(sample.agrees(name, mean: mean, error: error, deviation: deviation), "\(name)")
            let found = try #require(sample.diagnostics[name])
            #expect(found.rHat < 1.01 && found.bulkESS > 400 && found.tailESS > 400, "\(name)")
        }
    }

    /// A funnel: chains of this length hardly reach a small τ, and have few effective draws.
    @Test("of eight schools, centered, are posteriordb's")
    func centered() throws {
        var settings = SamplerSettings()
        settings.targetAcceptance = 0.95
        let sample = try Sample(HandWritten.centeredSchools, draws: 1000, settings: settings)
        for (name, mean, error, _) in Self.schools {
            let found = try #require(sample.diagnostics[name])
            let standardError = (found.meanMCSE * found.meanMCSE + error * error).squareRoot()
            #expect(abs(found.mean - mean) < 4 * standardError && found.rHat < 1.05, "\(name)")
            #expect(found.meanESS > 100, "\(name)")
        }
    }

    /// x ~ Normal(1, √10) and y ~ Normal(x², √0.1): E y = 1 + 10, and y - x² has the deviation √0.1.
    @Test("of Rosenbrock's banana has its means")
    func banana() throws {
        var settings = SamplerSettings()
        (settings.targetAcceptance, settings.warmup) = (0.95, 500)
        let sample = try Sample(HandWritten.banana, chains: 2, draws: 500, settings: settings)
        for (name, mean) in [("x", 1.0), ("y", 11), ("y - x²", 0)] {
            let found = try #require(sample.diagnostics[name])
            #expect(abs(found.mean - mean) < 4 * found.meanMCSE && found.meanESS > 30, "\(name)")
        }
        #expect(sample.agrees("y - x²", mean: 0, deviation: 0.1.squareRoot()))
    }

    /// y = X·β + ε with β | σ² ~ Normal(0, σ²·I/λ), σ² ~ InverseGamma(a, b): β is Student t with 2·(a + n/2) degrees of freedom
    /// around (XᵀX + λ)⁻¹·Xᵀy, and σ² inverse gamma. Source: Gelman and others, "Bayesian Data Analysis", 3rd edition, section 14.2.
    @Test("of linear regression are the conjugate ones")
    func regression() throws {
        typealias Known = ConjugateRegression
        let (count, lambda, a, b) = (Known.count, Known.lambda, Known.a, Known.b)
        var settings = SamplerSettings()
        (settings.metric, settings.warmup) = (.dense, 100)
        let sample = try Sample(Known.handWritten, chains: 2, draws: 250, settings: settings)

        // the posterior by Cramer's rule
        var m = (0..<3).map { i in (0..<3).map { j in Known.products[i][j] + (i == j ? lambda : 0) } }
        let xy = Known.moments
        let inverse = Self.inverse(&m)
        let beta = inverse.map { zip($0, xy).reduce(0) { $0 + $1.0 * $1.1 } }
        let shape = a + Double(count) / 2
        let scale = b + 0.5 * (Known.square - zip(beta, xy).reduce(0) { $0 + $1.0 * $1.1 })
        for i in 0..<3 {
            let deviation = (scale / (shape - 1) * inverse[i][i]).squareRoot()
            #expect(sample.agrees("beta[\(i + 1)]", mean: beta[i], deviation: deviation))
        }
        let mean = scale / (shape - 1)
        #expect(sample.agrees("variance", mean: mean, deviation: mean / (shape - 2).squareRoot()))
        #expect(sample.divergences == 0)
    }

    /// By Gauss and Jordan.
    private static func inverse(_ matrix: inout [[Double]]) -> [[Double]] {
        let n = matrix.count
        var result = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
        for i in 0..<n {
            let pivot = matrix[i][i]
            for j in 0..<n { (matrix[i][j], result[i][j]) = (matrix[i][j] / pivot, result[i][j] / pivot) }
            for k in 0..<n where k != i {
                let factor = matrix[k][i]
                for j in 0..<n {
                    matrix[k][j] -= factor * matrix[i][j]
                    result[k][j] -= factor * result[i][j]
                }
            }
        }
        return result
    }

    /// Deviations from 0.1 to 10, and a correlation of 0.9 between the first and the last.
    @Test("of correlated normal numbers have their moments", arguments: SamplerSettings.Metric.allCases)
    func correlated(metric: SamplerSettings.Metric) throws {
        var settings = SamplerSettings()
        (settings.metric, settings.warmup) = (metric, 600)
        let sample = try Sample(HandWritten.correlated, draws: 1000, settings: settings)
        for (name, mean, deviation) in [("x", 3.0, 0.1), ("y", -1, 1), ("z", 0, 10)] {
            #expect(sample.agrees(name, mean: mean, deviation: deviation), "\(name)")
            #expect(try #require(sample.diagnostics[name]).rHat < 1.02, "\(name)")
        }
        #expect(sample.divergences == 0)
    }

    @Test("of normal numbers are normal, by HMC")
    func hmc() throws {
        var settings = SamplerSettings()
        (settings.method, settings.warmup) = (.hmc(steps: 6), 300)
        let sample = try Sample(HandWritten.normal, draws: 500, settings: settings)
        for i in 1...3 { #expect(sample.agrees("x[\(i)]", mean: 0, deviation: 1)) }
    }
}
