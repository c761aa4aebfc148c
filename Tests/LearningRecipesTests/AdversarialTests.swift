import Foundation
import LearningRecipes
import TestSupport
import Testing
import Training

@Suite("The recipes fashion-gan and mixture-gan")
struct AdversarialTests {
    private static let samples = [0, 1, 5, 9]
    private static let generated = [0.5, -0.25]

    /// A linear critic w·x + 1 of points, and a generator that always gives the same point.
    private func linear(_ w: [Float], _ values: String...) throws -> LearningTask {
        let made = try LearningTask(MixtureGANRecipe(), ["model.hidden=[]"] + values)
        made.assignAll(0)
        made.assign("generator.0.bias", Self.generated.map(Float.init))
        for (name, _) in made.parameters where name.hasPrefix("discriminator") {
            made.assign(name, name.hasSuffix("bias") ? [1] : w)
        }
        return made
    }

    /// The mean of the true points, by critics that show one coordinate.
    private func mean() throws -> [Double] {
        try [0, 1].map { axis in
            let critic: [Float] = axis == 0 ? [1, 0] : [0, 1]
            let found = try linear(critic, "gan.loss=wgan_gp").loss(of: Self.samples)
            // |∇D| = 1: no penalty
            #expect(isClose(Double(found.sum), -4 * (try #require(found.metrics["wasserstein"]))))
            return try #require(found.metrics["wasserstein"]) + Self.generated[axis]
        }
    }

    /// ∇D = w at every point: the loss is n·(D(G) - mean D(x) + λ·(|w| - 1)²), whose gradient with respect to w is
    /// n·(G - mean x + 2·λ·(|w| - 1)·w/|w|).
    @Test("The critic's penalty is λ·(|∇D| - 1)², and is differentiated once more")
    func gradientPenalty() throws {
        let mean = try mean()
        let found = try linear([3, 4], "gan.loss=wgan_gp", "gan.penalty=2").loss(of: Self.samples)
        let distance = 3 * (mean[0] - Self.generated[0]) + 4 * (mean[1] - Self.generated[1])
        #expect(isClose(Double(found.sum), 4 * (2 * 16 - distance)))
        #expect(isClose(try #require(found.metrics["gradient_norm"]), 5))
        let slope = try #require(found.gradients["discriminator.0.weight"]).map(Double.init)
        for axis in 0..<2 {
            let unit = [0.6, 0.8][axis]
            #expect(isClose(slope[axis], 4 * (Self.generated[axis] - mean[axis] + 2 * 2 * 4 * unit)))
        }
        #expect(abs(try #require(found.gradients["discriminator.0.bias"])[0]) < 1e-5)
    }

    /// D = v·(w·x + 9) + 1 where the unit is active, as it is for all points within a circle of radius 3: |∇D| = |v|·|w|, so that
    /// the penalty has the derivatives 2λ·n·(|v|·|w| - 1) times |w| with respect to v, and |v|·w/|w| with respect to w.
    @Test("The penalty's gradient comes to all layers")
    func penaltyOfTwoLayers() throws {
        func find(penalty: Double) throws -> [String: [Float]] {
            let made = try LearningTask(
                MixtureGANRecipe(), ["model.hidden=[1]", "gan.loss=wgan_gp", "gan.penalty=\(penalty)"])
            made.assignAll(0)
            made.assign("discriminator.0.weight", [0.6, 0.8])
            made.assign("discriminator.0.bias", [9])
            made.assign("discriminator.2.weight", [3])
            return try made.loss(of: Self.samples).gradients
        }
        let (without, with) = (try find(penalty: 0), try find(penalty: 5))
        func difference(_ name: String, _ index: Int) throws -> Double {
            Double(try #require(with[name])[index] - (try #require(without[name]))[index])
        }
        #expect(isClose(try difference("discriminator.2.weight", 0), 2 * 5 * 4 * 2))
        #expect(isClose(try difference("discriminator.0.weight", 0), 2 * 5 * 4 * 2 * 3 * 0.6))
        #expect(isClose(try difference("discriminator.0.weight", 1), 2 * 5 * 4 * 2 * 3 * 0.8))
    }

    /// The largest singular value of a column w is |w|, so that D is w/|w|·x + 1, and does not change with the length of w.
    @Test("Spectral normalization divides by the largest singular value, through which gradients flow")
    func spectralNormalization() throws {
        let plain = try linear([0.6, 0.8]).loss(of: Self.samples)
        let made = try linear([3, 4], "gan.spectral_norm=true")
        let found = try made.loss(of: Self.samples)
        #expect(isClose(Double(found.sum), Double(plain.sum)))
        let slope = try #require(found.gradients["discriminator.0.layer.weight"]).map(Double.init)
        #expect(abs(3 * slope[0] + 4 * slope[1]) < 1e-4)
        let other = try #require(plain.gradients["discriminator.0.weight"]).map(Double.init)
        // d/dw of f(w/|w|) = (g - u·(u·g))/|w|
        let along = 0.6 * other[0] + 0.8 * other[1]
        #expect(isClose(slope[0], (other[0] - 0.6 * along) / 5))
        #expect(abs(slope[0]) > 1e-3)
    }

    @Test("Modes are those with a point within three deviations, and points elsewhere are not of high quality")
    func modes() throws {
        for (point, modes) in [([2, 0.05], 1.0), ([2, 0.07], 0), ([1, 1], 0)] as [([Float], Double)] {
            let made = try LearningTask(MixtureGANRecipe(), ["model.hidden=[]"])
            made.assignAll(0)
            made.assign("generator.0.bias", point)
            let metrics = try made.evaluate(Array(0..<20)).metrics
            #expect(metrics["modes"] == modes && metrics["high_quality"] == modes)
        }
    }

    private func moments(_ rows: [[Double]]) -> FrechetDistance.Moments {
        let size = rows[0].count
        return FrechetDistance.Moments(
            count: Double(rows.count), sums: (0..<size).map { column in rows.reduce(0) { $0 + $1[column] } },
            products: (0..<size * size).map { index in
                rows.reduce(0) { $0 + $1[index / size] * $1[index % size] }
            })
    }

    /// Features a·e₁ and b·e₂ apart: covariances diag(σ²), whose roots commute: |Δμ|² + Σ (σ - σ')².
    @Test("The Fréchet distance of diagonal covariances is |Δμ|² + Σ (σ - σ')²")
    func diagonal() {
        let first = moments([[1, 0], [-1, 0], [0, 2], [0, -2]])
        let second = moments([[4, 1], [2, 1], [3, 3], [3, -1]])
        // variances over n - 1 = 3: (2/3, 8/3) and (2/3, 8/3); means (0, 0) and (3, 1)
        #expect(isClose(FrechetDistance(size: 2, first, second).value, 10))
        let third = moments([[3, 0], [-3, 0], [0, 2], [0, -2]])
        let expected = pow(6.0.squareRoot() - (2.0 / 3).squareRoot(), 2)
        #expect(isClose(FrechetDistance(size: 2, first, third).value, expected))
    }

    /// `reference_frechet.py`, of the same rows.
    @Test("The Fréchet distance is scipy's")
    func scipy() {
        func rows(_ value: (Double, Double) -> Double) -> [[Double]] {
            (0..<12).map { i in (0..<4).map { value(Double(i), Double($0)) } }
        }
        let first = moments(rows { cos($0 * ($1 + 1)) })
        let second = moments(rows { sin($0 * ($1 + 2)) + $1 / 4 })
        #expect(abs(FrechetDistance(size: 4, first, second).value - 0.6890164664469062) < 1e-9)
    }
}
