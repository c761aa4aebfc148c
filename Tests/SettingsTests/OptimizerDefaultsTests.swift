import Optimizers
import Settings
import Testing
import Training

@Suite("Optimizers by name")
struct OptimizerDefaultsTests {
    /// The defaults in the signatures of PyTorch 2's documentation (torch.optim.SGD, Adam, AdamW, NAdam, RAdam, Adagrad,
    /// RMSprop, Adadelta), with ε and α under our names.
    static let defaults: [String: [String: Double]] = [
        "sgd": ["learning_rate": 1e-3, "momentum": 0, "weight_decay": 0],
        "adam": ["learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0],
        "adamw": ["learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 1e-2],
        "nadam": ["learning_rate": 2e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0],
        "radam": ["learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0],
        "adagrad": ["learning_rate": 1e-2, "epsilon": 1e-10, "weight_decay": 0],
        "rmsprop": ["learning_rate": 1e-2, "alpha": 0.99, "epsilon": 1e-8, "momentum": 0, "weight_decay": 0],
        "adadelta": ["learning_rate": 1, "rho": 0.9, "epsilon": 1e-6, "weight_decay": 0],
    ]

    @Test("have PyTorch's defaults", arguments: defaults.keys.sorted())
    func pytorch(name: String) throws {
        var settings = Settings(schema)
        settings.optimizer.name = name
        for (leaf, value) in Self.defaults[name] ?? [:] {
            let text = try #require(settings.flat["optimizer.\(leaf)"])
            #expect(Double(text) == value, "\(leaf)")
        }
        // and no number that is not in the list
        let own = settings.flat.filter { $0.key.hasPrefix("optimizer.") && Double($0.value) != nil }.keys
        let expected = Set((Self.defaults[name] ?? [:]).keys).union(["l1", "l2"]).map { "optimizer.\($0)" }
        #expect(Set(own) == Set(expected))
    }

    @Test("are found by their names, each once, with the keys that they declare")
    func names() {
        #expect(
            schema.optimizers.map { $0.name } == [
                "sgd", "adam", "adamw", "nadam", "radam", "adagrad", "rmsprop", "adadelta", "lion", "lars", "lamb",
                "lbfgs", "bfgs", "newton_cg",
            ])
        var settings = Settings(schema)
        for rule in schema.optimizers {
            settings.optimizer.name = rule.name
            #expect(type(of: settings.optimizerRule) == rule)
        }
    }
}
