import TensorEngine

extension OperationCase {
    static let sequences = products + rotations + normalizations + attentions

    private static let products: [OperationCase] = [
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[2, 3, 4], [2, 4, 5]]) {
            $0[0].batchedMatrixProduct($0[1])
        },
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[2, 4, 3], [2, 4, 5]]) {
            $0[0].batchedMatrixProduct($0[1], transposingSelf: true)
        },
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[3, 1, 4], [3, 5, 4]]) {
            $0[0].batchedMatrixProduct($0[1], transposingOther: true)
        },
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[2, 4, 3], [2, 5, 4]]) {
            $0[0].batchedMatrixProduct($0[1], transposingSelf: true, transposingOther: true)
        },
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[2, 1, 2, 3], [3, 3, 2]]) {
            $0[0].batchedMatrixProduct($0[1])
        },
        OperationCase(primitive: "BatchedMatrixMultiply", shapes: [[2, 3, 3]]) { $0[0].batchedMatrixProduct($0[0]) },
    ]

    private static let rotations: [OperationCase] = [
        OperationCase(primitive: "RotatePairs", shapes: [[2, 3, 8]]) {
            let angles = Tensor((0..<6).map { Float($0) * 0.4 }, shape: [3, 2])
            let (cosines, sines) = (angles * 0.5 + 0.2, angles * -0.3 + 0.9)
            return ($0[0] * $0[0]).rotated(heads: 2, cosines: cosines, sines: sines)
        },
        OperationCase(primitive: "RotatePairs", shapes: [[1, 1, 18]]) {
            $0[0].exp().rotated(
                heads: 3, cosines: Tensor([0.3, -0.9, 0.5], shape: [1, 3]),
                sines: Tensor([0.8, 0.2, -1], shape: [1, 3]))
        },
    ]

    private static let normalizations: [OperationCase] = [
        OperationCase(primitive: "NormalizeRows", shapes: [[3, 7], [7], [7]]) {
            $0[0].layerNormalized(weight: $0[1], bias: $0[2])
        },
        OperationCase(primitive: "NormalizeRows", shapes: [[2, 2, 5], [5]]) { $0[0].layerNormalized(weight: $0[1]) },
        OperationCase(primitive: "NormalizeRows", shapes: [[2, 40], [40]]) { $0[0].layerNormalized(weight: $0[1]) },
        OperationCase(primitive: "NormalizeRows", shapes: [[3, 6], [6]]) { $0[0].rmsNormalized(weight: $0[1]) },
        OperationCase(primitive: "Softmax", shapes: [[3, 5]]) { $0[0].softmax() },
        OperationCase(primitive: "Softmax", shapes: [[2, 1, 17]]) { $0[0].softmax() * $0[0] },
        OperationCase(primitive: "GELU", shapes: [[3, 11]]) { ($0[0] * 2).gelu() },
        OperationCase(primitive: "GELU", shapes: [[19]]) { ($0[0] * 2).geluByTanh() },
        OperationCase(primitive: "RecomputedInput", shapes: [[5, 3], [3, 4]]) {
            ($0[0] * 2).geluThenLinear(weight: $0[1])
        },
        OperationCase(primitive: "RecomputedInput", shapes: [[3, 2], [2, 7], [7]]) {
            ($0[0] * 2).geluThenLinear(weight: $0[1], bias: $0[2])
        },
        OperationCase(primitive: "RecomputedInput", shapes: [[3, 7], [7], [7], [7, 2]]) {
            $0[0].layerNormalizedThenLinear(normWeight: $0[1], normBias: $0[2], weight: $0[3])
        },
        OperationCase(primitive: "RecomputedInput", shapes: [[2, 5], [5], [5, 3], [3]]) {
            $0[0].layerNormalizedThenLinear(normWeight: $0[1], weight: $0[2], bias: $0[3])
        },
        OperationCase(primitive: "GELUSlope", shapes: [[9]]) {
            gradients(of: ($0[0].gelu() * $0[0]).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "GELUSlope", shapes: [[2, 1, 17]], domain: .around(-2)) {
            gradients(of: $0[0].gelu().exp().sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
    ]

    private static let dropout = AttentionDropout(seed: 1, stream: 2, step: 3, samples: [4, 5], keep: 0.6)

    private static let attentions: [OperationCase] = [
        OperationCase(primitive: "Attention", shapes: [[2, 3, 4], [2, 5, 4], [2, 5, 4]]) {
            $0[0].attention(keys: $0[1], values: $0[2], heads: 2)
        },
        OperationCase(primitive: "Attention", shapes: [[1, 2, 3], [1, 4, 3], [1, 4, 3]]) {
            $0[0].attention(keys: $0[1], values: $0[2], heads: 1, causal: true)
        },
        OperationCase(primitive: "Attention", shapes: [[2, 2, 4], [2, 3, 4], [2, 3, 4]]) {
            $0[0].attention(keys: $0[1], values: $0[2], heads: 2, lengths: Indices([2, 0]))
        },
        OperationCase(primitive: "Attention", shapes: [[2, 4, 12]]) { $0[0].selfAttention(heads: 2, causal: true) },
        OperationCase(primitive: "Attention", shapes: [[2, 3, 6]]) {
            $0[0].selfAttention(heads: 1, causal: true, lengths: Indices([3, 1]))
        },
        OperationCase(primitive: "Attention", shapes: [[2, 3, 4], [2, 5, 4], [2, 5, 4]]) {
            $0[0].attention(keys: $0[1], values: $0[2], heads: 2, dropout: dropout)
        },
        OperationCase(primitive: "Attention", shapes: [[2, 4, 12]]) {
            $0[0].selfAttention(heads: 2, causal: true, lengths: Indices([4, 2]), dropout: dropout)
        },
    ]
}
