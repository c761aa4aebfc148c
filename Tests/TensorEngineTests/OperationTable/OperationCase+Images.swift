import Kernels
import TensorEngine

extension OperationCase {
    static let images: [OperationCase] = convolutions + pooling + normalizations

    private static let convolutions: [OperationCase] = [
        OperationCase(primitive: "Convolution", shapes: [[2, 5, 4, 3], [3, 2, 3, 2], [2]]) {
            $0[0].convolution(weight: $0[1], bias: $0[2], stride: Extent(2, 1), padding: 1)
        },
        OperationCase(primitive: "Convolution", shapes: [[1, 5, 6, 2], [3, 2, 2, 5]]) {
            $0[0].convolution(weight: $0[1], padding: Extent(1, 2), dilation: Extent(1, 2))
        },
        OperationCase(primitive: "Convolution", shapes: [[1, 3, 3, 4], [2, 2, 2, 6], [6]]) {
            $0[0].convolution(weight: $0[1], bias: $0[2], groups: 2)
        },
        OperationCase(primitive: "Convolution", shapes: [[2, 3, 3, 3], [3, 3, 1, 3]]) {
            $0[0].convolution(weight: $0[1], padding: 1, groups: 3)
        },
        OperationCase(primitive: "Convolution", shapes: [[2, 2, 3, 1], [1, 1, 1, 1], [1]], domain: .around(1.5)) {
            $0[0].convolution(weight: $0[1], bias: $0[2], thenReLU: true)
        },
        OperationCase(primitive: "Convolution", shapes: [[3, 3, 2, 1], [1, 1, 1, 2]], domain: .awayFromZero) {
            ($0[0] * 3).convolution(weight: $0[1], stride: 2, thenReLU: true)
        },
        OperationCase(primitive: "ConvolutionInputGradient", shapes: [[2, 2, 3, 3], [3, 2, 2, 3]]) {
            $0[0].transposedConvolution(weight: $0[1], stride: 2, padding: Extent(1, 0), outputPadding: Extent(1, 0))
        },
        OperationCase(primitive: "ConvolutionInputGradient", shapes: [[1, 2, 3, 4], [2, 2, 1, 4]]) {
            $0[0].transposedConvolution(weight: $0[1], dilation: Extent(2, 1), groups: 2)
        },
        OperationCase(primitive: "ConvolutionWeightGradient", shapes: [[2, 4, 3, 2], [2, 2, 2, 3]]) {
            gradients(
                of: ($0[0].convolution(weight: $0[1], padding: 1) * 0.5).tanh().sum(), withRespectTo: [$0[1]],
                createsGraph: true)[0]
        },
        OperationCase(primitive: "ConvolutionWeightGradient", shapes: [[1, 3, 5, 4], [1, 3, 1, 4]]) {
            gradients(
                of: $0[0].convolution(weight: $0[1], stride: Extent(1, 2), dilation: Extent(1, 1), groups: 4).tanh()
                    .sum(), withRespectTo: [$0[1]], createsGraph: true)[0]
        },
    ]

