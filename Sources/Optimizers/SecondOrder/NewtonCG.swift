import Kernels
import Preconditions

/// Newton's method without its matrix: H·p = -g is solved by conjugate gradients on Hessian-vector products, the more
/// exactly the smaller the gradient is; negative curvature ends the solving.
///
/// Source: Nocedal and Wright, 2006, algorithm 7.1.
final class NewtonCG: SearchDirection {
    private let productLimit: Int

    /// At most `productLimit` Hessian-vector products for one direction.
    init(productLimit: Int) { self.productLimit = productLimit }

    var hasScale: Bool { true }

    func direction(_ gradient: Buffer, of objective: Objective) throws -> Buffer {
        let norm = gradient.norm
        let tolerance = min(0.5, norm.squareRoot()) * norm
        let solution = Buffer(repeating: 0, count: gradient.count)
        let residual = copy(gradient.pointer, count: gradient.count)
        var direction = gradient.scaled(by: -1)
        var squared = residual.dot(residual)
        for number in 0..<productLimit {
            guard let product = try objective.hessianProduct(direction) else {
                require(false, "NewtonCG: the objective has no Hessian-vector product, which this method needs")
                break
            }
            let curvature = direction.dot(product)
            if curvature <= 0 { return number == 0 ? direction : solution }
            let step = squared / curvature
            solution.add(direction, times: step)
            residual.add(product, times: step)
            let next = residual.dot(residual)
            if next.squareRoot() < tolerance { break }
            let following = residual.scaled(by: -1)
            following.add(direction, times: next / squared)
            (direction, squared) = (following, next)
        }
        return solution
    }

    func learn(step: Buffer, change: Buffer) {}

    func reset() {}
}
