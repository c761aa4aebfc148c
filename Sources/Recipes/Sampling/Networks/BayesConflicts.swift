import DataParallel
import Optimizers
public import Settings
import Training

extension BayesSettings {
    /// What spoils a posterior: settings that change the gradient, the prior or the weights without the model's knowing
    /// of it.
    public static func check(_ settings: Settings) throws(SettingsError) {
        guard settings.recipe == "bayes" else { return }
        let model = settings.model.name
        let needs = Need.needs(of: model)
        for conflict in conflicts(settings) where needs.contains(conflict.need) && conflict.isSet {
            throw .conflict("\(model) \(conflict.need.rawValue), but \(conflict.found); set \(conflict.expected)")
        }
    }

    /// What a model needs of the rest of the settings.
    private enum Need: String {
        case descent = "adds the noise of plain gradient descent"
        case gradient = "needs the gradient as it is"
        case prior = "has its prior from bayes.prior alone"
        case steps = "follows steps that all ranks take together"
        case weights = "keeps weights of its own to predict with"
        case fit = "has its posterior at the weights of its last step (bayes.fit_every is 0)"

        static func needs(of model: String) -> Set<Need> {
            switch model {
            case "sgld", "sghmc": [.descent, .gradient, .prior, .steps, .weights]
            case "swag": [.prior, .steps, .weights]
            case "laplace-diagonal", "laplace-kronecker", "laplace-last-layer": [.prior, .steps, .weights, .fit]
            case "backprop", "full-covariance": [.prior]
            default: []
            }
        }
    }

    private struct Conflict {
        let need: Need
        let isSet: Bool
        let found, expected: String

        init(_ need: Need, _ isSet: Bool, _ found: String, set expected: String) {
            (self.need, self.isSet, self.found, self.expected) = (need, isSet, found, expected)
        }
    }

    private static func conflicts(_ settings: Settings) -> [Conflict] {
        let (optimizer, clip) = (settings.optimizer, settings.clip)
        let (combination, best) = (settings.communication.combination, settings.checkpoint.best)
        let patience = settings.earlyStopping.patience
        return [
            Conflict(
                .descent, optimizer.name != "sgd", "optimizer.name is \(optimizer.name)", set: "it to sgd"),
            Conflict(
                .descent, optimizer.name == "sgd" && settings[SGDSettings.self].nesterov,
                "optimizer.nesterov is true", set: "it to false"),
            Conflict(
                .descent, !optimizer.groups.isEmpty, "optimizer.groups gives some weights other rates",
                set: "it to []"),
            Conflict(.gradient, clip.value > 0, "clip.value is \(clip.value)", set: "it to 0"),
            Conflict(
                .gradient, clip.parameterNorm > 0, "clip.parameter_norm is \(clip.parameterNorm)", set: "it to 0"),
            Conflict(.gradient, clip.globalNorm > 0, "clip.global_norm is \(clip.globalNorm)", set: "it to 0"),
            Conflict(
                .gradient, settings.compression.name != .none,
                "compression.name is \(settings.compression.name.rawValue)", set: "it to none"),
            Conflict(
                .gradient, combination != .sum, "communication.combination is \(combination.rawValue)",
                set: "it to sum"),
            Conflict(
                .prior, optimizer.weightDecay > 0, "optimizer.weight_decay is \(optimizer.weightDecay)",
                set: "it to 0"),
            Conflict(.prior, optimizer.l2 > 0, "optimizer.l2 is \(optimizer.l2)", set: "it to 0"),
            Conflict(.prior, optimizer.l1 > 0, "optimizer.l1 is \(optimizer.l1)", set: "it to 0"),
            Conflict(
                .steps, settings.local.steps > 0, "local.steps is \(settings.local.steps)", set: "it to 0"),
            Conflict(
                .weights, settings.average.name != .none, "average.name is \(settings.average.name.rawValue)",
                set: "it to none"),
            Conflict(
                .fit, settings.bayes.fitEvery == 0 && patience > 0, "early_stopping.patience is \(patience)",
                set: "it to 0, or bayes.fit_every to the steps between evaluations"),
            Conflict(
                .fit, settings.bayes.fitEvery == 0 && best != nil, "checkpoint.best is \(best ?? "")",
                set: "bayes.fit_every to the steps between evaluations, or drop it"),
        ]
    }
}
