import TensorEngine

extension OperationCase {
    /// All that a recurrence returns, side by side.
    private static func recurrence(
        _ cell: any RecurrentCell, _ inputs: [Tensor], isReversed: Bool, lengths: Indices?
    ) -> Tensor {
        let extra = inputs.count > 3 ? inputs[3] : nil
        let result = inputs[0].recurrence(
            cell, weight: inputs[1], productBias: cell is GRUCell ? extra : nil, state: inputs[2],
            cellState: cell is LSTMCell ? extra : nil, isReversed: isReversed, lengths: lengths)
        let ends = [result.state, result.cellState].compactMap { $0?.reshaped(to: [1, 2, 3]) }
        return .concatenated([result.outputs] + ends, alongAxis: 0)
    }

    /// Three time steps, two samples, three units; each direction, with and without lengths.
    private static func directions(_ cell: any RecurrentCell, gates: Int, extra: [Shape]) -> [OperationCase] {
        let shapes: [Shape] = [[3, 2, 3 * gates], [3, 3 * gates], [2, 3]] + extra
        let lengths: [Indices?] = [nil, Indices([3, 1]), Indices([1, 2])]
        return [false, true].flatMap { isReversed in
            lengths.map { lengths in
                OperationCase(primitive: "Recurrence", shapes: shapes) {
                    recurrence(cell, $0, isReversed: isReversed, lengths: lengths)
                }
            }
        }
    }

    static let recurrence: [OperationCase] =
        directions(ElmanCell(usesReLU: false), gates: 1, extra: []) + directions(LSTMCell(), gates: 4, extra: [[2, 3]])
        + directions(GRUCell(), gates: 3, extra: [[9]]) + continuation

    private static let continuation: [OperationCase] = [
        OperationCase(primitive: "Recurrence", shapes: [[2, 1, 2], [2, 2], [1, 2]], domain: .around(1.5)) {
            $0[0].recurrence(
                ElmanCell(usesReLU: true), weight: $0[1], productBias: nil, state: $0[2], cellState: nil,
                isReversed: false, lengths: nil
            ).outputs
        },
        // the initial state depends on the weights, as it does when a sequence is continued without detaching it
        OperationCase(primitive: "Recurrence", shapes: [[2, 3, 3], [3, 3]]) {
            $0[0].recurrence(
                ElmanCell(usesReLU: false), weight: $0[1], productBias: nil, state: $0[1] * $0[1], cellState: nil,
                isReversed: false, lengths: nil
            ).outputs
        },
    ]
}
