import Checkpoints
import Communication
import DataParallel
import Datasets
import Foundation
import Optimizers
import TensorEngine
import Timeline
import RunRecords

extension TrainingLoop {
    /// Throws on every rank when weights, averages or the optimizer's state are not finite, with the first tensor. *Collective.*
    ///
    /// One pass over them on rank 0: the weights of all ranks are equal, and what only others have is gathered before it is saved.
    func requireFiniteState() throws {
        let bytes = try communicator.share("", from: 0) { () -> [UInt8] in
            guard let tensor = state.firstNonFinite else { return [] }
            let saved = try record?.store.steps().last { $0 <= step }
            return Array(try JSONEncoder().encode(NonFiniteState(tensor: tensor, step: step, saved: saved)))
        }
        guard !bytes.isEmpty else { return }
        throw communicator.agreedFailure(try JSONDecoder().decode(NonFiniteState.self, from: Data(bytes)))
    }

    /// Saves a checkpoint, on the rank that keeps the records. *Collective.*
    /// - Parameter isBest: whether it is of the best evaluation.
    func saveCheckpoint(isBest: Bool) throws {
        try checkAgreement(isSaving: true)
        measured.pause()
        try agreeOnWorkers()
        try rule.workers?.gatherState()
        try state.compression?.gather(over: communicator)
        defer { state.compression?.release() }
        let path = try measuring(.checkpoint) {
            try requireFiniteState()
            return try communicator.agree("") { () throws -> String? in
                guard let record else { return nil }
                let stopwatch = Stopwatch()
                let path = try record.store.save(
                    Checkpoint(
                        model: state.model, modelMetadata: TensorMetadata.texts(state.arena, task.meanings),
                        optimizer: state.optimizerState, state: runState), isBest: isBest)
                try record.log.checkpoint(
                    CheckpointReport(
                        step: step, epoch: epoch, path: path, milliseconds: stopwatch.seconds * 1000,
                        runSeconds: measured.runSeconds))
                return path
            }
        }
        measured.checkpoint = path
        measured.resume()
    }

    /// Gives the checkpoint of this step the state as it is after its evaluation. *Collective.*
    func updateCheckpoint(isBest: Bool) throws {
        measured.pause()
        let isUpdated = try communicator.share("", from: 0) { () -> [UInt8] in
            guard let record else { return [1] }
            guard try record.store.update(runState) else { return [0] }
            if isBest { try record.store.markBest(step: step) }
            return [1]
        }
        measured.resume()
        if isUpdated == [0] { try saveCheckpoint(isBest: isBest) }
    }
}
