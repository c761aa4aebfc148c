import Kernels
import Preconditions
public import Settings
public import TensorEngine

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

/// The settings of `optimizer.name newton_cg`.
public struct NewtonCGSettings: SecondOrderRule {
    /// Iterations on the batch of each step.
    public var iterations = 1
    /// Most iterations of conjugate gradients for one direction.
    public var cgIterations = 200

    public init() {}

    public static let name = "newton_cg"
    public static let keys: [Setting<Self>] = [
        Setting(
            "iterations", \.iterations, .whole(atLeast: 1, atMost: 1_000_000), aliases: ["max_iter"],
            "iterations on the batch of each step"),
        Setting(
            "cg_iterations", \.cgIterations, .whole(atLeast: 1, atMost: 1_000_000), formerNames: ["optimizer.products"],
            "most conjugate-gradient iterations (Hessian-vector products) for one direction"),
    ]

    public func makeOptimizer(_ arena: ParameterArena, _ groups: ParameterGroups) throws -> SecondOrderOptimizer {
        SecondOrderOptimizer(arena, .newtonCG(productLimit: cgIterations), groups: groups)
    }
}

extension SecondOrderMethod {
    /// Newton's method by conjugate gradients, with at most so many Hessian-vector products for one direction.
    public static func newtonCG(productLimit: Int = 200) -> SecondOrderMethod {
        SecondOrderMethod { _, _ in NewtonCG(productLimit: productLimit) }
    }
}
