import Environments
import Layers
import TensorEngine
public import Settings
public import Training

extension PolicyGradientRecipe {
    /// The policy and the value function.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let task = try PolicyGradientTask(settings)
        let network = task.network
        let observations = GraphInput.observations(network.observationSize)
        let deviation = network.logDeviation
        let outputs = deviation == nil ? "the logits of the actions" : "normal distributions of actions"
        let policy = ExportedFunction(
            "policy", "from observations to \(outputs)",
            inputs: [observations], outputs: deviation == nil ? ["logits"] : ["means", "deviations"],
            describe: { arguments, graph in
                [try network.actor.describe(arguments[0], in: graph)]
                    + (deviation.map { [graph.exp(graph.value(of: $0))] } ?? [])
            },
            compute: { arguments in
                [network.actor(arguments[0].tensor, .inference())] + (deviation.map { [$0.value.exp()] } ?? [])
            })
        let value = ExportedFunction(
            "value", "from observations to the returns that are expected", inputs: [observations], outputs: ["values"],
            describe: { [try network.critic.describe($0[0], in: $1)] },
            compute: { [network.critic($0[0].tensor, .inference())] })
        return ModelExport(
            network, task.modelSummary, functions: [policy, value], metadata: task.acting.metadata(of: task.world))
    }
}

extension DQNRecipe {
    /// The values of all actions.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let task = try DQNTask(settings)
        let network = task.network
        return ModelExport(
            network, task.modelSummary,
            functions: [
                ExportedFunction(
                    "model", "from observations to the values of the actions",
                    inputs: [.observations(network.observationSize)], outputs: ["values"],
                    describe: { [try network.describe($0[0], in: $1)] },
                    compute: { [network($0[0].tensor, .inference())] })
            ], metadata: task.acting.metadata(of: task.world))
    }
}

extension SACRecipe {
    /// The policy and the critics.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let task = try SACTask(settings)
        let critic = task.critic
        let observations = GraphInput.observations(task.actor.observationSize)
        let value = ExportedFunction(
            "value", "from observations and actions to what both critics expect",
            inputs: [observations, .numbers("actions", ["batch", .fixed(task.actor.size)])],
            outputs: ["first", "second"],
            describe: { try critic.describe($0[0], $0[1], in: $1) },
            compute: { arguments in
                let values = critic(arguments[0].tensor, arguments[1].tensor, .inference())
                return [values.0, values.1].map { $0.reshaped(to: [$0.shape[0], 1]) }
            })
        return ModelExport(
            task.model, task.modelSummary, functions: [task.actor.function, value],
            metadata: task.acting.metadata(of: task.world))
    }
}

extension ImitationRecipe {
    /// The policy.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let task = try ImitationTask(settings)
        return ModelExport(
            task.model, task.modelSummary, functions: [task.actor.function],
            metadata: task.acting.metadata(of: task.world))
    }
}

extension ContinuousActor {
    /// The policy as it is exported.
    fileprivate var function: ExportedFunction {
        ExportedFunction(
            "policy",
            isRandom
                ? "from observations to the likeliest actions, and to the deviations before tanh"
                : "from observations to actions",
            inputs: [.observations(observationSize)], outputs: isRandom ? ["actions", "deviations"] : ["actions"],
            describe: { try describe($0[0], in: $1) }, compute: { distribution($0[0].tensor) })
    }
}

extension GraphInput {
    /// Observations of an environment, [batch, elements].
    fileprivate static func observations(_ count: Int) -> GraphInput {
        .numbers("observations", ["batch", .fixed(count)])
    }
}

extension ActingSettings {
    /// What a user of an exported policy must know.
    fileprivate func metadata(of world: any Environment) -> [String: String] {
        let actions =
            switch world.actionSpace {
            case .discrete(let count): "numbers from 0 to \(count - 1)"
            case .continuous(let bounds):
                "-1 and 1 stand for the bounds \(bounds.map { "\($0.lowerBound) and \($0.upperBound)" }.joined(separator: ", "))"
            }
        return ["environment": environment.rawValue, "actions": actions]
    }
}
