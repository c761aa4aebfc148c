import Checkpoints
import Communication
import Foundation
import Messages

/// Whether a run that is interrupted and resumed ends with the bytes of one that is not.
public struct ResumeVerification: Sendable {
    /// The steps of the run, and the one after which it was resumed.
    public let steps, resumedAfter: Int
    /// The first tensor whose bits differ, or what else does; nil where everything is the same.
    public let difference: String?

    /// The outcome in one line.
    public var text: String {
        let run = "\(Readable.count(steps, of: "step")), resumed after step \(Readable.count(resumedAfter))"
        return difference.map { "differs: \(run): \($0)" }
            ?? "identical: \(run): weights, optimizer state and position have the same bits as without the interruption"
    }
}

extension TrainingProgram {
    /// Trains `steps` steps, then once more from the checkpoint in their middle, and compares what is saved at the end.
    /// *Collective.*
    ///
    /// The schedule of the run stays that of its settings as far as it does not depend on the length.
    /// - Parameter folder: where rank 0 may write two run directories; the same on every rank.
    public func verifyResume(steps: Int, in folder: String) throws -> ResumeVerification {
        let directory = folder + "/run"
        var request = self.request
        (request.runDirectory, request.isQuiet, request.resumes) = (directory, true, false)
        let half = max(1, steps / 2)
        request.overrides += [("steps", "\(steps)"), ("checkpoint.every", "\(half)"), ("checkpoint.keep", "1000")].map {
            SettingOverride(key: $0, value: $1, source: "verify-resume")
        }
        func train(_ request: TrainingRequest) throws -> Checkpoint? {
            _ = try TrainingProgram(request, catalog: catalog, communicator: communicator).run()
            return try communicator.agree {
                communicator.rank == 0 ? try SavedRun.checkpoint(at: directory) : nil
            }
        }
        let straight = try train(request)
        try communicator.agree {
            guard communicator.rank == 0 else { return }
            let checkpoints = directory + "/checkpoints"
            for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints) {
                guard let step = name.split(separator: "-").last.flatMap({ Int($0) }), step > half else { continue }
                try FileManager.default.removeItem(atPath: "\(checkpoints)/\(name)")
            }
        }
        request.resumes = true
        request.overrides = []
        let resumed = try train(request)
        let difference = try communicator.share(from: 0) { () -> String? in
            guard let straight, let resumed else { return nil }
            return straight.difference(from: resumed)
        }
        return ResumeVerification(steps: steps, resumedAfter: half, difference: difference)
    }
}

extension Checkpoint {
    /// What differs first from another checkpoint, in words; nil for nothing.
    fileprivate func difference(from other: Checkpoint) -> String? {
        for (own, others) in [(model, other.model), (optimizer, other.optimizer)] {
            if own.map(\.name) != others.map(\.name) { return "there are other tensors" }
            if let tensor = zip(own, others).first(where: { $0 != $1 })?.0 {
                return "the tensor \(tensor.name) has other bits"
            }
        }
        return state == other.state ? nil : "state.json says something else"
    }
}
