import Messages

/// The loss or the gradient of a step is not a number, or infinite. Every rank has seen the same sums, so all stop together.
public struct NonFiniteLoss: Error, CustomStringConvertible, Equatable {
    /// Where it comes from.
    public enum Origin: Sendable, Equatable {
        /// This parameter was not finite before the step.
        case weights(String)
        /// All parameters were finite before the step; this is the first operation of the forward pass that was not.
        case operation(Operation)
        /// All parameters and the forward pass are finite; this is the first parameter whose gradient is not.
        case gradient(String)
        /// The same, and this is the first operation of the backward pass whose result is not.
        case cotangent(Operation, parameter: String)
        /// Each shard's loss is finite, and their sum is not.
        case sum
    }

    /// An operation of a forward or backward pass.
    public struct Operation: Sendable, Equatable, Codable {
        /// What it is, such as `Convolution`.
        public let name: String
        /// Whether it is one of the backward pass.
        public let isBackward: Bool
        /// Its place in the pass, from 1.
        public let number: Int
        /// The parameters that it takes.
        public let parameters: [String]
        /// The sizes of its output.
        public let shape: [Int]
        /// Whether one of its inputs was not finite, though no operation had made it so.
        public let isOfData: Bool

        /// An operation.
        public init(
            name: String, isBackward: Bool = false, number: Int, parameters: [String], shape: [Int], isOfData: Bool
        ) {
            (self.name, self.number, self.parameters, self.shape) = (name, number, parameters, shape)
            (self.isBackward, self.isOfData) = (isBackward, isOfData)
        }

        package var text: String {
            "operation \(number) of the \(isBackward ? "backward" : "forward") pass, \(name)"
                + (parameters.isEmpty ? "" : " with \(parameters.joined(separator: ", "))")
        }
    }

    /// The step, from 1.
    public let step: Int
    /// The loss.
    public let loss: Double
    /// Where it comes from.
    public let origin: Origin
    /// Whether the rule searches along lines, without a rate.
    public let isSecondOrder: Bool
    /// The first shard that is not finite, and who has computed it, such as `shard 2, on rank 1 (node7)`.
    public var place: String?
    /// The file with which it can be computed again.
    public var replay: String?
    /// Why there is no such file.
    public var replayProblem: String?
    /// How many steps in a row were skipped before it.
    public var skipped = 0

    /// The failure of step `step`.
    public init(step: Int, loss: Double, origin: Origin, isSecondOrder: Bool = false) {
        (self.step, self.loss, self.origin, self.isSecondOrder) = (step, loss, origin, isSecondOrder)
    }

    /// What was found, and what to do.
    public var description: String {
        let parts = [
            finding, advice, place.map { "first in \($0)" },
            skipped > 0
                ? "\(Readable.count(skipped, of: "step")) before it in a row were skipped (non_finite.limit)" : nil,
            replay.map { "see it again with: \(ProgramName.current) replay \($0)" },
            replayProblem.map { "no replay file could be written: \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }

    /// What was found.
    package var finding: String {
        let loss = Readable.loss(loss)
        switch origin {
        case .weights(let name):
            return
                "the loss of step \(step) is \(loss): \(name) is the first weight that was not finite before it, so the step before has overflowed"
        case .operation(let operation) where operation.isOfData:
            return
                "the loss of step \(step) is \(loss): all weights were finite before it, but the data that \(operation.text) takes are not"
        case .operation(let operation):
            return
                "the loss of step \(step) is \(loss): all weights were finite before it, and the first result that is not is that of \(operation.text), of shape \(operation.shape)"
        case .gradient(let name):
            return "the gradient of step \(step) is not finite, first that of \(name), at a loss of \(loss)"
        case .cotangent(let operation, let name):
            return
                "the gradient of step \(step) is not finite, first that of \(name), at a loss of \(loss): the first result that is not is that of \(operation.text), of shape \(operation.shape)"
        case .sum:
            return "the loss of step \(step) is \(loss), while all weights and gradients are finite: the sum overflows"
        }
    }

    private var advice: String {
        if case .operation(let operation) = origin, operation.isOfData {
            return "mend the data, or leave such samples out (--resume comes to the same)"
        }
        return isSecondOrder
            ? "start a new run with smaller weights, such as those of a run of adam (--init-from), with optimizer.l2, or with another rule (optimizer.name); --resume comes to the same"
            : "start a new run with a lower optimizer.learning_rate, with schedule.warmup_steps or with clip.global_norm, or --resume with a lower optimizer.learning_rate (unchanged, --resume comes to the same)"
    }
}
