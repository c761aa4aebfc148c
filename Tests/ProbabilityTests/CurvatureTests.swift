import Foundation
import TensorEngine
import Testing

import Probability

@Suite("Laplace approximations")
struct CurvatureTests {
    /// Layers [3, 3] and [4, 3] of a perceptron 2-3-3, five inputs, and a vector with an element for each weight.
    private static let layers = [Tensor(weights(0..<9), shape: [3, 3]), Tensor(weights(9..<21), shape: [4, 3])]
    private static let x = Tensor((0..<10).map { Float(cos(2 + 5 * Double($0))) }, shape: [5, 2])
    private static let v = (0..<21).map { cos(0.5 * Double($0)) }

    private static func weights(_ range: Range<Int>) -> [Float] { range.map { Float(sin(1 + 3 * Double($0))) } }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let curvature: any WeightCurvature
        /// The elements of v that it is for.
        let range: Range<Int>
        /// The covariance times them: `reference_curvature.py`.
        let expected: [Double]
    }

    static let cases = [
        Case(
            testDescription: "diagonal", curvature: DiagonalCurvature(widths: [2, 3, 3]), range: 0..<21,
            expected: [
                1.3263909557, 1.2023550747, 0.3193766521, 0.0957617155, -0.6622722115, -0.7590834478, -1.0265778496,
                -1.0494698725, -0.2981149134, -0.2865225912, 0.3509262069, 0.9076002721, 1.7842502052, 1.7146915419,
                1.4085743597, 0.6262487351, -0.2561796068, -1.0672224303, -0.8765921812, -0.7428928009, -0.7612466035,
            ]),
        Case(
            testDescription: "Kronecker factors", curvature: KroneckerCurvature(widths: [2, 3, 3]), range: 0..<21,
            expected: [
                1.3435788749, 1.2742768496, 0.1198424262, 0.348902149, -0.7312307111, -0.8682437711, -1.0617324038,
                -1.0365978855, 0.0677504656, -0.3211781155, 0.6067700704, 1.2774803658, 1.8751131231, 1.9466948413,
                1.559512369, 0.7333483867, -0.2786147265, -1.2564868976, -1.7496139813, -1.9234233611, -1.8217105519,
            ]),
        Case(
            testDescription: "last layer", curvature: LastLayerCurvature(widths: [2, 3, 3]), range: 9..<21,
            expected: [
                -0.2961193542, 0.6093595693, 1.2498321056, 1.8978092643, 1.9501864731, 1.5333245961, 0.7493522308,
                -0.2770633994, -1.2740420688, -1.708626912, -1.9147995874, -1.8713213949,
            ]),
    ]

    /// The covariance of draws that are linear in z is Σ d(eₖ)·d(eₖ)ᵀ, over the unit vectors.
    @Test("draw weights of the covariance that numpy finds for a softmax network", arguments: cases)
    func softmax(known: Case) throws {
        let curvature = known.curvature
        // in two parts, whose sums add up
        let parts = [0..<2, 2..<5].map { rows in
            let pass = PerceptronPass(Self.x[rows], layers: Self.layers)
            return curvature.sums(pass, OutputCurvature.softmax(pass.outputs))
        }
        let sums = zip(parts[0], parts[1]).map { $0 + $1 }
        #expect(sums.map(\.shape) == curvature.sumShapes)
        let factors = try curvature.factors(of: sums, count: 5, precision: 0.5)
        #expect(factors.map(\.shape) == curvature.factorShapes)
        let v = Array(Self.v[known.range])
        var found = v.map { _ in 0.0 }
        for unit in v.indices {
            var next = 0
            let draw = curvature.draw(factors, precision: 0.5) { shape in
                defer { next += shape.count }
                return Tensor((0..<shape.count).map { next + $0 == unit ? 1 : 0 }, shape: shape)
            }
            #expect(next == v.count && draw.count == 2 && (draw[0] == nil) == (v.count == 12))
            let flat = draw.flatMap { $0?.values ?? [] }.map(Double.init)
            let product = zip(flat, v).reduce(0) { $0 + $1.0 * $1.1 }
            for (index, value) in flat.enumerated() { found[index] += value * product }
        }
        for (value, expected) in zip(found, known.expected) { #expect(abs(value - expected) < 2e-5) }
    }

    /// `reference_curvature.py`: f + J·Δθ for Δθ = v/10.
    @Test("are linear in the weights as the Jacobian is")
    func linearized() {
        let pass = PerceptronPass(Self.x, layers: Self.layers)
        let changes = [0..<9, 9..<21].map { range in Self.v[range].map { Float(0.1 * $0) } }
        let found = pass.linearized([Tensor(changes[0], shape: [3, 3]), Tensor(changes[1], shape: [4, 3])])
        let expected = [
            -1.327937441, 1.2977146157, -1.3867780596, -0.3716521374, 0.0330004073, 0.013585419, -1.3242499327,
            1.2939295462, -1.3821249529, -0.8754888265, 0.6223482917, -0.6936902623, -1.0421983478, 0.8194825648,
            -0.9154063463,
        ]
        for (value, expected) in zip(found.values, expected) { #expect(abs(Double(value) - expected) < 2e-6) }
        #expect(found.shape == [5, 3] && pass.linearized([nil, nil]).values == pass.outputs.values)
    }

    /// The expectation over y of the Hessian of ½(s + (y - μ)²·e⁻ˢ) is diag(e⁻ˢ, ½).
    @Test("have the Fisher information of a normal distribution")
    func normal() {
        let found = OutputCurvature.normal(Tensor([7, 1.5, -3, -0.5], shape: [2, 2])).map(\.values)
        func product(_ row: Int, _ i: Int, _ j: Int) -> Double {
            found.reduce(0) { $0 + Double($1[2 * row + i]) * Double($1[2 * row + j]) }
        }
        for (row, s) in [1.5, -0.5].enumerated() {
            #expect(abs(product(row, 0, 0) - exp(-s)) < 1e-6 && abs(product(row, 1, 1) - 0.5) < 1e-6)
            #expect(product(row, 0, 1) == 0)
        }
        let known = OutputCurvature.normal(Tensor([7, -3], shape: [2, 1]), variance: 0.25).map(\.values)
        #expect(known == [[2, 2]])
    }

    /// A matrix of 70 rows, more than are worked on at once, and a vector.
    @Test("solve by the factors of a matrix, and say where it is not positive definite")
    func cholesky() throws {
        let (n, last) = (70, LastLayerCurvature(widths: [69, 1]))
        let x = (0..<100 * n).map { Float(sin(Double($0 * $0 % 977))) }
        let matrix = Tensor(x, shape: [100, n]).matrixProduct(Tensor(x, shape: [100, n]), transposingSelf: true)
        let u = try last.factors(of: [matrix], count: 100, precision: 2)[0]
        let product = u.matrixProduct(u, transposingSelf: true)
        for (index, (found, sum)) in zip(product.values, matrix.values).enumerated() {
            #expect(abs(found - sum - (index % (n + 1) == 0 ? 2 : 0)) < 1e-4)
        }
        let z = Tensor((0..<n).map { Float($0 % 5) - 2 })
        let back = u.matrixProduct(UpperTriangle.solve(u, z).reshaped(to: [n, 1]))
        for (found, expected) in zip(back.values, z.values) { #expect(abs(found - expected) < 1e-4) }
        let error = #expect(throws: NotPositiveDefinite.self) {
            try last.factors(of: [matrix * -1], count: 100, precision: 2)
        }
        #expect("\(try #require(error))".contains("at row 1 "))
    }
}

@Suite("Stochastic weight averaging, Gaussian")
struct WeightMomentsTests {
    /// Maddox and others, 2019: the mean of the collected weights, their variance, and the covariance ½·diag σ² +
    /// Dᵀ·D/(2(K - 1)) of the last K deviations from the mean of their time.
    @Test("draws weights of the mean and the covariance of those collected", arguments: [1, 2, 5])
    func moments(count: Int) {
        let (rank, size) = (3, 4)
        let weights = (0..<count).map { n in (0..<size).map { 100 + sin(Double(n * n + 3 * $0)) } }
        var moments = WeightMoments(
            mean: Tensor(repeating: 9, shape: [2, 2]), variance: Tensor(repeating: 9, shape: [2, 2]),
            deviations: Tensor(repeating: 0, shape: [rank, size]))
        var (mean, rows) = ([Double](repeating: 0, count: size), [[Double]]())
        for (n, now) in weights.enumerated() {
            moments.collect(Tensor(now.map { Float($0) }, shape: [2, 2]), number: n)
            mean = (0..<size).map { i in weights[0...n].reduce(0) { $0 + $1[i] } / Double(n + 1) }
            rows.append(zip(now, mean).map { $0 - $1 })
        }
        let variance = (0..<size).map { i in
            weights.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[i] - mean[i]) } / Double(count)
        }
        // weights of 100 have errors of 8e-6
        func isClose(_ found: [Float], _ expected: [Double]) -> Bool {
            zip(found, expected).allSatisfy { abs(Double($0) - $1) < 4e-5 }
        }
        #expect(isClose(moments.mean.values, mean) && isClose(moments.variance.values, variance))

        func draw(_ unit: Int?) -> [Double] {
            let z = (0..<size + rank).map { Float($0 == unit ? 1 : 0) }
            let drawn = moments.draw(
                count: count, Tensor(Array(z[0..<size]), shape: [2, 2]), Tensor(Array(z[size...])))
            return drawn.values.map(Double.init)
        }
        #expect(isClose(draw(nil).map { Float($0) }, mean))
        let draws = (0..<size + rank).map { unit in zip(draw(unit), mean).map { $0 - $1 } }
        let kept = rows.suffix(rank)
        for i in 0..<size {
            for j in 0..<size {
                let low =
                    kept.count > 1 ? kept.reduce(0) { $0 + $1[i] * $1[j] } / (2 * Double(kept.count - 1)) : 0
                let expected = low + (i == j ? variance[i] / 2 : 0)
                #expect(abs(draws.reduce(0) { $0 + $1[i] * $1[j] } - expected) < 2e-4)
            }
        }
    }
}
