import CKernels
import Kernels
public import TensorEngine

/// A function of the weights of an arena, to be minimised as a whole: the loss over all samples, not over a batch.
///
/// On N ranks its closures sum over all shards, so that every rank has the same bits and takes the same decisions; calls
/// are then *collective*. The same weights must give the same value: no dropout, and the same samples at each call.
public struct Objective {
    /// The sum of a loss at the present weights, and of its gradients, over `count` terms.
    public typealias Gradient = () throws -> (sum: Double, gradients: GradientBuffer, count: Double)
    /// The sum of the products of the loss's Hessian with a vector of one tensor for each parameter, over `count` terms.
    public typealias HessianProduct = (_ vector: [Tensor]) throws -> (products: GradientBuffer, count: Double)

    let arena: ParameterArena
    private let l2: Double
    private let gradient: Gradient
    private let hessianProduct: HessianProduct?

    /// The mean of the loss, and the penalty l2/2·Σw².
    /// - Parameter hessianProduct: needed by Newton-CG only.
    public init(
        _ arena: ParameterArena, l2: Double = 0, gradient: @escaping Gradient, hessianProduct: HessianProduct? = nil
    ) {
        (self.arena, self.l2, self.gradient, self.hessianProduct) = (arena, l2, gradient, hessianProduct)
    }

    /// The value and the gradient at a point.
    struct Evaluation {
        let value: Double
        let gradient: Buffer
    }

    /// Elements of the vectors: the parameters', with the zeros between them.
    var dimension: Int { arena.parameterEnd }

    /// The value and the gradient at the present weights.
    func evaluate() throws -> Evaluation {
        let (sum, sums, count) = try gradient()
        let weights = arena.buffer.pointer
        let value = (count > 0 ? sum / count : 0) + 0.5 * l2 * lockstep_dot(weights, weights, dimension)
        return Evaluation(value: value, gradient: mean(sums, count, penalised: weights))
    }

    /// The product of the Hessian at the present weights with `vector`; nil when the objective doesn't know it.
    func hessianProduct(_ vector: Buffer) throws -> Buffer? {
        guard let hessianProduct else { return nil }
        let tensors = zip(arena.parameters, arena.ranges).map { parameter, range in
            Tensor(shape: parameter.shape) { elements in
                _ = elements.update(fromContentsOf: vector.elements[range])
            }
        }
        let (sums, count) = try hessianProduct(tensors)
        return mean(sums, count, penalised: vector.pointer)
    }

    /// sums / count + l2·vector
    private func mean(
        _ sums: GradientBuffer, _ count: Double, penalised vector: UnsafeMutablePointer<Float>
    ) -> Buffer {
        let result = Buffer(count: dimension)
        let scale = count > 0 ? 1 / Float(count) : 0
        let common = lockstep_update(gradient_scale: scale, rate: 0, l1: 0, l2: Float(l2), decay: 0)
        lockstep_followed_gradient(vector, sums.buffer.pointer, result.pointer, common, dimension)
        return result
    }
}
