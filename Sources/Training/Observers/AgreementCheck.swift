import Communication
import DataParallel
import TensorEngine
import Timeline

/// Compares the weights of all ranks, every some steps and before each checkpoint: weights that differ are never saved.
final class AgreementCheck: RunObserver {
    private let context: RunContext
    private let rule: any LearningRule
    private let every: Int
    /// The step after which the weights of the ranks were last known to be equal.
    private var equalAfter = 0

    /// A comparison after each `every` steps; 0 for none.
    init(_ context: RunContext, _ rule: any LearningRule, every: Int) {
        (self.context, self.rule, self.every) = (context, rule, every)
    }

    func runWillBegin(at position: RunPosition) { equalAfter = position.step }

    func stepDidEnd(_ step: CompletedStep) throws {
        if every > 0 && step.number % every == 0 { try check(step.number) }
    }

    /// Throws on every rank where weights differ after step `step`, unless they have been compared then. *Collective.*
    func check(_ step: Int) throws {
        guard every > 0 && equalAfter < step else { return }
        for learner in rule.learners { try check(learner.weights, step) }
        equalAfter = step
    }

    private func check(_ weights: LearnedWeights, _ step: Int) throws {
        let part = rule.agreeingRanks
        var found: WeightDisagreement?
        do {
            try context.timeline.measure(.agreement) {
                try weights.arena.checkAgreement(
                    over: part ?? context.communicator, step: step, equalAfter: equalAfter, memory: weights.memory)
            }
        } catch let error as WeightDisagreement {
            guard let part else { throw context.communicator.agreedFailure(error) }
            let numbers = try part.allGather(UInt64(context.communicator.rank))
            found = error.withRanks { Int(numbers[$0]) }
        }
        if part != nil { try context.communicator.agree { if let found { throw found } } }
    }
}
