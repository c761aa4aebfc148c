public import Settings
import Training

/// What the tasks are, and what keeps a network from forgetting them.
public struct ContinualSettings: SettingsGroup {
    /// What tells the tasks of a sequence apart.
    public var sequence = Sequence.split
    /// The number of tasks.
    public var tasks = 5
    /// What the network knows of the task of an image, and has to find out.
    public var scenario = Scenario.domain
    /// Optimizer steps of each task.
    public var taskSteps = 2000
    /// The weight of the penalty on changes of important weights.
    public var strength = 1.0
    /// Samples of a task by which the Fisher information is estimated; 0 stands for all.
    public var fisherSamples = 2000
    /// What keeps the importance of a weight that has hardly moved finite.
    public var damping = 0.1
    /// The samples of former tasks that are kept, for all of them together.
    public var memory = 2000

    /// What tells the tasks of a sequence apart.
    public enum Sequence: String, Sendable, CaseIterable {
        /// Each task has classes of its own.
        case split
        /// Each task has all classes, and an order of the pixels of its own.
        case permuted
    }

    /// What the network knows of the task of an image, and has to find out (van de Ven and Tolias, 2019).
    public enum Scenario: String, Sendable, CaseIterable {
        /// It knows the task, and has outputs for each.
        case task
        /// It does not know it, and has the same outputs for all.
        case domain
        /// It has outputs for each task, and has to find out which.
        case classes = "class"
    }

    public init() {}

    /// Such as `5 split tasks, domain-incremental`.
    var summary: String { "\(tasks) \(sequence.rawValue) tasks, \(scenario.rawValue)-incremental" }

    public static let prefix = "continual"
    public static let title = "continual: sequences of tasks"
    public static let keys: [Setting<Self>] = [
        Setting(
            "sequence", \.sequence, .choice,
            "tasks with classes of their own (split), or with all classes and a permutation of the pixels (permuted; the first "
                + "task has none)"),
        Setting("tasks", \.tasks, .whole(atLeast: 1, atMost: 1000), aliases: ["contexts", "num_tasks"], "tasks"),
        Setting(
            "scenario", \.scenario, .choice,
            "task-, domain- or class-incremental learning: the task of an image is known (task), outputs are shared by all tasks "
                + "(domain), or the output says which class of which task it is (class)"),
        Setting(
            "task_steps", \.taskSteps, .whole(atLeast: 1, atMost: 1_000_000), aliases: ["iters"],
            "optimizer steps of each task"),
        Setting(
            "strength", \.strength, .number(.zeroOrMore), usedWhen: [.model("ewc", "si")],
            aliases: ["ewc_lambda", "si_lambda", "si_c", "lambda"],
            "λ of elastic weight consolidation (λ/2·ΣF·Δθ²), c of synaptic intelligence (c·ΣΩ·Δθ²)"),
        Setting(
            "fisher_samples", \.fisherSamples, .whole(atLeast: 0, atMost: 1_000_000_000), usedWhen: [.model("ewc")],
            aliases: ["fisher_n"], "samples of each task for the diagonal of the Fisher information; 0 = all"),
        Setting(
            "damping", \.damping, .number(.aboveZero), usedWhen: [.model("si")], aliases: ["xi", "si_epsilon"],
            "ξ of synaptic intelligence, Ω = Σ ω/(Δθ² + ξ)"),
        Setting(
            "memory", \.memory, .whole(atLeast: 1, atMost: 1_000_000_000), usedWhen: [.model("replay")],
            aliases: ["memory_size", "buffer_size", "budget"],
            "samples of former tasks in the replay buffer, equally many of each task"),
    ]
}
