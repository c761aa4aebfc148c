import Foundation
import TensorEngine
import Testing

import Probability

@Suite("Densities")
struct DensityTests {
    /// scipy's log densities, `reference_distributions.py`.
    @Test("have scipy's values")
    func values() {
        let x = Tensor([0.3, 1.7, 2.4])
        let eta = Tensor([0.3, -1.2, 0.5])
        let found: [(any Distribution, Tensor, Float)] = [
            (Normal(0.5, 1.5), x, -5.104322035049622), (HalfNormal(1.5), x, -3.8359916044808973),
            (StudentT(4, 0.5, 1.5), x, -5.384183520426541), (Cauchy(0.5, 1.5), x, -6.120122212431213),
            (HalfCauchy(1.5), x, -4.706247561460823), (Exponential(1.5), x, -5.383604675675507),
            (Gamma(2.5, 1.5), x, -4.109874024472323), (InverseGamma(2.5, 1.5), x, -5.0278478860994635),
            (Beta(2.5, 1.5), Tensor([0.1, 0.6, 0.8]), -0.9867994729232661),
            (Bernoulli(logits: eta), Tensor([1, 0, 1]), -1.291714695986665),
            (Poisson(logRate: eta), Tensor([2, 0, 5]), -5.680413213530325),
        ]
        for (distribution, x, expected) in found {
            #expect(abs(distribution.logDensity(x).scalar - expected) < 2e-6 * abs(expected), "\(distribution)")
        }
    }

    @Test("add the scale of each element, broadcast or not")
    func broadcastScales() {
        let x = Tensor([0.3, 1.7, 2.4])
        let all = Normal(0.5, Tensor([1.5, 1.5, 1.5])).logDensity(x).scalar
        #expect(abs(Normal(0.5, 1.5).logDensity(x).scalar - all) < 1e-6)
        // one observed number under three means
        #expect(abs(Normal(x, 1.5).logDensity(Tensor(0.5)).scalar - all) < 1e-6)
    }

    /// u, and what Stan's transforms make of it: x, and ln |dx/du|.
    @Test("map coordinates by Stan's transforms")
    func transforms() {
        let u = Tensor([0.5, -1, 0.25])
        func check(_ constraint: Constraint, _ expected: [Double], _ logJacobian: Double) {
            let (value, jacobian) = constraint.apply(u)
            for (a, b) in zip(value.values, expected) { #expect(abs(Double(a) - b) < 1e-6, "\(constraint)") }
            #expect(value.shape.count == expected.count)
            #expect(abs(Double(jacobian?.scalar ?? 0) - logJacobian) < 2e-6, "\(constraint)")
        }
        let exponentials = [exp(0.5), exp(-1), exp(0.25)]
        check(.real, [0.5, -1, 0.25], 0)
        check(.above(2), exponentials.map { 2 + $0 }, -0.25)
        check(.below(2), exponentials.map { 2 - $0 }, -0.25)
        let sigmoids = [0.5, -1, 0.25].map { 1 / (1 + exp(-$0)) }
        check(
            .between(-1, 3), sigmoids.map { -1 + 4 * $0 }, sigmoids.reduce(0) { $0 + log(4 * $1 * (1 - $1)) })
        check(.ordered, [0.5, 0.5 + exp(-1), 0.5 + exp(-1) + exp(0.25)], -0.75)
        // stick-breaking of K = 4: z₁ = σ(0.5 - ln 3), z₂ = σ(-1 - ln 2), z₃ = σ(0.25)
        let z = [0.5 - log(3), -1 - log(2), 0.25].map { 1 / (1 + exp(-$0)) }
        let left = [1, 1 - z[0], (1 - z[0]) * (1 - z[1])]
        check(
            .simplex, [z[0], z[1] * left[1], z[2] * left[2], (1 - z[2]) * left[2]],
            zip(z, left).reduce(0) { $0 + log($1.0 * (1 - $1.0) * $1.1) })
    }

    @Test("have the gradient of their value")
    func gradient() {
        let density = Density([
            Variable("a"), Variable("s", in: .above(0)), Variable("p", [2], in: .between(0, 2)),
            Variable("o", [3], in: .ordered), Variable("w", [3], in: .simplex),
        ]) { x in
            Normal(x["a"], x["s"]).logDensity(x["o"]) + Gamma(2, 1).logDensity(x["s"])
                + Beta(2, 3).logDensity(x["p"] / 2) + (x["w"] * Tensor([1, -2, 0.5])).sum()
                + Normal(0, 1).logDensity(x["a"])
        }
        #expect(density.dimension == 9 && density.quantities.count == 10)
        #expect(density.quantities == ["a", "s", "p[1]", "p[2]", "o[1]", "o[2]", "o[3]", "w[1]", "w[2]", "w[3]"])
        let position = [0.3, -0.2, 0.4, -0.6, 0.1, -0.3, 0.2, 0.5, -0.4]
        var (gradient, scratch) = ([Double](repeating: 0, count: 9), [Double](repeating: 0, count: 9))
        _ = density.logDensity(at: position, gradient: &gradient)
        for index in position.indices {
            let ends = [1e-2, -1e-2].map { step in
                var moved = position
                moved[index] += step
                return density.logDensity(at: moved, gradient: &scratch)
            }
            #expect(abs((ends[0] - ends[1]) / 2e-2 - gradient[index]) < 2e-3, "coordinate \(index)")
        }
    }

    @Test("of both eight schools are the same, but for the Jacobian of θ = μ + τ·η")
    func eightSchools() {
        let (centered, not) = (Density.eightSchools(isCentered: true), Density.eightSchools(isCentered: false))
        let (mu, logTau) = (2.0, 0.7)
        let eta = [0.5, -1, 0.2, 0.1, 1.4, -0.3, 0, 0.8]
        var gradient = [Double](repeating: 0, count: 10)
        let a = centered.logDensity(at: [mu, logTau] + eta.map { mu + exp(logTau) * $0 }, gradient: &gradient)
        let b = not.logDensity(at: [mu, logTau] + eta, gradient: &gradient)
        #expect(abs(a + 8 * logTau - b) < 1e-4)
        #expect(
            not.quantities.suffix(2) == ["theta[7]", "theta[8]"] && not.report(at: [mu, logTau] + eta).count == 18)
    }

    /// Values differ by a constant, gradients not at all.
    @Test(
        "in tensor operations have the gradients that are derived by hand",
        arguments: [
            (Density.eightSchools(isCentered: false), HandWritten.eightSchools),
            (Density.eightSchools(isCentered: true), HandWritten.centeredSchools), (Density.banana, HandWritten.banana),
            (Density.standardNormal(dimensions: 3), HandWritten.normal),
            (ConjugateRegression.density, ConjugateRegression.handWritten),
        ])
    func byHand(density: Density, hand: HandWritten) {
        var differences: [Double] = []
        for shift in [0.0, 0.9] {
            let position = (0..<density.dimension).map { 1.5 * sin(Double(3 * $0) + shift) }
            var (found, expected) = (position, position)
            differences.append(
                density.logDensity(at: position, gradient: &found) - hand.logDensity(at: position, gradient: &expected))
            for (a, b) in zip(found, expected) { #expect(abs(a - b) < 2e-5 * max(1, abs(b))) }
        }
        #expect(abs(differences[0] - differences[1]) < 2e-4)
    }
}
