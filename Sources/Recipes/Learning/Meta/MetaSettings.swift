public import Settings
import Training

/// What a task is, and how it is learned within a step.
public struct MetaSettings: SettingsGroup {
    /// Training tasks of an epoch, and tasks to test on.
    public var tasks = 25_000, testTasks = 600
    /// Samples of a task, of a class where there are classes, to learn from and to judge by.
    public var shots = 10, queries = 10
    /// Steps of gradient descent within a task in training, and their learning rate.
    public var innerSteps = 1
    public var innerRate = 0.01
    /// Classes of an episode, and of one to train on; nil: the same.
    public var ways = 5
    public var trainingWays: Int?
    /// The classes that are not trained on.
    public var heldOut = [5, 6, 7, 8, 9]
    /// Whether a class turned by 90, 180 or 270 degrees is a class of its own in training.
    public var hasRotations = true

    public init() {}

    public static let prefix = "meta"
    public static let title = "meta: tasks and the inner loop of meta-learning"
    public static let keys: [Setting<Self>] = [
        Setting("tasks", \.tasks, .whole(atLeast: 1, atMost: 1_000_000_000), "training tasks (episodes) of an epoch"),
        Setting("test_tasks", \.testTasks, .whole(atLeast: 0, atMost: 1_000_000), "tasks (episodes) to test on"),
        Setting(
            "shots", \.shots, .whole(atLeast: 1, atMost: 100_000), aliases: ["k_shot", "num_shots"],
            "k-shot: samples of a task, or of each class of an episode, to learn from (support set)"),
        Setting(
            "queries", \.queries, .whole(atLeast: 1, atMost: 100_000), aliases: ["num_queries"],
            "samples of a task, or of each class of an episode, to judge by (query set)"),
        Setting(
            "inner_steps", \.innerSteps, .whole(atLeast: 1, atMost: 1000), usedWhen: [.recipe("meta-learning")],
            aliases: ["num_inner_steps", "inner_loop_steps"], "gradient steps within a task, in training"),
        Setting(
            "inner_rate", \.innerRate, .number(.aboveZero), usedWhen: [.recipe("meta-learning")],
            aliases: ["inner_lr", "update_lr", "fast_lr"], "learning rate of the gradient steps within a task"),
        Setting(
            "ways", \.ways, .whole(atLeast: 2, atMost: 256), usedWhen: [.recipe("prototypical")], aliases: ["n_way"],
            "N-way: classes of an episode"),
        Setting(
            "training_ways", \.trainingWays, .optional(.whole(atLeast: 2, atMost: 256)),
            usedWhen: [.recipe("prototypical")], aliases: ["train_n_way"],
            "N-way of the episodes to train on, turned classes included: more make the task harder; default: meta.ways"),
        Setting(
            "held_out", \.heldOut, .wholes(atLeast: 0, atMost: 255), usedWhen: [.recipe("prototypical")],
            "numbers of the classes that are tested on, and not trained on"),
        Setting(
            "rotations", \.hasRotations, .flag, usedWhen: [.recipe("prototypical")],
            "train on each class turned by 90, 180 and 270 degrees as well, as classes of their own; images must be square"
        ),
    ]
}

extension Settings {
    /// What a task is, and how it is learned within a step.
    public var meta: MetaSettings {
        get { self[MetaSettings.self] }
        set { self[MetaSettings.self] = newValue }
    }
}
