public import Settings
import Training

/// What two views of an image are, what is asked of their embeddings, and how the features are judged.
public struct SelfSupervisedSettings: SettingsGroup {
    /// The least part of an image that a view shows.
    public var crop = 0.25
    /// The probability of a view to be mirrored left to right.
    public var flip = 0.5
    /// The largest change of brightness and of contrast, as a factor above or below 1.
    public var jitter = 0.4
    /// Elements of the embedding that the loss sees.
    public var projection = 64
    /// The temperature τ of SimCLR.
    public var temperature = 0.5
    /// The weight of the teacher's former weights in a step of BYOL.
    public var teacherMomentum = 0.99
    /// Training images whose labels the linear probe and the nearest neighbors see.
    public var probeSamples = 10_000
    /// The neighbors that vote.
    public var neighbors = 20

    public init() {}

    public static let prefix = "self_supervised"
    public static let title = "self_supervised: views of images, embeddings and probes"
    public static let keys: [Setting<Self>] = [
        Setting("crop", \.crop, .number(.share), "random resized crop: least fraction of the image's area"),
        Setting("flip", \.flip, .number(.fraction), "probability of a random horizontal flip"),
        Setting(
            "jitter", \.jitter, .number(.belowOne), "largest random change of brightness and of contrast, such as 0.4"),
        Setting(
            "projection", \.projection, .whole(atLeast: 1, atMost: 100_000),
            usedWhen: [.model("simclr", "simsiam", "byol")], aliases: ["projection_dim"],
            "size of the embedding that the projection head makes of features"),
        Setting(
            "temperature", \.temperature, .number(.aboveZero), changesInTraining: true, usedWhen: [.model("simclr")],
            aliases: ["tau"], "temperature τ of NT-Xent"),
        Setting(
            "teacher_momentum", \.teacherMomentum, .number(.belowOne), changesInTraining: true,
            usedWhen: [.model("byol")], aliases: ["moving_average_decay", "ema_decay"],
            "decay of the teacher (target network), an exponential moving average of the student's weights"),
        Setting(
            "probe_samples", \.probeSamples, .whole(atLeast: 1, atMost: 100_000_000), changesOnResume: true,
            "labeled training images for the linear probe and the k-nearest neighbors of evaluations"),
        Setting(
            "neighbors", \.neighbors, .whole(atLeast: 1, atMost: 10_000), changesOnResume: true, aliases: ["knn_k"],
            "k of the k-nearest neighbors, by cosine"),
    ]
}
