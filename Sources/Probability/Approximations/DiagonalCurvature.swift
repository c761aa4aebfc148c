public import TensorEngine

/// The diagonal of the Gauss-Newton matrix: of each weight Σ a²·s², of the squares of its inputs and slopes.
public struct DiagonalCurvature: WeightCurvature {
    private let shapes: [Shape]

    public init(widths: [Int]) { shapes = Self.layerShapes(widths) }

    public var sumShapes: [Shape] { shapes }
    public var factorShapes: [Shape] { shapes }

    public func sums(_ pass: PerceptronPass, _ output: [Tensor]) -> [Tensor] {
        var slopes = pass.inputs.indices.map { Tensor(repeating: 0, shape: [pass.outputs.shape[0], shapes[$0][1]]) }
        for last in output {
            for (index, slope) in pass.slopes(last).enumerated() { slopes[index] = slopes[index] + slope * slope }
        }
        return zip(pass.inputs, slopes).map { ($0 * $0).matrixProduct($1, transposingSelf: true) }
    }

    public func factors(of sums: [Tensor], count: Int, precision: Double) -> [Tensor] { sums }

    public func draw(_ factors: [Tensor], precision: Double, normal: (Shape) -> Tensor) -> [Tensor?] {
        factors.map { normal($0.shape) / ($0 + Float(precision)).squareRoot() }
    }
}
