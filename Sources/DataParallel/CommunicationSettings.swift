public import Settings

/// How gradients travel between the ranks.
public struct CommunicationSettings: SettingsGroup {
    /// How the ranks' gradients are reduced.
    public var path = ReductionPath.automatic
    /// Size of one bucket of gradients, in units of 1024 bytes; nil stands for 1024, or what is measured to be best.
    public var bucketKilobytes: Int?
    /// Whether the best bucket size is found by measurement in the first steps.
    public var autotune = Autotune.automatic
    /// Whether the reduction overlaps the backward pass.
    public var overlap = true
    /// Treats every N ranks of a host as a separate host; 0 for all of them as one.
    public var ranksPerHost = 0
    /// What the ranks of a host shard among them.
    public var sharding = Sharding.automatic
    /// What hosts divide among them.
    public var zero = Zero.off
    /// How the shards' gradients are combined.
    public var combination = Combination.sum

    /// When the best bucket size is found by measurement.
    public enum Autotune: String, Sendable, CaseIterable {
        /// On several ranks, in runs long enough for it, where no size is given.
        case automatic
        /// On several ranks.
        case always
        /// Not at all.
        case never
    }

    /// What the ranks of a host keep once for all of them, each working on a shard of it.
    public enum Sharding: String, Sendable, CaseIterable {
        /// The weights and the optimizer's state, where the ranks can share memory.
        case automatic
        /// Nothing.
        case none
        /// The weights and the optimizer's state.
        case optimizer
        /// These, and the gradients as soon as they have been summed.
        case gradients
    }

    /// What hosts divide among them (ZeRO), each working on its part.
    public enum Zero: String, Sendable, CaseIterable {
        /// Nothing.
        case off
        /// The optimizer's state (stage 1).
        case optimizer
        /// This, and the gradients as soon as they have been summed (stage 2).
        case gradients
    }

    /// How the shards' gradients are combined.
    public enum Combination: String, Sendable, CaseIterable { case sum, adasum }

    public init() {}

    public static let prefix = "communication"
    public static let title = "communication: reduction of gradients over the ranks"
    public static let keys: [Setting<Self>] = [
        Setting(
            "path", \.path, .choice, changesOnResume: true,
            "how gradients are reduced: in memory that the ranks of a host share (shared_memory), so within each host and by "
                + "messages between hosts (hosts), or by messages; automatic: by the placement of the ranks. All paths give "
                + "identical bits"),
        Setting(
            "bucket_kilobytes", \.bucketKilobytes, .automatic(.whole(atLeast: 1, atMost: 16_777_216)),
            changesOnResume: true, aliases: ["bucket_cap_mb"],
            "bucket size: gradients that are reduced at once, in units of 1024 bytes; automatic: 1024, unless measured "
                + "(communication.autotune)"),
        Setting(
            "autotune", \.autotune, .choice, changesOnResume: true,
            "find the best bucket size by measurement in the first steps; automatic: in runs of 500 steps or more"),
        Setting(
            "overlap", \.overlap, .flag, changesOnResume: true, "overlap the reduction with the backward pass"),
        Setting(
            "ranks_per_host", \.ranksPerHost, .whole(atLeast: 0), changesOnResume: true,
            "treats every N ranks of a host, such as those of one processor, as a separate host; 0 = all of them as one"
        ),
        Setting(
            "sharding", \.sharding, .choice, changesOnResume: true,
            "what is kept once for all ranks of a host, each of which updates a shard of it; automatic: optimizer where "
                + "memory can be shared"),
        Setting(
            "zero", \.zero, .choice, changesOnResume: true,
            "ZeRO across hosts: each host keeps and updates a part of the optimizer's state (optimizer: stage 1), and of the "
                + "summed gradients (gradients: stage 2), and sends the updated weights to the others. The bits are those of off"
        ),
        Setting(
            "combination", \.combination, .choice,
            "how the shards' gradients are combined: summed, or by Adasum, between sum and mean of the shards' means"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        let zero = settings.communication.zero
        guard zero != .off else { return }
        if settings.communication.autotune == .always {
            throw .conflict(
                "communication.zero \(zero.rawValue) divides the buckets of gradients among hosts, which autotune would cut anew; set communication.autotune=never, or zero to off"
            )
        }
        let sharding = settings.communication.sharding
        if settings.communication.path == .messages, sharding == .optimizer || sharding == .gradients {
            throw .conflict(
                "communication.zero \(zero.rawValue) with communication.path messages divides all among the ranks, and communication.sharding \(sharding.rawValue) keeps it once for those of a host; set sharding or path to automatic, or zero to off"
            )
        }
        if let asked = settings.askedCombination {
            throw .conflict(
                "communication.zero \(zero.rawValue) divides sums of gradients, not those by \(asked.value); set \(asked.usual), or zero to off"
            )
        }
    }
}

extension Settings {
    /// How gradients travel between the ranks.
    public var communication: CommunicationSettings {
        get { self[CommunicationSettings.self] }
        set { self[CommunicationSettings.self] = newValue }
    }
}
