/// The logarithm of a probability density, up to a constant, over vectors of real numbers: what a sampler draws from.
///
/// A `Density` makes one of a few lines of tensor operations; a density whose gradient is known may conform itself.
public protocol LogDensity: Sendable {
    /// The number of coordinates.
    var dimension: Int { get }

    /// The names of what a draw is reported as, such as `mu` and `theta[3]`, from 1.
    var quantities: [String] { get }

    /// The log density at `position`, which has `dimension` elements, and its gradient in `gradient`, which has as many.
    ///
    /// A function of its arguments alone. A value that is not finite stands for a density of 0.
    func logDensity(at position: [Double], gradient: inout [Double]) -> Double

    /// The values of `quantities` at `position`.
    func report(at position: [Double]) -> [Double]
}
