import Preconditions
public import TensorEngine

/// The state of a recurrent network between two parts of a sequence.
///
/// Truncated backpropagation through time: hand on `state.detached`, so that gradients stop there.
public struct RecurrentState {
    /// The states, [layers · directions, batch, hidden]: layer 0 forward, layer 0 backward, layer 1 forward …
    public let hidden: Tensor
    /// The cells of an LSTM, of the same shape; nil for others.
    public let cell: Tensor?

    /// The state of the given elements.
    public init(hidden: Tensor, cell: Tensor? = nil) {
        require(
            hidden.shape.rank == 3 && (cell == nil || cell!.shape == hidden.shape),
            "RecurrentState: [layers · directions, batch, hidden] is needed, found \(hidden.shape), cell \(cell.map { "\($0.shape)" } ?? "none")"
        )
        (self.hidden, self.cell) = (hidden, cell)
    }

    /// The same elements, not tracked.
    public var detached: RecurrentState { RecurrentState(hidden: hidden.detached, cell: cell?.detached) }
}

/// What a recurrent network makes of a batch of sequences.
public struct RecurrentOutput {
    /// The last layer's states at all time steps, [batch, time, directions · hidden]; 0 beyond a sample's length.
    public let outputs: Tensor
    /// Each layer's and direction's state after its last step; for a sample with a length, after the last one within it.
    public let state: RecurrentState
}
