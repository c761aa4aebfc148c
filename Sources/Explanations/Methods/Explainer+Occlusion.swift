import Layers
import TensorEngine

extension Explainer {
    func occlusion(_ query: Query, _ parts: OcclusionParts, _ baseline: Float) -> Attribution {
        let isImage = !explainsTokens && graph.inputs[0].arrangement == .channelsFirst
        let x = isImage ? query.x.channelsLast : query.x
        let (values, shape) = (x.values, x.shape)
        var sums = [Double](repeating: 0, count: shape.count)
        var counts = [Double](repeating: 0, count: shape.count)
        for part in elements(parts, width: explainsTokens ? shape.innermost : 1) {
            var changed = values
            for element in part { changed[element] = baseline }
            let input = Tensor(changed, shape: shape)
            let loss = Double(query.output - output(query, at: isImage ? input.channelsFirst : input).scalar)
            for element in part {
                // a token's loss is shared by the elements of its embedding, whose sum is the token's
                sums[element] += explainsTokens ? loss / Double(shape.innermost) : loss
                counts[element] += 1
            }
        }
        let means = Tensor(zip(sums, counts).map { Float($1 > 0 ? $0 / $1 : 0) }, shape: shape)
        return made(isImage ? means.channelsFirst : means, query)
    }

    /// The elements of each part in a sample, of which each named one stands for `width`.
    private func elements(_ parts: OcclusionParts, width: Int) -> [[Int]] {
        switch parts {
        case .ranges(let ranges): return ranges.map { Array(($0.lowerBound * width)..<($0.upperBound * width)) }
        case .squares(let size, let stride, let height, let width, let channels):
            /// Where windows begin: the last reaches the end of the image, or goes beyond and is cut.
            func starts(_ extent: Int) -> [Int] {
                let count = extent <= size ? 1 : (extent - size + stride - 1) / stride + 1
                return (0..<count).map { $0 * stride }
            }
            return starts(height).flatMap { top in
                starts(width).map { left in
                    (top..<min(top + size, height)).flatMap { row in
                        let (first, last) = (row * width + left, row * width + min(left + size, width))
                        return Array((first * channels)..<(last * channels))
                    }
                }
            }
        }
    }
}
