import Evolution
import Kernels
import Foundation
import Testing

@Suite("Evolution strategies")
struct StrategyTests {
    private static func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-10) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }

    @Test("Three generations of CMA-ES have the mean, the step size and the covariance of pycma")
    func pycma() {
        var strategy = CMAES(mean: [1, 0.5, -0.5, 2], population: 8, stepSize: 0.5, seed: 1)
        for (generation, expected) in References.cma.enumerated() {
            // deterministic stand-ins for normal numbers, from the best on the ellipsoid Σ 10^i·x²
            let samples = (0..<8).map { member in
                (0..<4).map { i in
                    strategy.mean[i] + strategy.stepSize * 1.5 * sin(Double(1 + 7 * member + 3 * i + 5 * generation))
                }
            }
            func value(_ x: [Double]) -> Double { (0..<4).reduce(0) { $0 + pow(10, Double($1)) * x[$1] * x[$1] } }
            strategy.update(samples.sorted { value($0) < value($1) })
            #expect(Self.isClose(strategy.mean, expected.mean), "generation \(generation)")
            #expect(Self.isClose([strategy.stepSize], [expected.stepSize]), "generation \(generation)")
            #expect(Self.isClose(strategy.covariance, expected.covariance), "generation \(generation)")
        }
    }

    /// pycma 4.5 needs 1650, 5502.5 and 25425 evaluations, medians over the seeds that get there:
    /// `reference_evolution.py race`.
    @Test("CMA-ES reaches 1e-10 on the sphere in as many evaluations as pycma")
    func race() {
        let counts = (1...20).map { seed -> Int in
            var strategy = CMAES(
                mean: [Double](repeating: 1, count: 10), population: 10, stepSize: 0.5, seed: UInt64(seed))
            var count = 0
            while count < 5000 {
                var fitness: [Double] = []
                for member in 0..<10 {
                    let value = TestFunction.sphere.value(at: strategy.candidate(member))
                    count += 1
                    if value < 1e-10 { return count }
                    fitness.append(-value)
                }
                strategy.update(fitness)
            }
            return count
        }.sorted()
        let median = Double(counts[9] + counts[10]) / 2
        #expect((0.95...1.05).contains(median / 1650), "median \(median)")
    }

    @Test("An update of OpenAI-ES is the one that NumPy computes, ties included")
    func openAI() {
        func updated(_ rule: OpenAIES.Rule) -> [Double] {
            var strategy = OpenAIES(
                mean: [1, -2, 0.5], population: 8, stepSize: 0.2, learningRate: 0.05, weightDecay: 0.01, rule: rule,
                seed: 7)
            for pair in 0..<4 {
                let (plus, minus) = (strategy.candidate(2 * pair), strategy.candidate(2 * pair + 1))
                #expect(Self.isClose(zip(plus, minus).map { $0 + $1 }, [2, -4, 1], 1e-15))
            }
            strategy.update([3, 1, -1, 4, 2, 2, 0.5, 9])
            return strategy.mean
        }
        #expect(Self.isClose(updated(.sgd(momentum: 0.9)), References.openAIBySGD, 1e-7))
        #expect(Self.isClose(updated(.adam(beta1: 0.9, beta2: 0.999, epsilon: 0.05)), References.openAIByAdam, 1e-7))
    }

    @Test("An update of SNES is the one that NumPy computes")
    func snes() {
        var strategy = SNES(mean: [1, -2, 0.5], population: 6, stepSize: 0.3, seed: 7)
        strategy.update([3, 1, -1, 4, 2, 0.5])
        #expect(Self.isClose(strategy.mean, References.snesMean, 1e-7))
        #expect(Self.isClose(strategy.deviations, References.snesDeviations, 1e-7))
    }

    @Test("Equal fitness moves nothing but what is due to chance, and NaN is worst")
    func ties() {
        var strategy = OpenAIES(mean: [1, 2], population: 6, stepSize: 0.1, learningRate: 1, seed: 1)
        strategy.update([5, 5, 5, 5, 5, 5])
        #expect(strategy.mean == [1, 2])
        var (a, b) = (
            SNES(mean: [1, 2], population: 4, stepSize: 1, seed: 1),
            SNES(mean: [1, 2], population: 4, stepSize: 1, seed: 1)
        )
        a.update([3, .nan, 2, 1])
        b.update([3, -9, 2, 1])
        #expect(a.mean == b.mean && a.mean != [1, 2])
    }

    @Test("Eigenvectors are orthogonal, and stretched by their eigenvalues", arguments: [1, 2, 3, 8, 25])
    func eigen(n: Int) {
        for isRepeated in [false, true] {
            var matrix = [Double](repeating: 0, count: n * n)
            for i in 0..<n {
                for j in 0...i {
                    let value = isRepeated ? (i == j ? 2 : 1) : sin(Double(3 * i * i + 7 * j + 1))
                    (matrix[i * n + j], matrix[j * n + i]) = (value, value)
                }
            }
            let found = SymmetricEigen(matrix, n: n)
            func vector(_ k: Int) -> [Double] { (0..<n).map { found.vectors[$0 * n + k] } }
            for k in 0..<n {
                let v = vector(k)
                let product = (0..<n).map { i in (0..<n).reduce(0.0) { $0 + matrix[i * n + $1] * v[$1] } }
                #expect(Self.isClose(product, v.map { $0 * found.values[k] }, 1e-12))
                for other in 0...k {
                    let dot = zip(v, vector(other)).reduce(0) { $0 + $1.0 * $1.1 }
                    #expect(abs(dot - (other == k ? 1 : 0)) < 1e-12)
                }
            }
        }
    }

    static let strategies: [any SearchDistribution] = [
        OpenAIES(mean: [1, 2, 3], population: 6, stepSize: 0.1, learningRate: 0.1, seed: 5),
        OpenAIES(
            mean: [1, 2, 3], population: 6, stepSize: 0.1, learningRate: 0.1, rule: .sgd(momentum: 0.5), seed: 5),
        SNES(mean: [1, 2, 3], population: 5, stepSize: 0.1, seed: 5),
        CMAES(mean: [1, 2, 3], population: 7, stepSize: 0.1, seed: 5),
    ]

    @Test("A strategy goes on from what it saved, and refuses what it cannot have saved", arguments: 0..<4)
    func saving(index: Int) {
        func advance(_ strategy: inout any SearchDistribution) {
            let population = strategy.population
            strategy.update((0..<population).map { -TestFunction.rosenbrock.value(at: strategy.candidate($0)) })
        }
        var (one, other) = (Self.strategies[index], Self.strategies[index])
        for _ in 0..<3 { advance(&one) }
        let saved = one.saved
        let isRestored = other.restore(saved)
        #expect(isRestored && other.saved == saved)
        advance(&one)
        advance(&other)
        #expect(one.saved == other.saved && one.saved != saved && one.mean == other.mean)
        for count in saved.indices {
            let part = other.restore(Array(saved.prefix(count)))
            #expect(!part)
            for wrong in [Double.nan, .infinity] {
                var damaged = saved
                damaged[count] = wrong
                let whole = other.restore(damaged)
                #expect(!whole)
            }
        }
        #expect(one.saved == other.saved)
    }

    @Test("The strategies find the minimum of the sphere", arguments: 0..<4)
    func sphere(index: Int) {
        var strategy = Self.strategies[index]
        for _ in 0..<400 {
            strategy.update((0..<strategy.population).map { -TestFunction.sphere.value(at: strategy.candidate($0)) })
        }
        #expect(TestFunction.sphere.value(at: strategy.mean) < 0.2)
    }

    @Test("CMA-ES goes on where its candidates no longer differ")
    func collapse() {
        var strategy = CMAES(mean: [0, 1], population: 4, stepSize: 1e-190, seed: 1)
        for _ in 0..<200 {
            strategy.update((0..<4).map { -TestFunction.sphere.value(at: strategy.candidate($0)) })
        }
        #expect(strategy.saved.allSatisfy(\.isFinite) && strategy.stepSize > 0)
    }

    @Test("Test functions are 0 at their minima, and what their formulas say elsewhere")
    func functions() {
        #expect(TestFunction.sphere.value(at: [0, 0]) == 0 && TestFunction.sphere.value(at: [1, 2]) == 5)
        #expect(TestFunction.rosenbrock.value(at: [1, 1, 1]) == 0 && TestFunction.rosenbrock.value(at: [2, 3]) == 101)
        #expect(TestFunction.rastrigin.value(at: [0, 0]) == 0)
        #expect(abs(TestFunction.rastrigin.value(at: [0.5, 1]) - 21.25) < 1e-12)
    }

    /// tanh(1·0.5 + 2·(-1) + 0.25) = tanh(-1.25), then ·3 + 1.
    @Test("A perceptron's weights are one vector")
    func perceptron() {
        var network = FlatPerceptron(widths: [2, 1, 2], weights: [0.5, -1, 0.25, 3, 0, 1, -2])
        var outputs: [Float] = [0, 0]
        network.evaluate([1, 2], into: &outputs)
        #expect(abs(outputs[0] - (3 * Float(tanh(-1.25)) + 1)) < 1e-6 && outputs[1] == -2)
        #expect(FlatPerceptron.count([2, 1, 2]) == 7)
    }
}
