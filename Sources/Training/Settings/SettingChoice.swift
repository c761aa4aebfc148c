/// A choice among ways to do something, each of which uses settings of its own, such as the update rule.
struct SettingChoice: Sendable {
    /// One of the ways.
    struct Option: Sendable {
        /// The value of the choice's key in words, such as `adam` or `above 0`.
        let name: String
        /// The settings that it uses, of those that not every option does.
        let uses: [String]
        let isChosen: @Sendable (Settings) -> Bool
    }

    /// The setting that makes the choice.
    let key: String
    let options: [Option]

    /// The options by which the setting `name` is used; nil where that does not depend on this choice.
    private func users(of name: String) -> [Option]? {
        let users = options.filter { $0.uses.contains(name) }
        return users.isEmpty ? nil : users
    }

    /// The options by which `name` would be used, when by `settings` it is not.
    func missingUsers(of name: String, in settings: Settings) -> [String]? {
        guard let users = users(of: name), !users.contains(where: { $0.isChosen(settings) }) else { return nil }
        return users.map(\.name)
    }
}

extension SettingChoice {
    /// The choice among the cases of an enumeration, of which `uses` says the settings.
    init<Name: RawRepresentable & CaseIterable & Equatable & Sendable>(
        _ key: String, _ path: any KeyPath<Settings, Name> & Sendable, uses: (Name) -> [String]
    ) where Name.RawValue == String {
        self.key = key
        options = Name.allCases.map { name in
            Option(name: name.rawValue, uses: uses(name)) { $0[keyPath: path] == name }
        }
    }

    /// The settings that one state of another one alone makes use of.
    init(
        _ key: String, _ state: String, uses: [String], isChosen: @escaping @Sendable (Settings) -> Bool
    ) {
        self.key = key
        options = [Option(name: state, uses: uses, isChosen: isChosen)]
    }
}

extension Settings {
    /// The choices that every recipe leaves to the user.
    static let choices: [SettingChoice] = [
        SettingChoice("optimizer.name", \.optimizer.name) { $0.uses.map { "optimizer.\($0)" } },
        SettingChoice("schedule.name", \.schedule.name) { $0.uses.map { "schedule.\($0)" } },
        SettingChoice(
            "schedule.name", "polynomial, linear, cosine or one_cycle, or schedule.warmup_steps above 0",
            uses: ["schedule.steps"]
        ) { $0.schedule.name.extendsOverRun || $0.schedule.warmupSteps > 0 },
        SettingChoice("schedule.scaling", \.schedule.scaling) { $0 == .none ? [] : ["schedule.base_batch"] },
        SettingChoice("average.name", \.average.name) { name in
            switch name {
            case .none: []
            case .ema: ["average.decay", "average.start", "average.every"]
            case .swa: ["average.start", "average.every"]
            }
        },
        SettingChoice(
            "early_stopping.patience", "1 or more", uses: ["early_stopping.threshold", "early_stopping.metric"]
        ) { $0.earlyStopping.patience > 0 },
        SettingChoice("non_finite.action", \.nonFinite.action) { $0 == .skip ? ["non_finite.limit"] : [] },
        SettingChoice("compression.name", \.compression.name) { name in
            switch name {
            case .none, .bf16, .fp16, .sign: []
            case .topK: ["compression.share"]
            case .powerSGD: ["compression.rank"]
            }
        },
        SettingChoice("data.test_path", absent, uses: ["data.test_fraction"]) { $0.data.testPath == nil },
        SettingChoice("evaluate.steps", "0", uses: ["evaluate.every"]) { $0.evaluate.steps == 0 },
    ]
}

extension Settings.Optimizer.Name {
    /// The settings of the group `optimizer` that the rule uses, of those that not every rule does.
    fileprivate var uses: [String] {
        let gradient = ["learning_rate", "groups", "l1"]
        let moments = ["beta1", "beta2", "epsilon"]
        let decoupling = ["decoupled_decay"]
        return switch self {
        case .sgd: gradient + decoupling + ["momentum", "nesterov"]
        case .adam, .nadam, .radam, .adamw: gradient + decoupling + moments
        case .adagrad: gradient + decoupling + ["epsilon"]
        case .rmsprop: gradient + decoupling + ["smoothing", "momentum", "centered", "epsilon"]
        case .adadelta: gradient + decoupling + ["smoothing", "epsilon"]
        case .lion: gradient + decoupling + ["beta1", "beta2"]
        case .lars: gradient + ["momentum", "trust"]
        case .lamb: gradient + moments
        case .lbfgs: ["iterations", "memory"]
        case .bfgs: ["iterations"]
        case .newtonCG: ["iterations", "products"]
        }
    }
}

extension Settings.Schedule.Name {
    /// The settings of the group `schedule` that the course uses, of those that not every course does.
    fileprivate var uses: [String] {
        switch self {
        case .constant: []
        case .step, .exponential: ["factor", "every"]
        case .inverseTime: ["slope"]
        case .polynomial: ["power", "final_fraction"]
        case .linear, .cosine: ["final_fraction"]
        case .cosineRestarts: ["final_fraction", "period", "period_factor"]
        case .oneCycle: ["low_fraction", "rise_fraction", "final_fraction"]
        case .triangular, .triangular2: ["low_fraction", "period"]
        case .expRange: ["low_fraction", "period", "factor", "every"]
        case .plateau: ["factor", "final_fraction", "patience", "threshold", "cooldown"]
        }
    }
}
