public import Settings
import Training

/// The memory of transitions that are learned from again and again.
public struct ReplaySettings: SettingsGroup {
    /// Transitions that it holds.
    public var capacity = 100_000
    /// Transitions of random actions before the first update.
    public var warmup = 1000
    /// The exponent α of priorities; 0 for equal chances.
    public var priority = 0.0
    /// The exponent β of importance weights.
    public var importance = 0.4

    public init() {}

    public static let prefix = "replay"
    public static let title = "replay: memory of transitions"
    public static let keys: [Setting<Self>] = [
        Setting(
            "capacity", \.capacity, .whole(atLeast: 1, atMost: 100_000_000), aliases: ["buffer_size"],
            "transitions of the replay memory, which each rank holds"),
        Setting(
            "warmup", \.warmup, .whole(atLeast: 0, atMost: 100_000_000), aliases: ["learning_starts"],
            "transitions of random actions before the first update"),
        Setting(
            "priority", \.priority, .number(.fraction), usedWhen: [hasPriorities],
            aliases: ["prioritized_replay_alpha"],
            "prioritized replay: exponent α of the temporal-difference errors; 0 = uniform draws"),
        Setting(
            "importance", \.importance, .number(.fraction), usedWhen: [hasPriorities],
            aliases: ["prioritized_replay_beta"], "exponent β of the importance weights of prioritized replay"),
    ]

    private static let hasPriorities = SettingCondition.recipe("dqn")
}

extension ReplaySettings {
    /// Throws where the memory does not hold one rollout.
    func checkCapacity(for acting: ActingSettings) throws {
        let fewest = acting.environments * acting.rollout
        guard capacity >= fewest else { throw SmallMemory(capacity: capacity, fewest: fewest) }
    }
}

/// The memory does not hold one rollout.
struct SmallMemory: Error, CustomStringConvertible {
    let capacity, fewest: Int
    var description: String {
        "replay.capacity is \(capacity), and a rollout has \(fewest) transitions (acting.environments · acting.rollout); set at least as many"
    }
}
