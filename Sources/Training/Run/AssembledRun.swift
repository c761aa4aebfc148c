import Communication
import DataParallel
import Datasets
import Layers
import Preconditions
import TensorEngine

/// A run that is put together and has made no step: its task, its source of steps and its rule, with the learners.
package struct AssembledRun<Task: TrainingTask> {
    package let task: Task
    package let setup: RunSetup
    package let source: any StepSource<Task.Work>
    package let rule: any StepRule<Task.Work>

    /// Makes source and rule. *Collective.*
    package init(_ task: Task, _ setup: RunSetup) throws {
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

    package var settings: Settings { setup.settings }
    package var context: RunContext { setup.context }
    /// The first learner, which stands for all where one is shown.
    package var learner: Learner { rule.learners[0] }
    /// The trained numbers of all learners.
    package var parameterCount: Int { rule.learners.reduce(0) { $0 + $1.weights.arena.elementCount } }

    /// What checkpoints carry of learners, rule and source.
    package var parts: [any Persistent] { rule.learners.flatMap(\.persistents) + rule.persistents + source.persistents }
}
