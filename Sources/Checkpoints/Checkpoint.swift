/// The state of a run after a step, from which it continues bit for bit on any number of ranks.
public struct Checkpoint: Sendable, Equatable {
    /// The parameters and buffers of the model.
    public var model: [NamedTensor]

    /// Further metadata of the model's file, such as `layout.NAME`: keys that do not begin with `crc32.`.
    public var modelMetadata: [String: String]

    /// The state of the optimizer; may be empty.
    public var optimizer: [NamedTensor]

    /// Where the run is and with what settings it runs.
    public var state: RunState

    /// A checkpoint of the given parts; the names in each list must be unique.
    public init(
        model: [NamedTensor], modelMetadata: [String: String] = [:], optimizer: [NamedTensor], state: RunState
    ) {
        self.model = model
        self.modelMetadata = modelMetadata
        self.optimizer = optimizer
        self.state = state
    }

    /// The number of optimizer steps taken.
    public var step: Int { state.step }
}
