import TensorEngine

extension OperationCase {
    static let mathematics: [OperationCase] = [
        OperationCase(primitive: "Sine", shapes: [[3, 5]]) { ($0[0] * 2).sin() },
        OperationCase(primitive: "Sine", shapes: [[17]], domain: .around(4)) { $0[0].sin() * $0[0] },
        OperationCase(primitive: "Cosine", shapes: [[3, 5]]) { ($0[0] * 2).cos() },
        OperationCase(primitive: "Cosine", shapes: [[2, 1, 7]], domain: .around(-3)) { $0[0].cos() * $0[0] },
        OperationCase(primitive: "ErrorFunction", shapes: [[3, 5]]) { $0[0].erf() },
        OperationCase(primitive: "ErrorFunction", shapes: [[17]], domain: .around(0.5)) { $0[0].erf() * $0[0] },
        OperationCase(primitive: "PowerOfNumber", shapes: [[3, 5]]) { $0[0].pow(3) },
        OperationCase(primitive: "PowerOfNumber", shapes: [[17]], domain: .around(2.5)) { $0[0].pow(-1.5) * $0[0] },
        OperationCase(primitive: "PowerOfNumber", shapes: [[4]]) { $0[0].pow(0) + $0[0].pow(1) * $0[0] },
        OperationCase(primitive: "Power", shapes: [[3, 5], [3, 5]], domain: .around(1.7)) { $0[0].pow($0[1]) },
        OperationCase(primitive: "Power", shapes: [[3, 1], [4]], domain: .around(2)) { $0[0].pow(-$0[1]) * $0[1] },
        OperationCase(primitive: "Maximum", shapes: [[4, 4]], domain: .distinct) {
            maximum($0[0], $0[0].transposed() + 0.03) * $0[0]
        },
        OperationCase(primitive: "Maximum", shapes: [[33]], domain: .awayFromZero) {
            maximum($0[0] * $0[0] * $0[0], 0)
        },
        OperationCase(primitive: "Minimum", shapes: [[4, 4]], domain: .distinct) {
            minimum($0[0], $0[0].transposed() + 0.03) * $0[0]
        },
        OperationCase(primitive: "Minimum", shapes: [[3, 5], [5]], domain: .awayFromZero) {
            minimum($0[0] * 3, $0[1]) * $0[0]
        },
        OperationCase(primitive: "Where", shapes: [[3, 5], [5]], domain: .awayFromZero) {
            .where($0[0] .> 0, $0[0] * $0[0], $0[1] * $0[0])
        },
        OperationCase(primitive: "Where", shapes: [[33]], domain: .awayFromZero) {
            .where($0[0] .< 0, 1, $0[0].exp()) + .where($0[0] .>= 0, $0[0].sin(), 2)
        },
        OperationCase(primitive: "CumulativeSum", shapes: [[3, 5]]) { ($0[0] * $0[0]).cumulativeSum(alongAxis: 0) },
        OperationCase(primitive: "CumulativeSum", shapes: [[2, 3, 4]]) {
            ($0[0].exp()).cumulativeSum(alongAxis: 1) * $0[0]
        },
        OperationCase(primitive: "CustomGradient", shapes: [[3, 5]]) { inputs in
            customGradient(inputs[0], forward: { $0 * $0 * $0 }, vjp: { cotangent, x, _ in cotangent * x * x * 3 })
        },
        OperationCase(primitive: "CustomGradient", shapes: [[3, 1], [4]]) { inputs in
            customGradient(
                inputs, forward: { ($0[0] + $0[1]).exp() }, vjp: { [$0 * $2, $0 * $2] }) * inputs[0]
        },
        // composed of other operations
        OperationCase(primitive: "max along an axis", shapes: [[3, 5]], domain: .distinct) {
            $0[0].max(alongAxis: 0) * $0[0].max(alongAxis: 0) + $0[0].min(alongAxis: 0)
        },
        OperationCase(primitive: "max along an axis", shapes: [[2, 3, 4]], domain: .distinct) {
            $0[0].max(alongAxis: -1) * $0[0].min(alongAxis: 2)
        },
        OperationCase(primitive: "logSumExp", shapes: [[3, 5]]) { ($0[0] * 2).logSumExp(alongAxis: 0) },
        OperationCase(primitive: "logSumExp", shapes: [[2, 3, 4]], domain: .around(40)) {
            $0[0].logSumExp(alongAxis: -1)
        },
        OperationCase(primitive: "subscript", shapes: [[3, 5]]) { ($0[0] * $0[0])[1..., -2] },
        OperationCase(primitive: "subscript", shapes: [[2, 3, 4]]) { ($0[0] * $0[0])[1, 0..<2] * $0[0][0, 1] },
        OperationCase(primitive: "stack", shapes: [[3, 2], [3, 2]]) { .stacked([$0[0] * $0[1], $0[1]], alongAxis: 1) },
        OperationCase(primitive: "stack", shapes: [[]]) { .stacked([$0[0] * $0[0], $0[0].exp()]) },
        OperationCase(primitive: "mean along an axis", shapes: [[3, 5]]) { ($0[0] * $0[0]).mean(alongAxis: 0) },
        OperationCase(primitive: "mean along an axis", shapes: [[2, 3, 4]]) { ($0[0].exp()).mean(alongAxis: -2) },
    ]
}
