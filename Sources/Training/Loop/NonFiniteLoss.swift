/// The loss or the gradient of a step is not a number, or infinite. Every rank has seen the same sums, so all stop together.
public struct NonFiniteLoss: Error, CustomStringConvertible, Equatable {
    /// What is known of where it comes from.
    public enum Origin: Sendable, Equatable {
        /// This parameter was not finite before the step.
        case weights(String)
        /// All parameters were finite before the step; this is the first whose gradient is not.
        case gradient(String)
        /// All parameters and gradients are finite.
        case forwardPass
    }

    /// The step, from 1.
    public let step: Int
    /// The loss.
    public let loss: Double
    /// What is known of where it comes from.
    public let origin: Origin

    /// The failure of step `step`.
    public init(step: Int, loss: Double, origin: Origin) { (self.step, self.loss, self.origin) = (step, loss, origin) }

    /// What was found, and what to do.
    public var description: String {
        let what =
            switch (origin, loss.isFinite) {
            case (.weights(let name), _):
                "the loss of step \(step) is \(Readable.loss(loss)): \(name) is the first weight that was not finite before it, so the step before has overflowed"
            case (.gradient(let name), true):
                "the gradient of step \(step) is not finite, first that of \(name), at a loss of \(Readable.loss(loss))"
            case (.gradient(let name), false):
                "the loss of step \(step) is \(Readable.loss(loss)): all weights were finite before it, so an input or an activation is not; the first gradient that is not finite is that of \(name)"
            case (.forwardPass, _):
                "the loss of step \(step) is \(Readable.loss(loss)), while all weights and gradients are finite: an input or a target is not"
            }
        return
            "\(what); start a new run with a lower optimizer.learning_rate, with schedule.warmup_steps or with clip.global_norm (--resume keeps these, and comes to the same)"
    }
}
