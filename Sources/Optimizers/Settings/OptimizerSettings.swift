public import Settings

/// How gradients change the weights: what is common to all optimizers.
public struct OptimizerSettings: SettingsGroup {
    /// Which parameters weight decay and penalties are for.
    public enum Decayed: String, Sendable, CaseIterable { case all, matrices }

    /// Name of the optimizer.
    public var name = SGDSettings.name
    /// The highest rate of the schedule; the default is the optimizer's own.
    public var learningRate = SGDSettings.learningRate
    /// Weight decay λ, in the form of the optimizer (`OptimizerRule.weightDecayForm`).
    public var weightDecay = SGDSettings.weightDecay
    /// Whether weight decay is decoupled from the gradient in the other optimizers, too.
    public var decoupledDecay = false
    /// Strength of a penalty on the weights' absolute values.
    public var l1 = 0.0
    /// Strength of a penalty on half the weights' squares, whose slope is part of the gradient.
    public var l2 = 0.0
    /// Which parameters weight decay and penalties are for.
    public var decay = Decayed.all
    /// Factors of the learning rate for parameters by the pattern of their names; a later one wins.
    public var groups: [RateGroup] = []

    public init() {}

    /// The optimizers of this module: an optimizer is registered here.
    public static let rules: [any OptimizerRule.Type] = [
        SGDSettings.self, AdamSettings.self, AdamWSettings.self, NAdamSettings.self, RAdamSettings.self,
        AdaGradSettings.self, RMSPropSettings.self, AdadeltaSettings.self, LionSettings.self, LARSSettings.self,
        LAMBSettings.self, LBFGSSettings.self, BFGSSettings.self, NewtonCGSettings.self,
    ]

    public static let prefix = "optimizer"
    public static let title = "optimizer: how gradients change the weights"
    static let nameKey = "optimizer.name"

    public static let keys: [Setting<Self>] = [
        Setting(
            "name", \.name, .name { $0.compactMap { ($0 as? any OptimizerRule.Type)?.name } },
            aliases: ["optimizer", "optimiser", "optim", "solver"],
            "optimizer; lbfgs, bfgs and newton_cg search along a line with the loss over the whole global batch"),
        Setting(
            "learning_rate", \.learningRate,
            .number(.zeroOrMore).noting { defaults(in: $0) { ($0 as? any GradientRule.Type)?.learningRate } },
            changesOnResume: true, changesInTraining: true, usedWhen: [followsGradient],
            aliases: ["lr", "learningrate", "max_lr", "base_lr"], formerDefaults: [0.05],
            defaultValue: { (rule(in: $0) as? any GradientRule.Type)?.learningRate ?? SGDSettings.learningRate },
            "learning rate, the highest of the schedule"),
        Setting(
            "weight_decay", \.weightDecay,
            .number(.zeroOrMore).noting { defaults(in: $0) { ($0 as? any OptimizerRule.Type)?.weightDecay } },
            changesInTraining: true,
            aliases: ["wd"], formerDefaults: [0],
            defaultValue: { rule(in: $0)?.weightDecay ?? SGDSettings.weightDecay },
            "weight decay: decoupled from the gradient in adamw and lion, part of the trust ratio in lars and lamb; in the "
                + "others the same as optimizer.l2, unless optimizer.decoupled_decay is true"),
        Setting(
            "decoupled_decay", \.decoupledDecay, .flag, usedWhen: [decouples],
            "decoupled weight decay: subtracts rate · optimizer.weight_decay · weight besides the step, without momentum and "
                + "moments, as adamw and lion always do"),
        Setting(
            "l1", \.l1, .number(.zeroOrMore), changesInTraining: true, usedWhen: [followsGradient],
            "L1 penalty: l1 · sign(weight) is added to the gradient"),
        Setting(
            "l2", \.l2, .number(.zeroOrMore), changesInTraining: true,
            "L2 penalty: l2 · weight is added to the gradient, and goes through momentum and moments; not decoupled weight "
                + "decay"),
        Setting("decay", \.decay, .choice, "parameters to which weight decay and penalties apply"),
        Setting(
            "groups", \.groups, .rateGroups, usedWhen: [followsGradient],
            "parameter groups: factors of the learning rate by parameter name, such as [head.*=1, features.*=0.1]; a later "
                + "one wins"),
    ]

    /// The optimizers that follow a gradient use a setting.
    private static let followsGradient = SettingCondition.when(nameKey) { schema in
        schema.optimizers.compactMap { ($0 as? any GradientRule.Type)?.name }
    } isMet: {
        rule(in: $0) is any GradientRule.Type
    }

    /// The optimizers whose weight decay may be decoupled use a setting.
    private static let decouples = SettingCondition.when(nameKey) { schema in
        schema.optimizers.filter { canDecouple($0) }.map { $0.name }
    } isMet: {
        rule(in: $0).map { canDecouple($0) } ?? false
    }

    private static func canDecouple(_ rule: any OptimizerRule.Type) -> Bool {
        rule is any GradientRule.Type && rule.weightDecayForm != .inTrustRatio
    }

    private static func rule(in settings: Settings) -> (any OptimizerRule.Type)? {
        settings.schema.optimizer(named: settings.value(of: nameKey) ?? "")
    }

    /// The optimizers with another default than the first one's, in words.
    private static func defaults(
        in groups: [any SettingsGroup.Type], _ value: (any SettingsGroup.Type) -> Double?
    ) -> String {
        let all = groups.compactMap { group in
            value(group).flatMap { value in (group as? any OptimizerRule.Type).map { (name: $0.name, value: value) } }
        }
        let number = SettingForm<Double>.number(.zeroOrMore)
        return Set(all.map(\.value)).subtracting([all.first?.value ?? 0]).sorted().map { value in
            "\(number.text(value)) of " + all.filter { $0.value == value }.map(\.name).joined(separator: ", ")
        }.joined(separator: "; ")
    }
}

/// Parameters whose learning rate is multiplied by a factor.
public struct RateGroup: Sendable, Equatable {
    /// The pattern of their names; `*` stands for any characters.
    public var pattern: String
    /// What their rate is multiplied by, at least 0.
    public var factor: Double

    /// The parameters whose names match `pattern`, and their factor.
    public init(pattern: String, factor: Double) { (self.pattern, self.factor) = (pattern, factor) }
}

extension SettingForm where Value == [RateGroup] {
    /// Lists of patterns and factors such as `[head.*=1, features.*=0.1]`.
    static var rateGroups: SettingForm {
        let factor = SettingForm<Double>.number(.zeroOrMore)
        let rejection = SettingRejection(
            requirement: "be a list of NAME=FACTOR with factors of at least 0, such as [head.*=1, features.*=0.1]")
        return SettingForm(allowed: "a list of NAME=FACTOR, * for any characters", kind: .textList) {
            text throws(SettingRejection) in
            var groups: [RateGroup] = []
            for item in SettingList.items(text) {
                let parts = item.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmed }
                guard parts.count == 2, let factor = try? factor.parse(parts[1]) else { throw rejection }
                groups.append(RateGroup(pattern: parts[0], factor: factor))
            }
            return groups
        } check: { groups throws(SettingRejection) in
            for group in groups {
                guard isNamePattern(group.pattern), (try? factor.check(group.factor)) != nil else { throw rejection }
            }
        } text: { groups in
            SettingList.text(groups.map { "\($0.pattern)=\(factor.text($0.factor))" })
        }
    }
}

extension Settings {
    /// How gradients change the weights.
    public var optimizer: OptimizerSettings {
        get { self[OptimizerSettings.self] }
        set { self[OptimizerSettings.self] = newValue }
    }
}
