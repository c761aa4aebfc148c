/// One value given by name, with the place it comes from.
public struct SettingOverride: Sendable, Equatable {
    /// Dotted name of the key.
    public let key: String
    /// The value as text.
    public let value: String
    /// Where the value stands, for messages: `--epochs`, `--set`, `mnist.yaml line 3`.
    public let source: String

    /// An override as it was found; `Settings.apply` checks it.
    public init(key: String, value: String, source: String) {
        self.key = key
        self.value = value
        self.source = source
    }

    /// Reads `KEY=VALUE`; the value may hold further equals signs.
    public init(assignment: String, source: String = "--set") throws(SettingsError) {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw .notAnAssignment(assignment, source: source)
        }
        key = String(assignment[..<equals]).trimmed
        value = String(assignment[assignment.index(after: equals)...])
        self.source = source
    }
}

extension Settings {
    /// Sets each value in turn, so that a later one wins: apply the recipe's, then the file's, then the flags'.
    ///
    /// Each value is checked by itself; `validate` checks those that depend on each other, after the last call.
    public mutating func apply(_ overrides: [SettingOverride]) throws(SettingsError) {
        for override in overrides {
            let key = try Settings.key(named: override.key, source: override.source)
            try key.set(override.value, in: &self, source: override.source)
        }
    }

    /// Sets each value in turn; `source` names where all of them stand, such as `recipe mnist`.
    public mutating func apply(_ overrides: [(key: String, value: String)], source: String) throws(SettingsError) {
        try apply(overrides.map { SettingOverride(key: $0.key, value: $0.value, source: source) })
    }

    /// Checks every value, and those that must fit each other; also after changes made in code.
    public func validate() throws(SettingsError) {
        var copy = self
        for key in Settings.keys { try key.set(key.text(in: self), in: &copy, source: "code") }
        if optimizer.nesterov, optimizer.momentum == 0 {
            throw .conflict("optimizer.nesterov needs optimizer.momentum above 0; raise it or drop nesterov")
        }
        let observers = [
            (schedule.name == .plateau, "schedule.name plateau"),
            (earlyStopping.patience > 0, "early_stopping.patience"), (checkpoint.best != .none, "checkpoint.best"),
        ]
        if evaluate.every == 0, evaluate.steps == 0, let observer = observers.first(where: \.0)?.1 {
            throw .conflict("\(observer) needs evaluations; set evaluate.every to 1 or more")
        }
        if optimizer.name.isSecondOrder { try validateSecondOrder() }
        try validateCombination()
        if !transfer.skip.isEmpty, transfer.from == nil {
            throw .conflict(
                "transfer.skip needs transfer.from; say which weights to begin with (--init-from), or drop it")
        }
        if transfer.layout != .automatic, transfer.from == nil {
            throw .conflict(
                "transfer.layout needs transfer.from; say which weights to begin with (--init-from), or drop it")
        }
    }

    /// Checks what workers that train apart, without a step in common, don't go together with.
    func checkLocal() throws(SettingsError) {
        guard local.steps > 0 else {
            let unused = [
                ("local.workers", local.workers > 0), ("local.outer_rate", local.outerRate != 1),
                ("local.outer_momentum", local.outerMomentum > 0),
            ]
            guard let name = unused.first(where: \.1)?.0 else { return }
            throw .conflict("\(name) needs workers that train apart; set local.steps to 1 or more, or drop it")
        }
        let conflicts = [
            (optimizer.name.isSecondOrder, "optimizer.name \(optimizer.name.rawValue)"),
            (model.batchNorm == .synchronized, "model.batch_norm synchronized"),
            (average.name != .none, "average.name \(average.name.rawValue)"),
            (nonFinite.action == .skip, "non_finite.action skip"),
            (diagnose.every > 0, "diagnose.every \(diagnose.every)"),
            (compression.name != .none, "compression.name \(compression.name.rawValue)"),
            (communication.combination != .sum, "communication.combination \(communication.combination.rawValue)"),
            (
                communication.sharding == .optimizer || communication.sharding == .gradients,
                "communication.sharding \(communication.sharding.rawValue)"
            ),
            (compression.name != .none, "compression.name \(compression.name.rawValue)"),
            (communication.combination != .sum, "communication.combination \(communication.combination.rawValue)"),
        ]
        if let conflict = conflicts.first(where: \.0)?.1 {
            throw .conflict(
                "\(conflict) needs steps that all ranks take together, and local.steps is \(local.steps); drop one of them"
            )
        }
    }

    /// A line search needs the smooth function whose slope it is given, and finds the step's length.
    private func validateSecondOrder() throws(SettingsError) {
        let rule = "optimizer.name \(optimizer.name.rawValue)"
        if optimizer.name == .newtonCG, model.batchNorm == .synchronized {
            throw .conflict(
                "\(rule) needs second derivatives, which model.batch_norm synchronized has not; use lbfgs or shard")
        }
        if schedule.name != .constant || schedule.warmupSteps > 0 || schedule.scaling != .none {
            throw .conflict(
                "\(rule) finds the length of its steps by itself, without a schedule; set schedule.name=constant, "
                    + "schedule.warmup_steps=0 and schedule.scaling=none")
        }
        if clip.value > 0 || clip.parameterNorm > 0 || clip.globalNorm > 0 {
            throw .conflict(
                "\(rule) needs the gradient as it is; set clip.value, clip.parameter_norm and clip.global_norm to 0")
        }
        if nonFinite.action == .skip {
            throw .conflict(
                "\(rule) makes several updates in a step, which cannot be skipped; set non_finite.action=stop")
        }
        if optimizer.l1 > 0 {
            throw .conflict("\(rule) needs a smooth function; set optimizer.l1 to 0 and use optimizer.l2")
        }
        if !optimizer.groups.isEmpty {
            throw .conflict(
                "\(rule) has no learning rate for optimizer.groups to change; drop them, or freeze parameters")
        }
    }
}
