import TensorEngine

extension OperationCase {
    static let softmax: [OperationCase] = [
        OperationCase(primitive: "LogSoftmax", shapes: [[3, 5]]) { $0[0].logSoftmax() },
        OperationCase(primitive: "LogSoftmax", shapes: [[2, 2, 3]]) { $0[0].softmax() },
        OperationCase(primitive: "SoftmaxCrossEntropy", shapes: [[4, 5]]) {
            $0[0].softmaxCrossEntropy(labels: Indices([4, 0, 2, 2]))
        },
        OperationCase(primitive: "SoftmaxCrossEntropy", shapes: [[1, 1]]) {
            $0[0].softmaxCrossEntropy(labels: Indices([0]))
        },
        OperationCase(primitive: "CosineDistance", shapes: [[3, 4], [3, 4]], domain: .around(0.5)) {
            $0[0].cosineDistance(to: $0[1])
        },
        OperationCase(primitive: "CosineDistance", shapes: [[2, 3], [2, 3]], domain: .around(1)) {
            $0[0].cosineDistance(to: $0[1], epsilon: 0.5)
        },
    ]
}
