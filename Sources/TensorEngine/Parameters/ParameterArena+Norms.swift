import CKernels
import Kernels

extension ParameterArena {
    /// The Euclidean norm of each parameter's gradient, in the order of the parameters.
    public func norms(of gradients: GradientBuffer) -> [Double] { norms(in: gradients.buffer) }

    /// The Euclidean norm of each parameter, in the order of the parameters.
    public var norms: [Double] { norms(in: buffer) }

    fileprivate func norms(in buffer: Buffer) -> [Double] {
        ranges.map { lockstep_sum_of_squares(buffer.pointer + $0.lowerBound, $0.count).squareRoot() }
    }

    /// The name of the first parameter that has an element that is not finite.
    public var firstNonFinite: String? { firstNonFinite(in: buffer) }

    /// The name of the first parameter whose gradient has an element that is not finite.
    public func firstNonFinite(of gradients: GradientBuffer) -> String? { firstNonFinite(in: gradients.buffer) }

    private func firstNonFinite(in buffer: Buffer) -> String? {
        zip(names, ranges).first { lockstep_all_finite(buffer.pointer + $1.lowerBound, $1.count) == 0 }?.0
    }
}

/// The weights of an arena as they were, to tell how far a step moves them.
public struct WeightSnapshot {
    private let arena: ParameterArena
    private let buffer: Buffer

    /// A snapshot of the present weights.
    public init(_ arena: ParameterArena) {
        self.arena = arena
        buffer = arena.zeros()
        take()
    }

    /// Takes the present weights.
    public func take() { buffer.pointer.update(from: arena.buffer.pointer, count: buffer.count) }

    /// The Euclidean norm of each parameter's change since the last `take`, which this uses up.
    public func changes() -> [Double] {
        lockstep_subtract(arena.buffer.pointer, buffer.pointer, buffer.pointer, buffer.count)
        return arena.norms(in: buffer)
    }
}
