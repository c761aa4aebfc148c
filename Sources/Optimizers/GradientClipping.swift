import CKernels
package import Kernels
public import Settings
public import TensorEngine

/// Bounds on the gradient that an optimizer follows: the mean over the global batch, summed over all ranks before.
///
/// Applied in this order: each element, each parameter's norm, the norm of all together. Frozen parameters don't count.
public struct GradientClipping {
    private let value, parameterNorm, globalNorm: Double?
    private let plan: UpdatePlan
    /// Where gradients are changed: those of all ranks may lie in memory that the ranks share.
    private let copy: Buffer?

    /// Bounds for the gradients of `arena`; each is above 0, or nil for none.
    /// - Parameters:
    ///   - value: each element is brought into ±`value`.
    ///   - parameterNorm: each parameter's gradient is scaled down to this Euclidean norm.
    ///   - globalNorm: all gradients together are scaled down to this Euclidean norm.
    public init(
        _ arena: ParameterArena, value: Double? = nil, parameterNorm: Double? = nil, globalNorm: Double? = nil,
        groups: ParameterGroups = ParameterGroups()
    ) {
        (self.value, self.parameterNorm, self.globalNorm) = (value, parameterNorm, globalNorm)
        plan = UpdatePlan(arena, .none, groups)
        copy = value != nil || parameterNorm != nil ? .sparse(count: arena.buffer.count) : nil
    }

    /// What an optimizer follows.
    public struct Result {
        /// Sums of gradients: those that were given, or a copy that the first two bounds have changed; valid until the
        /// next call.
        public let gradients: GradientBuffer
        /// What makes of the sums the gradient to follow, with the third bound in it.
        public let scale: Float
        /// The norm that the mean gradient had before any bound, when it was measured.
        public let norm: Double?
    }

    /// Clips the sums of gradients over `count` terms, which stay as they are. The mean over no terms is zero.
    /// - Parameter measuresNorm: whether the norm is wanted where no bound needs it.
    public func apply(to gradients: GradientBuffer, count: Double, measuresNorm: Bool = false) -> Result {
        apply(to: gradients, count: count, measuresNorm: measuresNorm) { spans, buffer in
            spans.map { lockstep_sum_of_squares(buffer.pointer + $0.lowerBound, $0.count) }
        }
    }

    /// The same where this host has parts of the gradients only, and others the others (ZeRO). *Collective* as
    /// `sumsOfSquares` is.
    /// - Parameters:
    ///   - parts: those that are clipped; nil for all.
    ///   - sumsOfSquares: the sum of the squares of each of some spans of a buffer in the arena's layout.
    package func apply(
        to gradients: GradientBuffer, count: Double, measuresNorm: Bool, in parts: [Range<Int>]? = nil,
        sumsOfSquares: (_ spans: [Range<Int>], Buffer) throws -> [Double]
    ) rethrows -> Result {
        if count == 0 { return Result(gradients: gradients, scale: 0, norm: measuresNorm ? 0 : nil) }
        func norm(_ gradients: GradientBuffer) throws -> Double {
            try sumsOfSquares(plan.mergedSpans.map(\.range), gradients.buffer).reduce(0, +).squareRoot()
        }
        let parts = parts ?? [0..<plan.arena.parameterEnd]
        let before = measuresNorm || globalNorm != nil ? try norm(gradients) / count : nil
        let scale = 1 / Float(count)
        var (clipped, found) = (gradients, before)
        if let copy {
            for part in parts {
                let start = copy.pointer + part.lowerBound
                start.update(from: gradients.buffer.pointer + part.lowerBound, count: part.count)
            }
            clipped = GradientBuffer(copy)
            if let value { clampElements(clipped, Float(value * count), parts) }
            if let parameterNorm {
                let squares = try sumsOfSquares(plan.parameterSpans.map(\.range), copy)
                shortenParameters(clipped, parameterNorm * count, squares, parts)
            }
            if globalNorm != nil { found = try norm(clipped) / count }
        }
        if let globalNorm, let found, found > globalNorm {
            return Result(gradients: clipped, scale: scale * Float(globalNorm / found), norm: before)
        }
        return Result(gradients: clipped, scale: scale, norm: before)
    }

    private func clampElements(_ gradients: GradientBuffer, _ bound: Float, _ parts: [Range<Int>]) {
        for span in plan.mergedSpans {
            for part in parts.map({ span.range.clamped(to: $0) }) {
                let start = gradients.buffer.pointer + part.lowerBound
                lockstep_clamp(start, -bound, bound, start, part.count)
            }
        }
    }

    private func shortenParameters(
        _ gradients: GradientBuffer, _ bound: Double, _ squares: [Double], _ parts: [Range<Int>]
    ) {
        for (span, squares) in zip(plan.parameterSpans, squares) where squares.squareRoot() > bound {
            for part in parts.map({ span.range.clamped(to: $0) }) {
                let start = gradients.buffer.pointer + part.lowerBound
                lockstep_affine(start, Float(bound / squares.squareRoot()), 0, start, part.count)
            }
        }
    }
}

/// Gradient clipping.
public struct ClipSettings: SettingsGroup {
    /// Largest magnitude of each element; 0 stands for no bound.
    public var value = 0.0
    /// Largest norm of each parameter's gradient; 0 stands for no bound.
    public var parameterNorm = 0.0
    /// Largest norm of all gradients together; 0 stands for no bound.
    public var globalNorm = 0.0

    public init() {}

    public static let prefix = "clip"
    public static let title = "clip: gradient clipping"
    public static let keys: [Setting<Self>] = [
        Setting(
            "value", \.value, .number(.zeroOrMore), changesInTraining: true, aliases: ["clip_value", "clipvalue"],
            "gradient clipping by value: largest magnitude of each element; 0 = no bound"),
        Setting(
            "parameter_norm", \.parameterNorm, .number(.zeroOrMore), changesInTraining: true,
            "gradient clipping by the norm of each parameter's gradient; 0 = no bound"),
        Setting(
            "global_norm", \.globalNorm, .number(.zeroOrMore), changesInTraining: true,
            aliases: ["grad_clip", "max_grad_norm", "max_norm", "clip_norm", "clipnorm"],
            "gradient clipping by the norm of all gradients together; 0 = no bound"),
    ]
}

extension Settings {
    /// Gradient clipping.
    public var clip: ClipSettings {
        get { self[ClipSettings.self] }
        set { self[ClipSettings.self] = newValue }
    }

    /// The bounds on the gradients of `arena`.
    public func makeClipping(_ arena: ParameterArena) -> GradientClipping {
        func bound(_ value: Double) -> Double? { value > 0 ? value : nil }
        return GradientClipping(
            arena, value: bound(clip.value), parameterNorm: bound(clip.parameterNorm),
            globalNorm: bound(clip.globalNorm), groups: parameterGroups)
    }
}
