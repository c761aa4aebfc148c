import CKernels
import Kernels
public import TensorEngine

/// A function of the weights of an arena, to be minimized as a whole: the loss over all samples, or over one batch.
///
/// On N ranks its closures sum over all shards, so that every rank has the same bits and takes the same decisions;
/// calls are then *collective*. The same weights must give the same value: the same samples at each call, and the same
/// dropout.
public struct Objective {
    /// The sum of a loss at the present weights, and of its gradients, over `count` terms.
    public typealias Gradient = () throws -> (sum: Double, gradients: GradientBuffer, count: Double)
    /// The sum of the products of the loss's Hessian with a vector of one tensor for each parameter that is not frozen,
    /// over `count` terms.
    public typealias HessianProduct = (_ vector: [Tensor]) throws -> (products: GradientBuffer, count: Double)

    let arena: ParameterArena
    let groups: ParameterGroups
    private let l2: Double
    /// The parts of the arena that vary; the penalty is for those that decay.
    private let plan: UpdatePlan
    private let gradient: Gradient
    private let hessianProduct: HessianProduct?

    /// The mean of the loss, and the penalty l2/2·Σw².
    /// - Parameters:
    ///   - groups: what is frozen, and what the penalty is not for.
    ///   - hessianProduct: needed by Newton-CG only.
    public init(
        _ arena: ParameterArena, l2: Double = 0, groups: ParameterGroups = ParameterGroups(),
        gradient: @escaping Gradient, hessianProduct: HessianProduct? = nil
    ) {
        (self.arena, self.l2, self.groups) = (arena, l2, groups)
        (self.gradient, self.hessianProduct) = (gradient, hessianProduct)
        plan = UpdatePlan(arena, .none, groups)
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
        let squares = plan.mergedSpans.reduce(0.0) { squares, span in
            let slice = weights + span.range.lowerBound
            return squares + (span.treatment.isDecayed ? lockstep_dot(slice, slice, span.range.count) : 0)
        }
        let value = (count > 0 ? sum / count : 0) + 0.5 * l2 * squares
        return Evaluation(value: value, gradient: mean(sums, count, penalized: weights))
    }

    /// The product of the Hessian at the present weights with `vector`; nil when the objective doesn't know it.
    func hessianProduct(_ vector: Buffer) throws -> Buffer? {
        guard let hessianProduct else { return nil }
        let varied = zip(arena.names, zip(arena.parameters, arena.ranges)).filter { !groups.isFrozen($0, $1.0.shape) }
        let tensors = varied.map { _, place in
            Tensor(shape: place.0.shape) { elements in
                _ = elements.update(fromContentsOf: vector.elements[place.1])
            }
        }
        let (sums, count) = try hessianProduct(tensors)
        return mean(sums, count, penalized: vector.pointer)
    }

    /// sums / count + l2·vector; zero where nothing varies.
    private func mean(
        _ sums: GradientBuffer, _ count: Double, penalized vector: UnsafeMutablePointer<Float>
    ) -> Buffer {
        let result = Buffer(repeating: 0, count: dimension)
        let scale = count > 0 ? 1 / Float(count) : 0
        for span in plan.mergedSpans {
            let start = span.range.lowerBound
            let common = lockstep_update(
                gradient_scale: scale, rate: 0, l1: 0, l2: span.treatment.isDecayed ? Float(l2) : 0, decay: 0)
            lockstep_followed_gradient(
                vector + start, sums.buffer.pointer + start, result.pointer + start, common, span.range.count)
        }
        return result
    }

    /// Puts the weights at `start` + step·`direction`; what doesn't vary keeps its bits.
    func move(to start: Buffer, _ direction: Buffer, _ step: Double) {
        for span in plan.mergedSpans {
            let weights = Buffer(sliceOf: arena.buffer, span.range)
            weights.pointer.update(from: start.pointer + span.range.lowerBound, count: span.range.count)
            weights.add(Buffer(sliceOf: direction, span.range), times: step)
        }
    }
}
