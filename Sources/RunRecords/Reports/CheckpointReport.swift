/// One checkpoint that was written.
public struct CheckpointReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Path of the checkpoint.
    public var path: String
    /// How long the training waited for it.
    public var milliseconds: Double
    /// How long it took to write it in the background; nil if the training waited for that.
    public var writingMilliseconds: Double?
    /// Duration of the run up to here, over all its starts, in seconds.
    public var runSeconds: Double?

    /// A checkpoint.
    public init(
        step: Int, epoch: Int, path: String, milliseconds: Double, writingMilliseconds: Double? = nil,
        runSeconds: Double? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.path = path
        self.milliseconds = milliseconds
        self.writingMilliseconds = writingMilliseconds
        self.runSeconds = runSeconds
    }

    private enum CodingKeys: String, RecordKey {
        case step, epoch, path, milliseconds
        case writingMilliseconds = "writing_milliseconds"
        case runSeconds = "run_seconds"

        var isRounded: Bool { [.milliseconds, .writingMilliseconds, .runSeconds].contains(self) }
    }
}
