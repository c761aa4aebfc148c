import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Initializers")
struct InitializerTests {
    private func values(_ initializer: Initializer, _ shape: Shape) -> [Float] {
        var random = InitializationRandom(seed: 3)
        return initializer.parameter(shape: shape, fanIn: shape.outerCount, fanOut: shape.innermost, random: &random)
            .value.values
    }

    /// For 300 inputs and 200 outputs, and the variance that each is defined by.
    static let variances: [(Initializer, Double)] = [
        (.scaledXavierUniform(gain: 2), 4 * 2.0 / 500), (.scaledXavierNormal(gain: 0.5), 0.25 * 2.0 / 500),
        (.scaledHeUniform(fan: .outputs, gain: 1), 1.0 / 200), (.scaledHeNormal(fan: .outputs, gain: 2), 4.0 / 200),
        (.scaledHeNormal(fan: .inputs, gain: 1), 1.0 / 300),
        // a normal distribution cut at ±2σ has variance σ²·(1 - 4·φ(2) / (2·Φ(2) - 1)) = 0.773741·σ²
        (.truncatedNormal(deviation: 0.3), 0.09 * 0.773741),
        // rows of 200 orthonormal columns: each column's squares add up to 9
        (.orthogonal(gain: 3), 9.0 / 300),
    ]

    @Test("An initializer has the variance of its definition", arguments: variances)
    func variance(initializer: Initializer, expected: Double) {
        let values = values(initializer, [300, 200])
        let mean = values.reduce(0.0) { $0 + Double($1) } / 60_000
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 60_000
        // five standard errors: σ/√n, and σ²·√(2/n) for a normal distribution, less for the others
        #expect(abs(mean) < 5 * (expected / 60_000).squareRoot())
        #expect(abs(variance / expected - 1) < 0.03)
    }

    @Test("A truncated normal distribution stays within its bound, and comes near it")
    func truncated() {
        let magnitudes = values(.truncatedNormal(deviation: 0.5, bound: 1.5), [100, 100]).map(abs)
        #expect(magnitudes.max()! <= 0.75)
        #expect(magnitudes.max()! > 0.74)
    }

    @Test(
        "An orthogonal matrix has orthonormal vectors along its shorter side",
        arguments: [[5, 7], [7, 5], [6, 6], [2, 3, 4]])
    func orthogonal(sizes: [Int]) {
        let shape = Shape(sizes)
        let (rows, columns) = (shape.outerCount, shape.innermost)
        let q = Tensor(values(.orthogonal(gain: 2), shape), shape: [rows, columns])
        let product = q.matrixProduct(q, transposingSelf: rows > columns, transposingOther: rows <= columns)
        let size = min(rows, columns)
        for i in 0..<size {
            for j in 0..<size {
                #expect(abs(product.values[i * size + j] - (i == j ? 4 : 0)) < 1e-5)
            }
        }
    }
}
