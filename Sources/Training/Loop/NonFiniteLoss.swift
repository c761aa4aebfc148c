/// The loss of a step is not a number, or infinite. Every rank has seen the same sum, so all stop together.
public struct NonFiniteLoss: Error, CustomStringConvertible, Equatable {
    /// The step, from 1.
    public let step: Int
    /// The loss.
    public let loss: Double
    /// The first parameter whose gradient is not finite.
    public let tensor: String?

    /// What was found, and what to do.
    public var description: String {
        let gradient = tensor.map { "; the first gradient that is not finite is that of \($0)" } ?? ""
        return
            "the loss of step \(step) is \(loss)\(gradient); lower optimizer.learning_rate or set clip.global_norm, and go on from the last checkpoint with --resume"
    }
}
