public import TensorEngine

/// The whole Gauss-Newton matrix of the last layer's weights; the other layers stay as they are.
///
/// Weights are numbered output by output, each with its inputs and its bias.
public struct LastLayerCurvature: WeightCurvature {
    private let layers: Int
    private let shape: Shape

    public init(widths: [Int]) {
        layers = widths.count - 1
        shape = [widths[widths.count - 2] + 1, widths[widths.count - 1]]
    }

    public var sumShapes: [Shape] { [[shape.count, shape.count]] }
    /// The upper triangle U of the precision Uᵀ·U.
    public var factorShapes: [Shape] { sumShapes }

    public func sums(_ pass: PerceptronPass, _ output: [Tensor]) -> [Tensor] {
        let (inputs, outputs) = (pass.inputs[layers - 1], shape[1])
        func column(_ tensor: Tensor, _ k: Int) -> Tensor { tensor.slice(k..<(k + 1), alongAxis: 1) }
        var blocks = [[Tensor]](repeating: [], count: outputs)
        for i in 0..<outputs {
            for j in 0..<outputs {
                if j < i {
                    blocks[i].append(blocks[j][i].transposed())
                    continue
                }
                var weights = Tensor(repeating: 0, shape: [inputs.shape[0], 1])
                for slopes in output { weights = weights + column(slopes, i) * column(slopes, j) }
                blocks[i].append((inputs * weights).matrixProduct(inputs, transposingSelf: true))
            }
        }
        return [.concatenated(blocks.map { .concatenated($0, alongAxis: 1) }, alongAxis: 0)]
    }

    public func factors(of sums: [Tensor], count: Int, precision: Double) throws -> [Tensor] {
        let size = shape.count
        var matrix = sums[0].values.map(Double.init)
        for i in 0..<size { matrix[i * size + i] += precision }
        if let row = UpperTriangle.factorize(&matrix, size: size) {
            throw NotPositiveDefinite(row: row, size: size, precision: precision)
        }
        return [
            Tensor(shape: sums[0].shape) { elements in
                for k in elements.indices { elements[k] = k % size >= k / size ? Float(matrix[k]) : 0 }
            }
        ]
    }

    public func draw(_ factors: [Tensor], precision: Double, normal: (Shape) -> Tensor) -> [Tensor?] {
        let draw = UpperTriangle.solve(factors[0], normal([shape.count]))
        return [Tensor?](repeating: nil, count: layers - 1)
            + [draw.reshaped(to: [shape[1], shape[0]]).transposed()]
    }
}
