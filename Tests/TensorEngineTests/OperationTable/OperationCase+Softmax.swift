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
    ]
}
