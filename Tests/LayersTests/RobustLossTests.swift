import Foundation
import Layers
import TensorEngine
import Testing

@Suite("Losses for noisy labels and rare classes")
struct RobustLossTests {
    private let logits = Tensor([1, -0.5, 0.3, 2, 0.1, -1], shape: [2, 3])
    private let labels = Indices([2, 0])

    /// The softmax of a row, in Float64.
    private func probabilities(_ row: Int) -> [Double] {
        let values = logits.values[(row * 3)..<(row * 3 + 3)].map { exp(Double($0)) }
        return values.map { $0 / values.reduce(0, +) }
    }

    /// Each loss by its formula in Float64, of the probabilities of a row and its label.
    private static let formulas: [(ClassificationLoss, @Sendable ([Double], Int) -> Double)] = [
        (.crossEntropy, { -log($0[$1]) }),
        (.symmetric(alpha: 0.1, beta: 1), { -0.1 * log($0[$1]) + 4 * (1 - $0[$1]) }),
        (.generalized(q: 0.7), { (1 - pow($0[$1], 0.7)) / 0.7 }),
        (.generalized(q: 1), { 1 - $0[$1] }),
        (
            .softBootstrap(beta: 0.95),
            { p, label in -0.95 * log(p[label]) - 0.05 * p.reduce(0) { $0 + $1 * log($1) } }
        ),
        (.hardBootstrap(beta: 0.8), { -0.8 * log($0[$1]) - 0.2 * log($0.max() ?? 0) }),
        (.focal(gamma: 2), { -pow(1 - $0[$1], 2) * log($0[$1]) }),
        (.focal(gamma: 0), { -log($0[$1]) }),
    ]

    @Test("Each is its formula, with weights of classes and samples, and without ignored rows", arguments: 0..<8)
    func formula(index: Int) {
        let (loss, formula) = Self.formulas[index]
        let each = [formula(probabilities(0), 2), formula(probabilities(1), 0)]
        func isClose(_ found: SummedLoss, _ sum: Double, _ count: Double) -> Bool {
            abs(Double(found.sum.scalar) - sum) < 1e-5 * max(1, abs(sum)) && abs(found.count - count) < 1e-6
        }
        #expect(isClose(classificationLoss(loss, logits, labels), each[0] + each[1], 2))
        let weights = Tensor([0.5, 1, 3])
        #expect(
            isClose(
                classificationLoss(loss, logits, labels, classWeights: weights), 3 * each[0] + 0.5 * each[1], 3.5))
        #expect(
            isClose(
                classificationLoss(loss, logits, labels, classWeights: weights, sampleWeights: [2, 4]),
                6 * each[0] + 2 * each[1], 8))
        #expect(isClose(classificationLoss(loss, logits, Indices([-1, 0]), ignoredLabel: -1), each[1], 1))
        let mixed = Tensor([0, 0.25, 0.75, 1, 0, 0], shape: [2, 3])
        let expected = 0.75 * each[0] + 0.25 * formula(probabilities(0), 1) + each[1]
        #expect(isClose(classificationLoss(loss, logits, targets: mixed), expected, 2))
    }

    @Test("Gradients are those of finite differences", arguments: 0..<8)
    func gradient(index: Int) {
        let loss = Self.formulas[index].0
        let variable = logits.tracked
        let slopes = gradients(
            of: classificationLoss(loss, variable, labels).sum, withRespectTo: [variable])[0].values
        for element in 0..<6 {
            func moved(_ by: Float) -> Float {
                var values = logits.values
                values[element] += by
                return classificationLoss(loss, Tensor(values, shape: [2, 3]), labels).sum.scalar
            }
            #expect(abs((moved(0.01) - moved(-0.01)) / 0.02 - slopes[element]) < 2e-3)
        }
    }

    @Test("A certain prediction has a finite loss and gradient", arguments: 0..<8)
    func certain(index: Int) {
        for label in [0, 1] as [Int32] {
            let variable = Tensor([80, -80], shape: [1, 2]).tracked
            let loss = classificationLoss(Self.formulas[index].0, variable, Indices([label])).sum
            #expect(loss.scalar.isFinite)
            let slopes = gradients(of: loss, withRespectTo: [variable])[0].values
            #expect(slopes.allSatisfy { $0.isFinite })
        }
    }
}
