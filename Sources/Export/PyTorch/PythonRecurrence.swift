import Layers

/// The statements of recurrent layers, of padded sequences, too.
struct PythonRecurrence {
    private let recurrence: GraphRecurrence

    /// Nil for another node.
    init?(_ node: GraphNode, _ graph: ModelGraph) {
        guard case .recurrent(let recurrence) = node.operation else { return nil }
        self.recurrence = recurrence
    }

    /// Assigns the outputs and the last layer's states to `targets`, as `module` makes them of `inputs`.
    func statements(_ module: String, _ targets: [String], _ inputs: [String]) -> [String] {
        let (outputs, state) = (targets[0], targets[1])
        let hidden = recurrence.kind == .lstm ? "(hidden, _)" : "hidden"
        var statements = ["outputs, \(hidden) = \(module)(\(inputs[0]))"]
        if inputs.count > 1 {
            statements = [
                "packed = nn.utils.rnn.pack_padded_sequence(\(inputs[0]), \(inputs[1]).cpu(), batch_first=True, enforce_sorted=False)",
                "length = \(inputs[0]).shape[1]",
                "outputs, \(hidden) = \(module)(packed)",
            ]
            if outputs != "_" {
                statements.append(
                    "outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True, total_length=length)")
            }
        }
        if outputs != "_" { statements.append("\(outputs) = outputs") }
        if state != "_" {
            statements.append("\(state) = hidden[-\(recurrence.layers[0].count):].transpose(0, 1).flatten(1)")
        }
        return statements.filter { inputs.count > 1 && outputs != "_" || !$0.hasPrefix("length = ") }
    }
}
