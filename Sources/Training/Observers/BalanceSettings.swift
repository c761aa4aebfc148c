import DataParallel
import Optimizers
public import Settings

/// How the shards are dealt to ranks of unlike speed.
public struct BalanceSettings: SettingsGroup {
    /// Whether shards follow the ranks' speeds.
    public var mode = Mode.off
    /// By rank, relative to the others, where they are known; for `fixed`.
    public var speeds: [Int] = []
    /// Steps between two measurements, at most one of which deals the shards anew; for `automatic`.
    public var every = 200

    /// Whose speeds decide on the shards of a rank.
    public enum Mode: String, Sendable, CaseIterable {
        /// None: each rank has as many.
        case off
        /// Those of `balance.speeds`.
        case fixed
        /// Those that are measured.
        case automatic
    }

    public init() {}

    public static let prefix = "balance"
    public static let title = "balance: load balancing of unlike hosts"
    public static let keys: [Setting<Self>] = [
        Setting(
            "mode", \.mode, .choice, changesOnResume: true,
            "load balancing: with more shards than ranks, how many a rank computes: equally many (off), by balance.speeds "
                + "(fixed), or by its measured speed (automatic). All give identical bits"),
        Setting(
            "speeds", \.speeds, .wholes(atLeast: 1, atMost: 1_000_000), changesOnResume: true,
            usedWhen: [.when("balance.mode", "fixed") { $0.balance.mode == .fixed }],
            "relative speed of each rank, in the order of the ranks, such as [2, 1]"),
        Setting(
            "every", \.every, .whole(atLeast: 1), changesOnResume: true, usedWhen: [isAutomatic],
            "steps between two measurements, after which shards may be dealt anew"),
    ]

    private static let isAutomatic = SettingCondition.when("balance.mode", "automatic") {
        $0.balance.mode == .automatic
    }

    public static func check(_ settings: Settings) throws(SettingsError) {
        let balance = settings.balance
        guard balance.mode != .off else { return }
        let rule = "balance.mode \(balance.mode.rawValue)"
        if balance.mode == .fixed, balance.speeds.isEmpty {
            throw .conflict("\(rule) needs the speed of each rank; set balance.speeds, such as [2, 1], or automatic")
        }
        let conflicts = [
            (settings.local.steps > 0, "local.steps \(settings.local.steps)"),
            (settings.model.batchNorm == .synchronized, "model.batch_norm synchronized"),
            (settings.usesSecondOrder, "optimizer.name \(settings.optimizer.name)"),
            (settings.askedCombination != nil, settings.askedCombination?.value ?? ""),
        ]
        if let conflict = conflicts.first(where: \.0)?.1 {
            throw .conflict(
                "\(rule) deals shards to ranks by their speed, and \(conflict) depends on who has them; drop one of them"
            )
        }
    }
}

extension Settings {
    /// How the shards are dealt to ranks of unlike speed.
    public var balance: BalanceSettings {
        get { self[BalanceSettings.self] }
        set { self[BalanceSettings.self] = newValue }
    }
}
