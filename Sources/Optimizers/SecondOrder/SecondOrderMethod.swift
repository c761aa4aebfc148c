/// A method that minimizes an objective with the help of second derivatives, or of what gradients tell of them.
public enum SecondOrderMethod: Sendable, Equatable {
    /// Limited-memory BFGS with this many pairs of vectors.
    case lbfgs(memory: Int = 10)
    /// BFGS, whose memory is quadratic in the number of weights: for few of them.
    case bfgs
    /// Newton's method by conjugate gradients, with at most so many Hessian-vector products for one direction.
    case newtonCG(productLimit: Int = 200)

    func makeDirection(_ ranges: [Range<Int>], dimension: Int) -> any SearchDirection {
        switch self {
        case .lbfgs(let memory): LBFGS(memory: memory, dimension: dimension)
        case .bfgs: BFGS(ranges)
        case .newtonCG(let productLimit): NewtonCG(productLimit: productLimit)
        }
    }
}
