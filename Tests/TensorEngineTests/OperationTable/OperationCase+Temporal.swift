import TensorEngine

extension OperationCase {
    private static func targets(_ labels: [Int32], _ shape: Shape, _ inputs: [Int32], _ targets: [Int32])
        -> TemporalTargets
    {
        TemporalTargets(
            labels: Indices(labels, shape: shape), inputLengths: Indices(inputs), targetLengths: Indices(targets))
    }

    static let temporal: [OperationCase] = [
        // a repeated label, a shorter input, and an empty target
        OperationCase(primitive: "ConnectionistTemporalClassification", shapes: [[3, 5, 4]]) {
            $0[0].connectionistTemporalClassification(
                targets([1, 1, 3, 2, 9, 9], [3, 2], [5, 4, 3], [2, 2, 0]))
        },
        OperationCase(primitive: "ConnectionistTemporalClassification", shapes: [[1, 1, 2]]) {
            $0[0].logSoftmax().connectionistTemporalClassification(targets([1], [1, 1], [1], [1]))
        },
    ]
}
