/// A source of optimizer steps: sampled data, rollouts, tasks, clients.
///
/// Every rank has one, and all give steps of the same numbers and sizes.
public protocol StepSource<Work>: AnyObject {
    /// A rank's part of a step.
    associatedtype Work

    /// The number of the last step of the run.
    var lastStep: Int { get }

    /// The position of a run after so many steps.
    func position(afterSteps steps: Int) -> RunPosition

    /// What a checkpoint keeps of the source beside the position, such as a replay buffer.
    var persistents: [any Persistent] { get }

    /// Begins to prepare the steps after `position`. *Local.*
    func begin(after position: RunPosition) throws

    /// The next step, once it is ready; nil after the last. *Local*, unless the source says otherwise.
    func next() throws -> Step<Work>?

    /// Ends the preparation of steps. *Local.*
    func stop()
}

/// A source whose steps are made of the shards of a global batch, which ranks can be dealt anew.
public protocol ShardedSource: AnyObject {
    /// Prepares these shards from the next step on. *Local*, between two steps.
    func deal(_ shards: Range<Int>)
}

extension StepSource {
    public var persistents: [any Persistent] { [] }
    public func begin(after position: RunPosition) throws {}
    public func stop() {}
}
