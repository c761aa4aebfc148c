import Kernels
import Messages

/// A training has left the finite numbers: a search notes the trial and continues with the others.
package protocol Divergence: Error {
    /// What was found, in a few words.
    var finding: String { get }
}

extension NonFiniteLoss: Divergence {}

/// Weights, their average or the optimizer's state are not finite: nothing of them is saved, averaged or evaluated.
struct NonFiniteState: Divergence, CustomStringConvertible, Codable {
    /// The first tensor, as a checkpoint names it.
    let tensor: String
    /// Optimizer steps done.
    let step: Int
    /// The step of the newest checkpoint, which is finite; nil where there is none.
    let saved: Int?

    var finding: String { "\(tensor) is not finite after step \(step)" }

    var description: String {
        let kept = saved.map { "the checkpoint of step \($0) is kept" } ?? "nothing was saved"
        return
            "\(finding): the update has overflowed; \(kept): start a new run with a lower optimizer.learning_rate, with schedule.warmup_steps or with clip.global_norm\(saved == nil ? "" : ", or --resume with a lower optimizer.learning_rate")"
    }
}

/// The loss over the test data is not finite at the end of a run, though all weights are.
struct NonFiniteEvaluation: Divergence, CustomStringConvertible {
    let loss: Double
    let step: Int

    var finding: String { "the test loss after step \(step) is \(Readable.loss(loss))" }

    var description: String {
        "\(finding), while all weights are finite: the test data are not, or the model overflows on them; the checkpoint of step \(step) is saved, and is no result to use"
    }
}
