/// A method that minimizes an objective with the help of second derivatives, or of what gradients tell of them.
///
/// `lbfgs`, `bfgs` and `newtonCG` stand beside what they make.
public struct SecondOrderMethod: Sendable {
    /// The search direction for weights that lie in these ranges of a vector of `dimension` numbers.
    let makeDirection: @Sendable (_ ranges: [Range<Int>], _ dimension: Int) -> any SearchDirection
}
