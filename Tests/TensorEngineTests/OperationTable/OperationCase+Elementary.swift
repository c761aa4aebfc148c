import TensorEngine

extension OperationCase {
    static let elementary: [OperationCase] = [
        OperationCase(primitive: "Exponential", shapes: [[3, 5]]) { $0[0].exp() },
        OperationCase(primitive: "Exponential", shapes: [[2, 3, 1, 7]]) { $0[0].exp() * $0[0] },
        OperationCase(primitive: "Logarithm", shapes: [[17]], domain: .around(1.6)) { $0[0].log() },
        OperationCase(primitive: "Logarithm", shapes: [[3, 1, 5]], domain: .around(2.5)) { $0[0].log() * $0[0] },
        OperationCase(primitive: "SquareRoot", shapes: [[3, 3]], domain: .around(2)) { $0[0].squareRoot() },
        OperationCase(primitive: "SquareRoot", shapes: [[1, 17, 1]], domain: .around(5)) { $0[0].squareRoot() * $0[0] },
        OperationCase(primitive: "HyperbolicTangent", shapes: [[4, 5]]) { $0[0].tanh() },
        OperationCase(primitive: "HyperbolicTangent", shapes: [[33]], domain: .around(2)) { $0[0].tanh() * $0[0] },
        OperationCase(primitive: "Sigmoid", shapes: [[4, 5]]) { $0[0].sigmoid() },
        OperationCase(primitive: "Sigmoid", shapes: [[3, 1, 11]], domain: .around(-2)) { $0[0].sigmoid() * $0[0] },
        OperationCase(primitive: "ReLU", shapes: [[33]], domain: .awayFromZero) { $0[0].relu() * $0[0] },
        OperationCase(primitive: "ReLU", shapes: [[2, 3, 1, 3]], domain: .awayFromZero) { $0[0].relu().exp() },
        OperationCase(primitive: "Recomputation", shapes: [[4, 3]]) {
            recomputed($0[0], [:]) { x, _ in x.tanh() * x + x.exp() }
        },
        OperationCase(primitive: "Recomputation", shapes: [[17]]) {
            recomputed($0[0], [:]) { x, _ in x.sigmoid() * x }
        },
        OperationCase(primitive: "ReLUGradient", shapes: [[4, 4], [4, 4]], domain: .awayFromZero) {
            // the gradient operation itself, within a computation that is differentiated again
            gradients(of: ($0[0].relu() * $0[1] * $0[1]).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "ReLUGradient", shapes: [[3, 1, 7]], domain: .awayFromZero) {
            gradients(of: ($0[0].relu() * $0[0].exp()).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
    ]
}
