import TensorEngine

extension OperationCase {
    static let arrangement: [OperationCase] = [
        OperationCase(primitive: "Broadcast", shapes: [[3, 1]]) { $0[0].broadcast(to: [2, 3, 4]) * 2 },
        OperationCase(primitive: "Broadcast", shapes: [[]]) { ($0[0] * $0[0]).broadcast(to: [3, 2]) },
        OperationCase(primitive: "SumTo", shapes: [[2, 3, 4]]) { ($0[0] * $0[0]).sum(to: [3, 1]) },
        OperationCase(primitive: "SumTo", shapes: [[2, 3, 4]]) { ($0[0] * $0[0]).sum(to: [2, 1, 4]) },
        OperationCase(primitive: "SumTo", shapes: [[6, 4]]) { ($0[0] * $0[0]).sum(to: [4]) },
        OperationCase(primitive: "SumTo", shapes: [[6, 4]]) { ($0[0] * $0[0]).sum() },
        OperationCase(primitive: "Reshape", shapes: [[6, 4]]) {
            ($0[0] * $0[0]).reshaped(to: [3, 8]).sum(alongAxis: 0)
        },
        OperationCase(primitive: "Reshape", shapes: [[3, 1, 5, 2]]) { ($0[0] * $0[0]).reshaped(to: [30]) },
    ]
}
