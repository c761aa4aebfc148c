import Checkpoints
import Communication
import RunRecords
import TensorEngine
import Timeline

/// Saves checkpoints: every so many steps, at the end, and when an evaluation asks for one.
///
/// The rank that keeps the records writes them, beside the next steps where there is memory for a copy.
final class CheckpointWriter: RunObserver {
    private let context: RunContext
    private let rule: any LearningRule
    private let losses: LossTracker
    private let agreement: AgreementCheck
    private let description: RunDescription
    private let settings: CheckpointSettings
    private let lastStep: Int
    /// Everything that a checkpoint carries.
    private let parts: [any Persistent]
    /// The step of the last checkpoint that this start of the run was to save.
    private(set) var savedStep: Int?
    /// The position after the last step of this start.
    private var position: RunPosition?
    /// The files, on the rank that writes them; known once the run is recorded.
    private lazy var files = context.record.map { CheckpointFiles($0, isBackground: settings.background) }
    /// What each host writes by itself.
    private let shards: ShardedSave
    /// Seconds that the earlier starts of the run took; nil where that is not known.
    private var earlierSeconds: Double? = 0

    init(
        _ context: RunContext, _ rule: any LearningRule, _ losses: LossTracker, _ agreement: AgreementCheck,
        _ description: RunDescription, parts: [any Persistent], settings: CheckpointSettings,
        lastStep: Int
    ) {
        (self.context, self.rule, self.losses, self.agreement) = (context, rule, losses, agreement)
        (self.description, self.parts) = (description, parts)
        (self.settings, self.lastStep) = (settings, lastStep)
        shards = ShardedSave(context, parts, settings)
    }

    /// Seconds of the run, over all its starts.
    private var runSeconds: Double? { earlierSeconds.map { $0 + context.clock.seconds } }

    func runWillBegin(at position: RunPosition) {
        if position.step > 0 { earlierSeconds = context.record?.log.recordedSeconds }
        context.requests.saveEvery(minutes: settings.minutes)
    }

    func stepDidEnd(_ step: CompletedStep) throws {
        collect()
        position = step.position
        let isAskedFor = context.requests.asksForCheckpoint || context.requests.signal != nil
        if isAskedFor || step.number == lastStep || (settings.every > 0 && step.number % settings.every == 0) {
            try save(step.position, isBest: false)
        }
    }

    /// Seconds after which a save that failed is tried again, unless another comes before.
    private static let retrySeconds = 60.0

    /// Takes note of what has been written meanwhile. *Local.*
    private func collect() {
        guard let files else { return }
        files.collect()
        if files.hasFailed { context.requests.saveAgain(withinSeconds: Self.retrySeconds) }
    }

    /// Saves a checkpoint of the step that was just done. *Collective.*
    /// - Parameter isBest: whether it is of the best evaluation.
    func save(_ position: RunPosition, isBest: Bool) throws {
        context.status?.set(.saving)
        defer { context.status?.set(.other) }
        try agreement.check(position.step)
        try context.clock.pausing {
            try losses.settle()
            let sharded = try shards.begin(step: position.step, model: parts.flatMap(\.modelTensors), files)
            let gathered = sharded == nil ? parts : undivided
            for part in gathered { try part.gather(over: context.communicator) }
            defer { for part in gathered { part.release() } }
            try context.timeline.measure(.checkpoint) {
                try rule.withSettledWeights { try write(position, sharded, isBest: isBest) }
            }
            savedStep = position.step
            context.requests.checkpointWasSaved(
                step: position.step, path: context.record?.store.path(ofStep: position.step))
        }
    }

    private func write(_ position: RunPosition, _ sharded: ShardedSave.Save?, isBest: Bool) throws {
        try requireFinite(position, sharded)
        if let sharded, sharded.folder == nil { return }
        try context.communicator.agree {
            if let sharded, let folder = sharded.folder { shards.write(sharded.division, in: folder) }
            try files?.save(
                state(position), model: parts.flatMap(\.modelTensors), metadata: metadata,
                optimizer: stateTensors(sharded), parts: sharded?.division.parties ?? 0, isBest: isBest,
                epoch: position.epoch, runSeconds: runSeconds)
        }
    }

    /// The parts of the run whose state hosts do not divide.
    private var undivided: [any Persistent] { parts.filter { ($0 as? any DividedState)?.isDivided != true } }

    /// The tensors of the state that rank 0 has, beside the parts of the hosts where they write them.
    private func stateTensors(_ sharded: ShardedSave.Save?) -> [PersistentTensor] {
        guard let sharded else { return parts.flatMap(\.stateTensors) }
        return undivided.flatMap(\.stateTensors) + sharded.division.undivided
    }

    /// Returns on every rank when the last checkpoint is on the disk; throws on every rank if it is not. *Collective.*
    func finish() throws {
        try context.clock.pausing {
            try context.communicator.agree {
                shards.finish()
                try files?.finish()
            }
        }
    }

    /// Saves the last step, too, where the data have ended before it was known to be the last. *Collective.*
    func runWillEnd(at position: RunPosition) throws {
        if self.position == position, savedStep != position.step { try save(position, isBest: false) }
        try finish()
    }

    private var metadata: [String: String] {
        rule.learners.reduce(into: [:]) { texts, learner in
            texts.merge(TensorMetadata.texts(learner.weights.arena, description.meanings)) { own, _ in own }
        }
    }

    private func state(_ position: RunPosition) -> RunState {
        description.state(at: position, progress: parts.notes(at: position))
    }

    /// Brings together the losses that the ranks know separately. *Collective.*
    func settle() throws { try losses.settle() }

    /// Gives the checkpoint of this step the state as it is after its evaluation. *Collective.*
    func update(_ position: RunPosition, isBest: Bool) throws {
        let isUpdated = try context.clock.pausing {
            try context.communicator.share(from: 0) { () -> [UInt8] in
                try files?.update(state(position), metadata: metadata, isBest: isBest) ?? true ? [1] : [0]
            }
        }
        if isUpdated == [0] { try save(position, isBest: isBest) }
    }

    /// Throws on every rank where weights, averages or the optimizer's state are not finite, with the first tensor.
    /// *Collective.*
    ///
    /// One pass over them on rank 0: the weights of all ranks are equal, and what only others have is gathered before, or
    /// looked at where it is.
    func requireFinite(_ position: RunPosition, _ sharded: ShardedSave.Save? = nil) throws {
        let others = try sharded.map { try context.communicator.allGather($0.firstNonFinite ?? "") } ?? []
        let first = try context.communicator.share(from: 0) { () -> NonFiniteState? in
            let tensors = parts.flatMap(\.modelTensors) + stateTensors(sharded)
            guard let tensor = tensors.first(where: { !$0.isFinite })?.name ?? others.first(where: { !$0.isEmpty })
            else {
                return nil
            }
            files?.finishCurrent()
            let saved = try context.record?.store.steps().last { $0 <= position.step }
            return NonFiniteState(tensor: tensor, step: position.step, saved: saved)
        }
        if let first { throw context.communicator.agreedFailure(first) }
    }

    func summarize(_ summary: inout RunSummary) {
        summary.checkpoint = files?.savedPath
        if let failed = files?.failedSaves, failed > 0 { summary.failedSaves = failed }
        if earlierSeconds != 0 { summary.runSeconds = runSeconds }
    }
}
