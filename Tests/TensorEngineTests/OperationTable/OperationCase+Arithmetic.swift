import TensorEngine

extension OperationCase {
    static let arithmetic: [OperationCase] = [
        OperationCase(primitive: "Add", shapes: [[3, 5], [3, 5]]) { $0[0] + $0[1] },
        OperationCase(primitive: "Add", shapes: [[3, 5], [5]]) { $0[0] + $0[1] },
        OperationCase(primitive: "Add", shapes: [[2, 1, 3], [4, 1]]) { $0[0] + $0[1] },
        OperationCase(primitive: "Add", shapes: [[3], []]) { $0[0] + $0[1] },
        OperationCase(primitive: "Subtract", shapes: [[2, 7], [2, 7]]) { $0[0] - $0[1] },
        OperationCase(primitive: "Subtract", shapes: [[7], [2, 1]]) { $0[0] - $0[1] },
        OperationCase(primitive: "Multiply", shapes: [[4, 3], [4, 3]]) { $0[0] * $0[1] },
        OperationCase(primitive: "Multiply", shapes: [[4, 3], [4, 1]]) { $0[0] * $0[1] },
        OperationCase(primitive: "Multiply", shapes: [[], [2, 3]]) { $0[0] * $0[1] },
        OperationCase(primitive: "Multiply", shapes: [[5]]) { $0[0] * $0[0] * $0[0] },
        OperationCase(primitive: "Divide", shapes: [[3, 3], [3, 3]], domain: .around(2)) { $0[0] / $0[1] },
        OperationCase(primitive: "Divide", shapes: [[3], [2, 3]], domain: .around(2)) { $0[0] / $0[1] },
        OperationCase(primitive: "Affine", shapes: [[9]]) { 2 * $0[0] * $0[0] - 3 },
        OperationCase(primitive: "Affine", shapes: [[2, 2]]) { (1 - $0[0]) / 4 * $0[0] },
    ]
}
