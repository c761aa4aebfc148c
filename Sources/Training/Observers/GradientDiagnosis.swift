import Communication
import DataParallel
import Optimizers
import RunRecords
import TensorEngine

/// Examines how large each parameter's gradient and update are compared with the parameter.
final class GradientDiagnosis: RunObserver, GradientObserver {
    private let context: RunContext
    private let every: Int
    private let arena: ParameterArena
    private let groups: ParameterGroups
    /// The examination, on the rank that keeps the records: its figures are those of every rank.
    private lazy var examination = context.record.map { _ in Examination(arena, groups) }

    /// An examination of the parameters of `arena`, some of which `groups` freezes, after each `every` steps, at least 1.
    init(_ context: RunContext, _ arena: ParameterArena, _ groups: ParameterGroups, every: Int) {
        (self.context, self.every, self.arena, self.groups) = (context, every, arena, groups)
    }

    func isDue(_ number: Int) -> Bool { number % every == 0 }

    func gradientsAreReady(_ gradients: GradientBuffer, count: Double) {
        examination?.begin(gradients, count: count)
    }

    func stepDidEnd(_ step: CompletedStep) throws {
        guard isDue(step.number), !step.outcome.isRejected else { return }
        try context.communicator.agree {
            guard let examination else { return }
            try context.record?.log.diagnosis(examination.end(step: step.number, epoch: step.position.epoch))
        }
    }
}

/// The norms of one step. *Local.*
private final class Examination {
    private let arena: ParameterArena
    /// The indices of the parameters that are judged: biases and normalizations' weights are not, nor what is frozen.
    private let judged: [Int]
    private let before: WeightSnapshot
    private var gradientNorms: [Double] = []
    private var weightNorms: [Double] = []
    /// Findings that were reported already: each once.
    private var told: Set<LayerFinding.Subject> = []

    init(_ arena: ParameterArena, _ groups: ParameterGroups) {
        self.arena = arena
        judged = arena.names.indices.filter {
            let shape = arena.parameters[$0].shape
            return shape.rank >= 2 && !groups.isFrozen(arena.names[$0], shape)
        }
        before = WeightSnapshot(arena)
    }

    /// Notes the summed gradients over `count` terms, before they change the weights.
    func begin(_ gradients: GradientBuffer, count: Double) {
        gradientNorms = arena.norms(of: gradients).map { count > 0 ? $0 / count : 0 }
        weightNorms = arena.norms
        before.take()
    }

    /// What the update has done, and what is to be reported about it for the first time.
    func end(step: Int, epoch: Int) -> DiagnosisReport {
        let changes = before.changes()
        let layers = arena.names.indices.map { index in
            DiagnosisReport.Layer(
                name: arena.names[index], gradientNorm: gradientNorms[index], weightNorm: weightNorms[index],
                updateNorm: changes[index])
        }
        let findings = LayerFinding.all(in: judged.map { layers[$0] }).filter { told.insert($0.subject).inserted }
        return DiagnosisReport(
            step: step, epoch: epoch, layers: layers, warnings: findings.map { $0.text(step: step) })
    }
}
