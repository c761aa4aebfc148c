import DifferentiablePrograms
import Foundation
import TensorEngine
import Testing

@Suite("Differentiable sorting")
struct SortingTests {
    private let scores = Tensor([0.3, 2, -1, 0.5, -0.5, 0.1], shape: [2, 3])

    @Test("As the temperature falls, both relaxations are the permutation itself")
    func limit() {
        let permutation: [Float] = [0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0]
        #expect(areClose(scores.softSort(temperature: 0.01).values, permutation, 1e-5))
        #expect(areClose(scores.neuralSort(temperature: 0.01).values, permutation, 1e-5))
    }

    /// Two scores a > b at distance d: SoftSort's rows are softmax(0, -d/τ) and softmax(-d/τ, 0); NeuralSort's softmax
    /// of ((a - d), (b - d))/τ and of ((-a - d), (-b - d))/τ, which is σ(±d/τ) too.
    @Test("Of two scores both are σ(d/τ) in closed form")
    func pair() {
        let pair = Tensor([1.5, 0.7], shape: [1, 2])
        let p = Float(1 / (1 + exp(-0.8 / 0.5)))
        let expected = [p, 1 - p, 1 - p, p]
        #expect(areClose(pair.softSort(temperature: 0.5).values, expected, 1e-5))
        #expect(areClose(pair.neuralSort(temperature: 0.5).values, expected, 1e-5))
    }

    @Test("Rows are distributions, and gradients those of finite differences", arguments: [false, true])
    func gradient(isNeural: Bool) {
        let weights = Tensor((0..<18).map { Float(sin(Double($0))) }, shape: [2, 3, 3])
        func value(_ scores: Tensor) -> Tensor {
            let soft = isNeural ? scores.neuralSort(temperature: 0.7) : scores.softSort(temperature: 0.7)
            return (soft * weights).sum()
        }
        let variable = scores.tracked
        let slopes = gradients(of: value(variable), withRespectTo: [variable])[0].values
        for index in 0..<6 {
            func moved(_ by: Float) -> Float {
                var values = scores.values
                values[index] += by
                return value(Tensor(values, shape: [2, 3])).scalar
            }
            #expect(abs((moved(0.01) - moved(-0.01)) / 0.02 - slopes[index]) < 2e-3)
        }
        let sums = (isNeural ? scores.neuralSort(temperature: 0.7) : scores.softSort(temperature: 0.7)).sum(
            alongAxis: 2)
        #expect(areClose(sums.values, [Float](repeating: 1, count: 6), 1e-5))
    }

    /// softmax(0, ln 3) = (1/4, 3/4).
    @Test("The soft argmax is the mean index")
    func softArgmax() {
        #expect(areClose(Tensor([0, Float(log(3.0))], shape: [1, 2]).softArgmax().values, [0.75], 1e-5))
        #expect(areClose(scores.softArgmax(temperature: 0.01).values, [1, 0], 1e-5))
    }
}
