import TensorEngine

extension OperationCase {
    static let activations: [OperationCase] = [
        OperationCase(primitive: "LeakyReLU", shapes: [[33]], domain: .awayFromZero) {
            $0[0].leakyReLU(slope: 0.2) * $0[0]
        },
        OperationCase(primitive: "LeakyReLU", shapes: [[2, 1, 3, 5]], domain: .awayFromZero) {
            $0[0].exp() * $0[0].leakyReLU()
        },
        OperationCase(primitive: "ELU", shapes: [[3, 11]], domain: .awayFromZero) { $0[0].elu(alpha: 0.7) },
        OperationCase(primitive: "ELU", shapes: [[5]], domain: .around(-3)) { $0[0].elu() * $0[0] },
        OperationCase(primitive: "SiLU", shapes: [[4, 5]]) { $0[0].silu() },
        OperationCase(primitive: "SiLU", shapes: [[17]], domain: .around(3)) { $0[0].silu() },
        OperationCase(primitive: "Softplus", shapes: [[2, 19]]) { $0[0].softplus() },
        OperationCase(primitive: "Softplus", shapes: [[3]], domain: .around(-4)) { $0[0].softplus() },
        OperationCase(primitive: "AbsoluteValue", shapes: [[21]], domain: .awayFromZero) {
            $0[0].absoluteValue() * $0[0]
        },
        OperationCase(primitive: "AbsoluteValue", shapes: [[3, 1, 7]], domain: .awayFromZero) {
            $0[0].absoluteValue().exp()
        },
        // inside of the range, and outside of it
        OperationCase(primitive: "Clamp", shapes: [[9]]) { $0[0].clamped(to: -2...3) * $0[0] },
        OperationCase(primitive: "Clamp", shapes: [[9]], domain: .around(5)) { $0[0].clamped(to: -2...3) * $0[0] },
        OperationCase(primitive: "Huber", shapes: [[9]]) { $0[0].huber(delta: 2) },
        OperationCase(primitive: "Huber", shapes: [[3, 3]], domain: .around(-4)) { $0[0].huber(delta: 2) * $0[0] },
        OperationCase(primitive: "TimesOwnLogarithm", shapes: [[7]], domain: .around(1.6)) {
            $0[0].timesOwnLogarithm()
        },
        OperationCase(primitive: "TimesOwnLogarithm", shapes: [[3, 1, 11]], domain: .around(4)) {
            $0[0].timesOwnLogarithm()
        },
    ]
}
