import Communication
import DataParallel
import Datasets
import Layers
import Preconditions
import TensorEngine

/// A run that is put together and has made no step: its task, its source of steps and its rule, with the learners.
struct AssembledRun<Task: TrainingTask> {
    let task: Task
    let setup: RunSetup
    let source: any StepSource<Task.Work>
    let rule: any StepRule<Task.Work>

    /// Makes source and rule. *Collective.*
    init(_ task: Task, _ setup: RunSetup) throws {
        (self.task, self.setup) = (task, setup)
        let tree = task.model.parameters
        try setup.context.communicator.agree { try setup.settings.checkNames(of: tree) }
        rule = try task.makeRule(setup)
        source = try task.makeSource(setup)
        let names = rule.learners.map(\.name)
        require(
            !names.isEmpty && Set(names).count == names.count,
            "TrainingTask.makeRule: a rule needs learners of different names, found \(names)")
    }

    var settings: Settings { setup.settings }
    var context: RunContext { setup.context }
    /// The first learner, which stands for all where one is shown.
    var learner: Learner { rule.learners[0] }
    /// The trained numbers of all learners.
    var parameterCount: Int { rule.learners.reduce(0) { $0 + $1.weights.arena.elementCount } }

    /// What checkpoints carry of learners, rule and source.
    var parts: [any Persistent] { rule.learners.flatMap(\.persistents) + rule.persistents + source.persistents }
}
