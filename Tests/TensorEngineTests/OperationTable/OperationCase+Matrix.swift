import TensorEngine

extension OperationCase {
    static let matrix: [OperationCase] = [
        OperationCase(primitive: "MatrixMultiply", shapes: [[3, 4], [4, 5]]) { $0[0].matrixProduct($0[1]) },
        OperationCase(primitive: "MatrixMultiply", shapes: [[4, 3], [4, 5]]) {
            $0[0].matrixProduct($0[1], transposingSelf: true)
        },
        OperationCase(primitive: "MatrixMultiply", shapes: [[3, 4], [5, 4]]) {
            $0[0].matrixProduct($0[1], transposingOther: true)
        },
        OperationCase(primitive: "MatrixMultiply", shapes: [[4, 3], [5, 4]]) {
            $0[0].matrixProduct($0[1], transposingSelf: true, transposingOther: true)
        },
        OperationCase(primitive: "MatrixMultiply", shapes: [[1, 1], [1, 1]]) { $0[0].matrixProduct($0[1]) },
        OperationCase(primitive: "MatrixMultiply", shapes: [[3, 3]]) { $0[0].matrixProduct($0[0]) },
        OperationCase(primitive: "LinearTransform", shapes: [[5, 3], [3, 4], [4]]) {
            $0[0].linear(weight: $0[1], bias: $0[2])
        },
        OperationCase(primitive: "LinearTransform", shapes: [[1, 3], [3, 1], [1]], domain: .around(1.5)) {
            $0[0].linear(weight: $0[1], bias: $0[2], thenReLU: true)
        },
        OperationCase(primitive: "LinearTransform", shapes: [[4, 2], [2, 3], [3]], domain: .awayFromZero) {
            $0[0].linear(weight: $0[1], bias: $0[2], thenReLU: true)
        },
    ]
}
