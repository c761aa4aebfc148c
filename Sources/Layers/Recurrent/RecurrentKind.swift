import TensorEngine

/// The recurrent networks there are, by name.
public enum RecurrentKind: String, Sendable, CaseIterable {
    /// Elman's network with tanh.
    case rnn
    /// Gated recurrent units.
    case gru
    /// Long short-term memory.
    case lstm

    var cell: any RecurrentCell {
        switch self {
        case .rnn: ElmanCell(usesReLU: false)
        case .gru: GRUCell()
        case .lstm: LSTMCell()
        }
    }

    /// How many numbers a layer of `hidden` units has for `inputs` inputs, in Float64, which does not overflow.
    public func parameterCount(inputs: Int, hidden: Int) -> Double {
        let width = Double(hidden) * Double(cell.gateCount)
        return width * (Double(inputs) + Double(hidden) + (cell.hasProductBias ? 2 : 1))
    }

    /// How many numbers a layer of `hidden` units keeps of each token for its backward pass: gates, states and output.
    public func activationCount(hidden: Int) -> Double { Double(hidden) * Double(cell.gateCount + 2) }
}
