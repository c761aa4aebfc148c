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

/// The outputs and the final state of a recurrent network for a batch of sequences.
public struct RecurrentOutput {
    /// Of each direction of the last layer its states at all time steps, [time, batch, hidden].
    let directions: [Tensor]

    /// The last layer's states at all time steps, [batch, time, directions · hidden]; 0 beyond a sample's length.
    ///
    /// A copy that is made on each access: who wants the final state alone does not pay for it.
    public var outputs: Tensor { Tensor.concatenated(directions, alongAxis: 2).transposed(0, 1) }

    /// Each layer's and direction's state after its last step; for a sample with a length, after the last one within it.
    public let state: RecurrentState
}
