import Checkpoints
import Communication
import RunRecords
import TensorEngine
import Timeline

/// Saves checkpoints: every so many steps, at the end, and when an evaluation asks for one.
final class CheckpointWriter: RunObserver {
    private let context: RunContext
    private let rule: any LearningRule
    private let losses: LossTracker
    private let agreement: AgreementCheck
    private let description: RunDescription
    private let every, lastStep: Int
    private let minutes: Double
    /// Everything that a checkpoint carries.
    private let parts: [any Persistent]
    /// The last checkpoint of this start of the run: its step, and on rank 0 its path.
    private var saved: (step: Int, path: String?)?
    /// Seconds that the earlier starts of the run took; nil where that is not known.
    private var earlierSeconds: Double? = 0

    init(
        _ context: RunContext, _ rule: any LearningRule, _ losses: LossTracker, _ agreement: AgreementCheck,
        _ description: RunDescription, parts: [any Persistent], every: Int, minutes: Double, lastStep: Int
    ) {
        (self.context, self.rule, self.losses, self.agreement) = (context, rule, losses, agreement)
        (self.description, self.parts, self.every, self.lastStep) = (description, parts, every, lastStep)
        self.minutes = minutes
    }

    /// Seconds of the run, over all its starts.
    private var runSeconds: Double? { earlierSeconds.map { $0 + context.clock.seconds } }

    func runWillBegin(at position: RunPosition) {
        if position.step > 0 { earlierSeconds = context.record?.log.recordedSeconds }
        context.requests.saveEvery(minutes: minutes)
    }

    func stepDidEnd(_ step: CompletedStep) throws {
        let isAskedFor = context.requests.asksForCheckpoint || context.requests.signal != nil
        if isAskedFor || step.number == lastStep || (every > 0 && step.number % every == 0) {
            try save(step.position, isBest: false)
        }
    }

    /// Saves a checkpoint of the step that was just done. *Collective.*
    /// - Parameter isBest: whether it is of the best evaluation.
    func save(_ position: RunPosition, isBest: Bool) throws {
        try agreement.check(position.step)
        try context.clock.pausing {
            try losses.settle()
            for part in parts { try part.gather(over: context.communicator) }
            defer { for part in parts { part.release() } }
            saved = try context.timeline.measure(.checkpoint) {
                (position.step, try rule.withSettledWeights { try write(position, isBest: isBest) })
            }
            context.requests.checkpointWasSaved(step: position.step, path: saved?.path)
        }
    }

    private func write(_ position: RunPosition, isBest: Bool) throws -> String? {
        try requireFinite(position)
        return try context.communicator.agree { () throws -> String? in
            guard let record = context.record else { return nil }
            let stopwatch = Stopwatch()
            let path = try record.store.save(
                Checkpoint(
                    model: parts.flatMap(\.modelTensors).map(\.lent), modelMetadata: metadata,
                    optimizer: parts.flatMap(\.stateTensors).map(\.lent), state: state(position)), isBest: isBest)
            try record.log.checkpoint(
                CheckpointReport(
                    step: position.step, epoch: position.epoch, path: path,
                    milliseconds: stopwatch.seconds * 1000, runSeconds: runSeconds))
            return path
        }
    }

    private var metadata: [String: String] {
        rule.learners.reduce(into: [:]) { texts, learner in
            texts.merge(TensorMetadata.texts(learner.weights.arena, description.meanings)) { own, _ in own }
        }
    }

    private func state(_ position: RunPosition) -> RunState {
        description.state(at: position, progress: parts.notes(at: position))
    }

    /// The step of the last checkpoint of this start of the run.
    var savedStep: Int? { saved?.step }

    /// Brings together the losses that the ranks know separately. *Collective.*
    func settle() throws { try losses.settle() }

    /// Gives the checkpoint of this step the state as it is after its evaluation. *Collective.*
    func update(_ position: RunPosition, isBest: Bool) throws {
        let isUpdated = try context.clock.pausing {
            try context.communicator.share(from: 0) { () -> [UInt8] in
                guard let record = context.record else { return [1] }
                guard try record.store.update(state(position)) else { return [0] }
                if isBest { try record.store.markBest(step: position.step) }
                return [1]
            }
        }
        if isUpdated == [0] { try save(position, isBest: isBest) }
    }

    /// Throws on every rank where weights, averages or the optimizer's state are not finite, with the first tensor.
    /// *Collective.*
    ///
    /// One pass over them on rank 0: the weights of all ranks are equal, and what only others have is gathered before.
    func requireFinite(_ position: RunPosition) throws {
        let first = try context.communicator.share(from: 0) { () -> NonFiniteState? in
            guard let tensor = parts.firstNonFinite else { return nil }
            let saved = try context.record?.store.steps().last { $0 <= position.step }
            return NonFiniteState(tensor: tensor, step: position.step, saved: saved)
        }
        if let first { throw context.communicator.agreedFailure(first) }
    }

    func summarize(_ summary: inout RunSummary) {
        summary.checkpoint = saved?.path
        if earlierSeconds != 0 { summary.runSeconds = runSeconds }
    }
}
