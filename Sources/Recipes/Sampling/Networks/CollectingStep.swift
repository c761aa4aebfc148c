import Datasets
import Layers
import TensorEngine
import Training

/// Gradient descent that collects weights on its way: every `bayes.thinning` steps after `bayes.burn_in`.
///
/// What is collected are parameters of a second learner, which makes no steps: checkpoints hold them, and models have
/// them.
final class CollectingStep: StepRule {
    typealias Loss = (BayesBatch, ForwardContext) throws -> SummedLoss
    private let learner, keeper: Learner
    private let nonFinite: NonFiniteGuard
    private let settings: BayesSettings
    private let loss: (Int) -> Loss
    private let collect: (Int) throws -> Void

    /// - Parameters:
    ///   - loss: of the step of this number.
    ///   - collect: takes in the weights as the collection of this number, from 0. *Collective.*
    init(
        _ setup: RunSetup, learner: Learner, keeper: Learner, settings: BayesSettings, loss: @escaping (Int) -> Loss,
        collect: @escaping (Int) throws -> Void
    ) {
        (self.learner, self.keeper, self.settings, nonFinite) = (learner, keeper, settings, setup.nonFinite)
        (self.loss, self.collect) = (loss, collect)
    }

    var learners: [Learner] { [learner, keeper] }

    func take(_ step: Step<LoadedStep<BayesBatch>>) throws -> StepOutcome {
        let outcome = try learner.gradientStep(step, guardedBy: nonFinite, loss: loss(step.number))
        let since = step.number - settings.burnIn
        if since > 0 && since % settings.thinning == 0 { try collect(since / settings.thinning - 1) }
        return outcome
    }
}
