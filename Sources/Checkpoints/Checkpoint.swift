/// Everything a run needs to go on from a step as if it had never stopped, on any number of ranks.
public struct Checkpoint: Sendable, Equatable {
    /// The parameters and buffers of the model.
    public var model: [NamedTensor]

    /// What the file of the model says of its tensors besides, such as `layout.NAME`: keys that do not begin with `crc32.`.
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
