import TensorEngine

extension OperationCase {
    static let elementary: [OperationCase] = [
        OperationCase(primitive: "Exponential", shapes: [[3, 5]]) { $0[0].exp() },
        OperationCase(primitive: "Logarithm", shapes: [[17]], domain: .around(1.6)) { $0[0].log() },
        OperationCase(primitive: "SquareRoot", shapes: [[3, 3]], domain: .around(2)) { $0[0].squareRoot() },
        OperationCase(primitive: "HyperbolicTangent", shapes: [[4, 5]]) { $0[0].tanh() },
        OperationCase(primitive: "Sigmoid", shapes: [[4, 5]]) { $0[0].sigmoid() },
        OperationCase(primitive: "ReLU", shapes: [[33]], domain: .awayFromZero) { $0[0].relu() * $0[0] },
        OperationCase(primitive: "Recomputation", shapes: [[4, 3]]) {
            recomputed($0[0], [:]) { x, _ in x.tanh() * x + x.exp() }
        },
        OperationCase(primitive: "ReLUGradient", shapes: [[4, 4], [4, 4]], domain: .awayFromZero) {
            // the gradient operation itself, within a computation that is differentiated again
            gradients(of: ($0[0].relu() * $0[1] * $0[1]).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
    ]
}
