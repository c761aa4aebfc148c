import DataParallel
import Optimizers
public import Settings

/// Local SGD: workers that train independently, and are averaged.
public struct LocalSettings: SettingsGroup {
    /// Steps between averages; 0 stands for no workers: each step is one of all ranks.
    public var steps = 0
    /// The number of workers, among which the shards are divided; 0 stands for one per shard.
    public var workers = 0
    /// Learning rate of the outer step towards the mean.
    public var outerRate = 1.0
    /// Nesterov's momentum of the outer steps.
    public var outerMomentum = 0.0

    public init() {}

    public static let prefix = "local"
    public static let title = "local: local SGD, DiLoCo"
    public static let keys: [Setting<Self>] = [
        Setting(
            "steps", \.steps, .whole(atLeast: 0),
            "local SGD: steps that workers train independently before they are averaged; 0 = each step is one of all ranks"
        ),
        Setting(
            "workers", \.workers, .whole(atLeast: 0, atMost: 65_536), usedWhen: [isOn],
            "number of independent workers, among which the shards are divided, such as the number of hosts; 0 = one per "
                + "shard"),
        Setting(
            "outer_rate", \.outerRate, .number(.aboveZero), usedWhen: [isOn],
            "learning rate of the outer optimizer, which moves the common weights towards the workers' mean; 0.7 in DiLoCo"
        ),
        Setting(
            "outer_momentum", \.outerMomentum, .number(.belowOne), usedWhen: [isOn],
            "Nesterov's momentum of the outer optimizer; 0.9 in DiLoCo"),
    ]

    private static let isOn = SettingCondition.when("local.steps", "1 or more") { $0.local.steps > 0 }

    public static func check(_ settings: Settings) throws(SettingsError) {
        guard settings.local.steps > 0 else { return }
        let communication = settings.communication
        let conflicts = [
            (settings.usesSecondOrder, "optimizer.name \(settings.optimizer.name)"),
            (settings.model.batchNorm == .synchronized, "model.batch_norm synchronized"),
            (settings.average.name != .none, "average.name \(settings.average.name.rawValue)"),
            (settings.nonFinite.action == .skip, "non_finite.action skip"),
            (settings.diagnose.every > 0, "diagnose.every \(settings.diagnose.every)"),
            (settings.askedCombination != nil, settings.askedCombination?.value ?? ""),
            (communication.zero != .off, "communication.zero \(communication.zero.rawValue)"),
            (
                communication.sharding == .optimizer || communication.sharding == .gradients,
                "communication.sharding \(communication.sharding.rawValue)"
            ),
        ]
        if let conflict = conflicts.first(where: \.0)?.1 {
            throw .conflict(
                "\(conflict) needs steps that all ranks take together, and local.steps is \(settings.local.steps); drop one of them"
            )
        }
    }
}

extension Settings {
    /// Local SGD: workers that train independently, and are averaged.
    public var local: LocalSettings {
        get { self[LocalSettings.self] }
        set { self[LocalSettings.self] = newValue }
    }
}
