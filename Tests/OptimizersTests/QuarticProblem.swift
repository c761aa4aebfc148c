import Kernels
import Optimizers
import TensorEngine

/// The function of reference.py, Σ c/4·(w - t)⁴ + ½·(w - t)², of two parameters: `a` of 3 elements and `b` of shape [1, 2].
struct QuarticProblem {
    let first = Parameter(Tensor([1, -0.5, 0.25]))
    let second = Parameter(Tensor([2, 0], shape: [1, 2]))
    let arena: ParameterArena
    private let buffer: GradientBuffer
    private static let target: [Float] = [0.3, 0.7, -1, 1.5, 0.1]
    private static let curvature: [Float] = [1, 0.5, 2, 0.1, 3]

    init() {
        arena = ParameterArena(["a": first, "b": second])
        buffer = GradientBuffer(arena.zeros())
    }

    /// All elements of the parameters.
    var weights: [Float] { first.value.values + second.value.values }
    /// What lies between and behind the parameters.
    var padding: [Float] { Array(arena.buffer.elements[3..<16]) + Array(arena.buffer.elements[18...]) }

    /// The gradient at the present weights, times `scale`.
    func gradients(scaledBy scale: Float) -> GradientBuffer {
        for (place, weight) in weights.enumerated() {
            let distance = weight - Self.target[place]
            let gradient = Self.curvature[place] * distance * distance * distance + distance
            buffer.buffer.pointer[place < 3 ? place : 13 + place] = scale * gradient
        }
        return buffer
    }
}
