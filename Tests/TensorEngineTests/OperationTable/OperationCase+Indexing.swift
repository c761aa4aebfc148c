import TensorEngine

extension OperationCase {
    static let indexing: [OperationCase] = rows + slices + axes

    private static let rows: [OperationCase] = [
        OperationCase(primitive: "Gather", shapes: [[4, 3]]) {
            ($0[0] * $0[0]).gathered(rows: Indices([3, 0, 0, 1, 3, 3], shape: [2, 3]))
        },
        OperationCase(primitive: "Gather", shapes: [[2, 17]]) { $0[0].exp().gathered(rows: Indices([1, 1, 1])) },
        OperationCase(primitive: "Gather", shapes: [[3, 2, 2]]) { $0[0].exp().gathered(rows: Indices([2, 0])) },
        OperationCase(primitive: "Gather", shapes: [[5]]) { $0[0].exp().gathered(rows: Indices([4, 4, 0])) },
        OperationCase(primitive: "Gather", shapes: [[4, 3]]) {
            ($0[0] * $0[0]).gathered(columns: Indices([2, 0, 0, 1]))
        },
        OperationCase(primitive: "ScatterAdd", shapes: [[5, 3]]) {
            ($0[0] * $0[0]).scatterAdded(rows: Indices([2, 0, 2, 3, 2]), count: 4)
        },
        OperationCase(primitive: "ScatterAdd", shapes: [[2, 2, 3]]) {
            $0[0].exp().scatterAdded(rows: Indices([1, 0, 1, 1], shape: [2, 2]), count: 2)
        },
        OperationCase(primitive: "ScatterAdd", shapes: [[2, 17]]) {
            gradients(
                of: $0[0].exp().gathered(rows: Indices([1, 0, 1, 1, 1, 0], shape: [3, 1, 2])).sum(),
                withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "ScatterAdd", shapes: [[4, 3]]) {
            gradients(
                of: ($0[0] * $0[0] * $0[0]).gathered(columns: Indices([2, 0, 0, 1])).sum(), withRespectTo: [$0[0]],
                createsGraph: true)[0]
        },
    ]

    private static let slices: [OperationCase] = [
        OperationCase(primitive: "Slice", shapes: [[3, 5]]) { ($0[0] * $0[0]).slice(1..<4, alongAxis: 1) },
        OperationCase(primitive: "Slice", shapes: [[5, 3]]) { ($0[0] * $0[0]).slice(2..<5, alongAxis: 0) },
        OperationCase(primitive: "Slice", shapes: [[4, 2, 3]]) { ($0[0] * $0[0]).slice(0..<1, alongAxis: -2) },
        OperationCase(primitive: "Slice", shapes: [[2, 5, 4, 3]]) { ($0[0] * $0[0]).strided(by: [1, 2, 2, 1]) },
        OperationCase(primitive: "Slice", shapes: [[7, 2, 5]]) { $0[0].exp().strided(by: [3, 1, 2]) },
        // several slices of one tensor that overlap, views and copies: their cotangents are added in place
        OperationCase(primitive: "Slice", shapes: [[4, 3]]) {
            let x = $0[0] * $0[0]
            return (x.slice(0..<2, alongAxis: 0) * x.slice(1..<3, alongAxis: 0)).sum()
                + (x.slice(1..<2, alongAxis: 1) * x.slice(2..<3, alongAxis: 1).exp()).sum() + x.sum()
        },
        OperationCase(primitive: "Pad", shapes: [[2, 2, 3, 3]]) {
            ($0[0] * $0[0]).padded(before: [0, 1, 0, 1], after: [0, 0, 2, 2])
        },
        OperationCase(primitive: "Pad", shapes: [[3, 5]]) { $0[0].exp().padded(before: [2, 0], after: [1, 0]) },
    ]

    private static let axes: [OperationCase] = [
        OperationCase(primitive: "Concatenate", shapes: [[2, 3], [2, 1], [2, 4]]) {
            Tensor.concatenated([$0[0] * $0[0], $0[1], $0[2] * $0[0].sum()], alongAxis: -1)
        },
        OperationCase(primitive: "Concatenate", shapes: [[1, 2, 2], [3, 2, 2]]) {
            Tensor.concatenated([$0[0], $0[1] * $0[1]], alongAxis: 0)
        },
        OperationCase(primitive: "Permute", shapes: [[2, 3, 4]]) { ($0[0] * $0[0]).permuted([2, 0, 1]) },
        OperationCase(primitive: "Permute", shapes: [[2, 3, 1, 5]]) { ($0[0] * $0[0]).permuted([0, 2, 1, 3]) },
        OperationCase(primitive: "Permute", shapes: [[3, 5], [3, 5]]) { $0[0].transposed() * $0[1].transposed() },
        OperationCase(primitive: "Permute", shapes: [[1, 33]]) { ($0[0] * $0[0]).transposed() },
        OperationCase(primitive: "Permute", shapes: [[3, 4, 2], [4, 3, 1]]) { $0[0].transposed(0, 1) * $0[1] },
    ]
}
