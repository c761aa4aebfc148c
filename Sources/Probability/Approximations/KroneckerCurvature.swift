import Kernels
public import TensorEngine

/// For each layer the Kronecker product of two factors, A = Σ a·aᵀ/n of its inputs and G = Σ s·sᵀ of its slopes;
/// without curvature between layers.
///
/// The prior's precision is added to the eigenvalues of the product, so that it is exact. Sources: Martens and Grosse,
/// "Optimizing neural networks with Kronecker-factored approximate curvature", 2015; Ritter, Botev, Barber, "A scalable
/// Laplace approximation for neural networks", 2018.
public struct KroneckerCurvature: WeightCurvature {
    private let shapes: [Shape]

    public init(widths: [Int]) { shapes = Self.layerShapes(widths) }

    /// A and G of each layer.
    public var sumShapes: [Shape] { shapes.flatMap { [[$0[0], $0[0]], [$0[1], $0[1]]] as [Shape] } }

    /// Of A and of G of each layer the eigenvectors, in rows, and the eigenvalues.
    public var factorShapes: [Shape] { sumShapes.flatMap { [$0, [$0[0]]] as [Shape] } }

    public func sums(_ pass: PerceptronPass, _ output: [Tensor]) -> [Tensor] {
        var slopes = shapes.map { Tensor(repeating: 0, shape: [$0[1], $0[1]]) }
        for last in output {
            for (index, slope) in pass.slopes(last).enumerated() {
                slopes[index] = slopes[index] + slope.matrixProduct(slope, transposingSelf: true)
            }
        }
        return zip(pass.inputs, slopes).flatMap { [$0.matrixProduct($0, transposingSelf: true), $1] }
    }

    public func factors(of sums: [Tensor], count: Int, precision: Double) -> [Tensor] {
        sums.enumerated().flatMap { index, sum in
            let size = sum.shape[0]
            let values = sum.values.map(Double.init)
            // rounding leaves the two halves of a product unequal
            let matrix = values.indices.map { 0.5 * (values[$0] + values[$0 % size * size + $0 / size]) }
            let eigen = SymmetricEigen(matrix, n: size)
            let scale = index % 2 == 0 ? 1 / Double(count) : 1
            let rows = Tensor(shape: sum.shape) { elements in
                for k in elements.indices { elements[k] = Float(eigen.vectors[k % size * size + k / size]) }
            }
            return [rows, Tensor(eigen.values.map { Float(max(0, $0) * scale) })]
        }
    }

    public func draw(_ factors: [Tensor], precision: Double, normal: (Shape) -> Tensor) -> [Tensor?] {
        shapes.indices.map { index in
            let (a, aValues) = (factors[4 * index], factors[4 * index + 1])
            let (g, gValues) = (factors[4 * index + 2], factors[4 * index + 3])
            let values = aValues.reshaped(to: [a.shape[0], 1]) * gValues.reshaped(to: [1, g.shape[0]])
            let z = normal(shapes[index]) / (values + Float(precision)).squareRoot()
            return a.matrixProduct(z, transposingSelf: true).matrixProduct(g)
        }
    }
}
