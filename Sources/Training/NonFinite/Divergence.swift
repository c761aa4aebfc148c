import Kernels
import Messages

/// A training has left the finite numbers: a search notes the trial and continues with the others.
protocol Divergence: Error {
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

/// Saved weights that are not finite.
struct NonFiniteSource: Error, CustomStringConvertible {
    let path, tensor: String

    var description: String {
        "\(path) holds \(tensor), which is not finite: its training has diverged; use an earlier checkpoint"
    }
}

extension ModelState {
    /// The name of the first tensor of a checkpoint of this state, on this rank, that has an element that is not finite.
    var firstNonFinite: String? { checkpointPlaces.first { !$0.isFinite }?.name }

    /// Throws when what was taken from `path` is not finite. *Local.*
    func requireFinite(from path: String) throws {
        if let tensor = firstNonFinite { throw NonFiniteSource(path: path, tensor: tensor) }
    }
}

extension ModelState.Place {
    /// Whether no number is infinite or not a number. A name that ends so stands for numbers of 64 bits, two elements each.
    fileprivate var isFinite: Bool {
        guard name.hasSuffix("float64_bits") else { return buffer.isFinite }
        let halves = UnsafeRawBufferPointer(UnsafeBufferPointer(buffer.elements))
        return stride(from: 0, to: halves.count, by: 8).allSatisfy {
            halves.loadUnaligned(fromByteOffset: $0, as: Double.self).isFinite
        }
    }
}
