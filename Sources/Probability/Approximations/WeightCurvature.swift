public import TensorEngine

/// The generalized Gauss-Newton matrix of a perceptron's weights, or a structure in its place, and the normal
/// distribution whose precision is that matrix plus a multiple τ of the identity: the Laplace approximation of a
/// posterior.
///
/// Sources: MacKay, "A practical Bayesian framework for backpropagation networks", 1992; Daxberger and others, "Laplace
/// Redux: effortless Bayesian deep learning", 2021.
public protocol WeightCurvature: Sendable {
    /// The matrix of a perceptron of these widths: inputs, hidden layers, outputs.
    init(widths: [Int])

    /// The shapes of what is summed over samples.
    var sumShapes: [Shape] { get }

    /// The sums over the samples of a pass.
    /// - Parameter output: the Hessian of the loss in the outputs (`OutputCurvature`).
    func sums(_ pass: PerceptronPass, _ output: [Tensor]) -> [Tensor]

    /// The shapes of what weights are drawn by.
    var factorShapes: [Shape] { get }

    /// What weights are drawn by, of the sums over `count` samples, at least one.
    func factors(of sums: [Tensor], count: Int, precision: Double) throws -> [Tensor]

    /// A draw of the differences of the weights from their mean: for each layer [inputs + 1, outputs], or nil for none.
    func draw(_ factors: [Tensor], precision: Double, normal: (Shape) -> Tensor) -> [Tensor?]
}

extension WeightCurvature {
    /// [inputs + 1, outputs] of each layer.
    static func layerShapes(_ widths: [Int]) -> [Shape] {
        zip(widths, widths.dropFirst()).map { [$0 + 1, $1] }
    }
}

/// Rounding has made of a matrix one that is not positive definite.
public struct NotPositiveDefinite: Error, CustomStringConvertible {
    let row, size: Int
    let precision: Double
    /// What was found, and what to do.
    public var description: String {
        "the curvature of \(size) weights is not positive definite at row \(row) with a prior precision of \(precision); lower bayes.prior, or train with a lower learning rate"
    }
}
