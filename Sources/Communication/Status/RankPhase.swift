/// What a rank is doing.
package enum RankPhase: UInt8, Sendable, CaseIterable {
    /// Before the first step.
    case preparing
    /// Waiting for the data of the step.
    case loading
    case forward
    case backward
    /// Waiting for the gradients of other ranks, or summing them.
    case exchange
    case optimizer
    case evaluation
    /// Saving a checkpoint, or waiting for the rank that does.
    case saving
    /// Between these, such as in an observer of the run.
    case other
    /// The run is over.
    case ended

    /// Whether a rank in this phase waits for others, or for the rank that writes.
    var waitsForOthers: Bool { self == .exchange }
}