    private static let pooling: [OperationCase] = [
        OperationCase(primitive: "MaxPooling", shapes: [[1, 4, 6, 3]], domain: .distinct) {
            $0[0].maxPooled(window: 2) * 2
        },
        OperationCase(primitive: "MaxPooling", shapes: [[1, 5, 3, 2]], domain: .distinct) {
            ($0[0] * $0[0] * $0[0]).maxPooled(window: Extent(3, 2), stride: Extent(2, 1), padding: 1)
        },
        OperationCase(primitive: "MaxPooling", shapes: [[1, 3, 4, 2]], domain: .distinct) {
            $0[0].maxPooled(window: Extent(1, 2), thenReLU: true) * $0[0].maxPooled(window: Extent(1, 2))
        },
        OperationCase(primitive: "MaximumScatter", shapes: [[1, 4, 3, 2]]) {
            gradients(
                of: $0[0].exp().maxPooled(window: 2, stride: 1).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "MaximumScatter", shapes: [[2, 5, 3, 1]], domain: .distinct) {
            gradients(
                of: $0[0].exp().maxPooled(window: Extent(3, 2), padding: 1, thenReLU: true).sum(),
                withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "MaximumGather", shapes: [[1, 5, 5, 1]]) {
            let pooled = $0[0].exp().adaptiveMaxPooled(to: Extent(2, 3))
            return gradients(of: (pooled * pooled).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "MaximumGather", shapes: [[2, 3, 4, 3]], domain: .distinct) {
            let pooled = $0[0].maxPooled(window: 2, stride: 1, thenReLU: true)
            return gradients(of: (pooled * pooled * pooled).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "AveragePooling", shapes: [[2, 5, 4, 3]]) {
            ($0[0] * $0[0]).averagePooled(window: Extent(3, 2), stride: 2, padding: 1)
        },
        OperationCase(primitive: "AveragePooling", shapes: [[1, 4, 5, 2]]) {
            ($0[0] * $0[0]).averagePooled(window: 3, stride: 1, padding: 1, countsPadding: false)
        },
        OperationCase(primitive: "AveragePooling", shapes: [[2, 3, 5, 17]]) { ($0[0] * $0[0]).globalAveragePooled() },
        OperationCase(primitive: "AverageSpreading", shapes: [[2, 3, 4, 1]]) {
            let pooled = $0[0].averagePooled(window: Extent(2, 3), stride: 1, padding: 1, countsPadding: false)
            return gradients(of: (pooled * pooled * pooled).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
        OperationCase(primitive: "AverageSpreading", shapes: [[1, 5, 4, 2]]) {
            let pooled = $0[0].exp().adaptiveAveragePooled(to: Extent(3, 3))
            return gradients(of: (pooled * pooled).sum(), withRespectTo: [$0[0]], createsGraph: true)[0]
        },
    ]

    private static let normalizations: [OperationCase] = [
        OperationCase(primitive: "BatchNormalization", shapes: [[3, 2, 2, 3], [3], [3]]) {
            $0[0].batchNormalized(ChannelMoments(of: $0[0]), weight: $0[1], bias: $0[2])
        },
        OperationCase(primitive: "BatchNormalization", shapes: [[13, 17], [17], [17]]) {
            $0[0].batchNormalized(ChannelMoments(of: $0[0]), weight: $0[1], bias: $0[2], epsilon: 0.1)
        },
        OperationCase(primitive: "BatchNormalization", shapes: [[2, 3, 1, 2], [2], [2], [2, 3, 1, 2]]) {
            // far enough on either side of the ReLU's kink: (±1 ± 1)·4 ± 6
            $0[0].batchNormalized(
                ChannelMoments(of: $0[0]), weight: $0[1] * 0.2, bias: $0[2] * 0.1 + 6, adding: $0[3], thenReLU: true)
        },
        OperationCase(primitive: "BatchNormalization", shapes: [[2, 3, 1, 2], [2], [2]]) {
            let signs = Tensor([8, -8])
            return $0[0].batchNormalized(
                ChannelMoments(of: $0[0]), weight: $0[1] * 0.2, bias: $0[2] + signs, thenReLU: true)
        },
        OperationCase(primitive: "ChannelAffine", shapes: [[2, 2, 2, 3], [3], [3]]) {
            $0[0].channelAffine(scale: $0[1], shift: $0[2])
        },
        OperationCase(primitive: "ChannelAffine", shapes: [[2, 17], [17], [17], [2, 17]]) {
            let signs = Tensor((0..<17).map { $0 % 3 == 0 ? -4 : 4 })
            return $0[0].channelAffine(scale: $0[1], shift: $0[2] + signs, adding: $0[3], thenReLU: true)
        },
        OperationCase(primitive: "GroupNormalization", shapes: [[2, 2, 3, 6], [6], [6]]) {
            $0[0].groupNormalized(groups: 3, weight: $0[1], bias: $0[2])
        },
        OperationCase(primitive: "GroupNormalization", shapes: [[3, 5], [5], [5]]) {
            $0[0].groupNormalized(groups: 1, weight: $0[1], bias: $0[2], epsilon: 0.01)
        },
        OperationCase(primitive: "ImageChannelScaling", shapes: [[2, 3, 2, 5], [2, 5]]) {
            $0[0].channelsScaled(by: $0[1])
        },
        OperationCase(primitive: "ImageChannelScaling", shapes: [[3, 1, 1, 17], [3, 17]]) {
            $0[0].channelsScaled(by: $0[1] * $0[1])
        },
    ]
}
