import Optimizers
import TensorEngine
import RunRecords

/// Examines how large each parameter's gradient and update are beside the parameter. *Local.*
final class GradientDiagnosis {
    private let every: Int
    private let arena: ParameterArena
    /// The places of the parameters that are judged: biases and normalizations' scales are not, nor what is frozen.
    private let judged: [Int]
    private let before: WeightSnapshot
    private var gradientNorms: [Double] = []
    private var weightNorms: [Double] = []
    /// What was said already: each parameter's finding is told once.
    private var told: Set<LayerFinding.Subject> = []

    /// An examination of the parameters of `arena`, some of which `groups` freezes, after each `every` steps, at least 1.
    init(_ arena: ParameterArena, _ groups: ParameterGroups, every: Int) {
        (self.arena, self.every) = (arena, every)
        judged = arena.names.indices.filter {
            let shape = arena.parameters[$0].shape
            return shape.rank >= 2 && !groups.isFrozen(arena.names[$0], shape)
        }
        before = WeightSnapshot(arena)
    }

    /// Whether step `step` is examined.
    func isDue(_ step: Int) -> Bool { step % every == 0 }

    /// Takes in the summed gradients over `count` terms, before they change the weights.
    func begin(_ gradients: GradientBuffer, count: Double) {
        gradientNorms = arena.norms(of: gradients).map { count > 0 ? $0 / count : 0 }
        weightNorms = arena.norms
        before.take()
    }

    /// What the update has done, and what is to be said about it for the first time.
    func end(step: Int, epoch: Int) -> DiagnosisReport {
        let changes = before.changes()
        let layers = arena.names.indices.map { place in
            DiagnosisReport.Layer(
                name: arena.names[place], gradientNorm: gradientNorms[place], weightNorm: weightNorms[place],
                updateNorm: changes[place])
        }
        let findings = LayerFinding.all(in: judged.map { layers[$0] }).filter { told.insert($0.subject).inserted }
        return DiagnosisReport(
            step: step, epoch: epoch, layers: layers, warnings: findings.map { $0.text(step: step) })
    }
}
