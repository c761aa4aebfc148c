import CKernels
import Kernels
import TensorEngine

/// The parts of an arena that an optimizer changes, and how.
struct UpdatePlan {
    /// A contiguous part of the arena whose elements are all treated alike.
    struct Span: Equatable {
        var range: Range<Int>
        let treatment: ParameterTreatment
    }

    let arena: ParameterArena
    let regularization: Regularization
    /// One for each parameter that is not frozen.
    let parameterSpans: [Span]
    /// The same, with neighbors of equal treatment merged: a single one in the usual case.
    let mergedSpans: [Span]
    /// Of `mergedSpans` what this process changes.
    let ownSpans: [Span]
    /// Of `parameterSpans` those that this process changes, each as a whole.
    let ownParameterSpans: [Span]

    init(_ arena: ParameterArena, _ regularization: Regularization, _ groups: ParameterGroups) {
        (self.arena, self.regularization) = (arena, regularization)
        let treatments = zip(arena.names, arena.parameters).map { groups.treatment(of: $0, $1.shape) }
        let spans = zip(arena.ranges, treatments).map { Span(range: $0, treatment: $1) }
        parameterSpans = spans.filter { !$0.treatment.isFrozen }
        // what lies between two parameters is zero and stays so
        var merged: [Span] = []
        for span in spans {
            if let last = merged.last, last.treatment == span.treatment {
                merged[merged.count - 1].range = last.range.lowerBound..<span.range.upperBound
            } else {
                merged.append(span)
            }
        }
        mergedSpans = merged.filter { !$0.treatment.isFrozen }
        ownSpans = mergedSpans.flatMap { span in
            arena.updatedParts.map { Span(range: span.range.clamped(to: $0), treatment: span.treatment) }
        }.filter { !$0.range.isEmpty }
        ownParameterSpans = parameterSpans.filter { arena.owns($0.range) }
    }

    /// Elements of all parameters that are changed.
    var trainedCount: Int { parameterSpans.reduce(0) { $0 + $1.range.count } }

    /// Elements in the largest parameter that is changed.
    var largestCount: Int { parameterSpans.map(\.range.count).max() ?? 0 }

    /// Calls `update` for each span with its slices and what is common to all rules.
    func forEach(
        _ spans: [Span], gradients: GradientBuffer, gradientScale: Float, learningRate: Float,
        _ update: (UpdateSlice) -> Void
    ) {
        for span in spans {
            let rate = learningRate * span.treatment.learningRateFactor
            let isDecayed = span.treatment.isDecayed
            let common = lockstep_update(
                gradient_scale: gradientScale, rate: rate, l1: isDecayed ? regularization.l1 : 0,
                l2: isDecayed ? regularization.l2 : 0, decay: isDecayed ? rate * regularization.decay : 0)
            update(
                UpdateSlice(
                    range: span.range, weights: arena.buffer.pointer + span.range.lowerBound,
                    gradients: gradients.buffer.pointer + span.range.lowerBound, common: common,
                    decay: isDecayed ? regularization.decay : 0))
        }
    }
}

/// A span's slices of the weights and gradients; the pointers are the arena's and the gradient buffer's.
struct UpdateSlice {
    let range: Range<Int>
    let weights: UnsafeMutablePointer<Float>
    let gradients: UnsafeMutablePointer<Float>
    let common: lockstep_update
    /// The decoupled decay λ, not multiplied by the rate.
    let decay: Float
    var count: Int { range.count }

    /// The span's slice of a buffer of state; the buffer's.
    func slice(of buffer: Buffer) -> UnsafeMutablePointer<Float> { buffer.pointer + range.lowerBound }
}
