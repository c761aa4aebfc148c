import CKernels
package import Kernels
import Preconditions
public import Settings
public import TensorEngine

/// An average of the weights over the steps of a run, to be evaluated in their place.
///
/// It holds the running statistics too, averaged as the weights are: the statistics of the averaged weights themselves,
/// which another pass over the training data would give (PyTorch's update_bn), differ where the steps lie far apart. It
/// begins as a copy of the weights after step `start` (at least 1), and takes in those of every `every`-th step from
/// there. *Local*, and the same on every rank when the weights are.
public final class WeightAverage {
    /// How the steps are weighed.
    public enum Kind: Sendable, Equatable {
        /// a ← d·a + (1-d)·w: an exponential moving average with the decay d in [0, 1).
        /// Source: Polyak and Juditsky, 1992; Tarvainen and Valpola, 2017.
        case exponential(decay: Double)
        /// a ← a + (w - a)/(n+1): the mean of all. Source: Izmailov and others, "Averaging weights leads to wider
        /// optima and better generalization", 2018.
        case stochastic
    }

    private let arena: ParameterArena
    private let kind: Kind
    private let start, every: Int
    /// The averages, in the layout of the arena.
    package let buffer: Buffer

    /// An average of the weights of `arena`, with their present ones until step `start`.
    public init(_ arena: ParameterArena, _ kind: Kind, start: Int = 1, every: Int = 1) {
        require(start >= 1 && every >= 1, "WeightAverage: start and every must be at least 1, found \(start), \(every)")
        if case .exponential(let decay) = kind {
            require((0..<1).contains(decay), "WeightAverage: the decay must be in [0, 1), found \(decay)")
        }
        (self.arena, self.kind, self.start, self.every) = (arena, kind, start, every)
        buffer = arena.makeReplica()
        buffer.pointer.update(from: arena.buffer.pointer, count: buffer.count)
    }

    /// Whether the average has taken in a step's weights when `step` steps are done.
    public func hasBegun(atStep step: Int) -> Bool { step >= start }

    /// Where the part of the weights and averages begins that this process changes.
    private var part: (weights: UnsafeMutablePointer<Float>, averages: UnsafeMutablePointer<Float>, count: Int) {
        let start = arena.ownPart.lowerBound
        return (arena.buffer.pointer + start, buffer.pointer + start, arena.ownPart.count)
    }

    /// Takes in the weights after step `step`, which counts from 1, when it is one of those that count.
    public func update(step: Int) {
        guard step >= start && (step - start) % every == 0 else { return }
        let taken = (step - start) / every
        let part = part
        if taken == 0 { return part.averages.update(from: part.weights, count: part.count) }
        let share =
            switch kind {
            case .exponential(let decay): 1 - decay
            case .stochastic: 1 / Double(taken + 1)
            }
        lockstep_approach(part.weights, Float(share), part.averages, part.count)
    }

    /// Runs `body` with the average in the place of the weights, which come back afterwards, however `body` ends.
    /// - Parameter meet: returns when all processes that share the arena have called it.
    package func withAverage<Result>(
        meet: () throws -> Void, _ body: () throws -> Result
    ) rethrows -> Result {
        func exchange() { lockstep_swap(part.weights, part.averages, part.count) }
        try meet()
        exchange()
        try meet()
        let result: Result
        do {
            result = try body()
        } catch {
            exchange()
            throw error
        }
        try meet()
        exchange()
        try meet()
        return result
    }

    /// Notes that step `step` has changed no weight: the average stays as it is, and begins if that is its first step.
    /// A mean goes on with its number of steps, as if that step had given the mean itself.
    public func skip(step: Int) {
        if step == start { update(step: step) }
    }

    /// Runs `body` with the average in the place of the weights, which come back afterwards, however `body` ends.
    public func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
        try withAverage(meet: {}, body)
    }
}

/// The average of the weights that is evaluated in their place.
public struct AverageSettings: SettingsGroup {
    /// The averages there are: none, exponential moving, stochastic. Batch normalization's running statistics are averaged
    /// as the weights are, not computed anew over the training data.
    public enum Name: String, Sendable, CaseIterable { case none, ema, swa }

    /// The average.
    public var name = Name.none
    /// Decay of `ema`, per step that is averaged.
    public var decay = 0.999
    /// The first step that is averaged.
    public var start = 1
    /// Steps between those that are averaged.
    public var every = 1

    public init() {}

    public static let prefix = "average"
    public static let title = "average: weights that are evaluated in place of the last ones"
    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .choice, aliases: ["ema", "swa"],
            "average of the weights, and of batch normalization's running statistics, that is evaluated in their place: "
                + "exponential moving (ema) or stochastic (swa)"),
        Setting(
            "decay", \.decay, .number(.belowOne), usedWhen: [.when("average.name", is: Name.ema)],
            aliases: ["ema_decay"], "decay of ema, per step that is averaged"),
        Setting(
            "start", \.start, .whole(atLeast: 1), usedWhen: [.when("average.name", is: Name.ema, .swa)],
            "first step that is averaged"),
        Setting(
            "every", \.every, .whole(atLeast: 1), usedWhen: [.when("average.name", is: Name.ema, .swa)],
            "steps between those that are averaged"),
    ]
}

extension Settings {
    /// The average of the weights that is evaluated in their place.
    public var average: AverageSettings {
        get { self[AverageSettings.self] }
        set { self[AverageSettings.self] = newValue }
    }

    /// The average of the weights of `arena`; nil where none is asked for.
    public func makeAverage(_ arena: ParameterArena) -> WeightAverage? {
        let values = average
        return switch values.name {
        case .none: nil
        case .ema:
            WeightAverage(arena, .exponential(decay: values.decay), start: values.start, every: values.every)
        case .swa: WeightAverage(arena, .stochastic, start: values.start, every: values.every)
        }
    }
}
