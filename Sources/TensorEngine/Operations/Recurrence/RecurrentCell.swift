package import CKernels

/// The time step of one kind of recurrent network, after its matrix products.
package protocol RecurrentCell: Sendable {
    /// The columns of the matrix products per unit.
    var gateCount: Int { get }
    /// The values per unit that are kept for the backward pass.
    var keptCount: Int { get }
    /// Whether it has a cell state in addition to the hidden state.
    var hasCell: Bool { get }
    /// Whether the state's product has its own bias and cotangent, separate from the input's.
    var hasProductBias: Bool { get }
    /// The fused step forward.
    func forward(_ step: lockstep_step, _ data: lockstep_forward_step)
    /// The fused step backward.
    func backward(_ step: lockstep_step, _ data: lockstep_backward_step)
    /// The step in recorded operations: products [batch, gates · hidden], state and cell [batch, hidden].
    func recorded(projected: Tensor, product: Tensor, state: Tensor, cell: Tensor?) -> (state: Tensor, cell: Tensor?)
}

extension RecurrentCell {
    /// The columns of one gate.
    func gate(_ number: Int, of product: Tensor) -> Tensor {
        let hidden = product.shape[1] / gateCount
        return product.slice((number * hidden)..<((number + 1) * hidden), alongAxis: 1)
    }
}

/// Elman's network, `h′ = f(x·W + h·U + b)` with tanh or ReLU. Source: Elman, "Finding structure in time", 1990.
package struct ElmanCell: RecurrentCell {
    package let usesReLU: Bool
    package init(usesReLU: Bool) { self.usesReLU = usesReLU }

    package var gateCount: Int { 1 }
    package var keptCount: Int { 0 }
    package var hasCell: Bool { false }
    package var hasProductBias: Bool { false }

    package func forward(_ step: lockstep_step, _ data: lockstep_forward_step) {
        usesReLU ? lockstep_elman_relu_forward(step, data) : lockstep_elman_tanh_forward(step, data)
    }

    // h′ = f(p + u)  ⇒  p̄ = ū = h̄′·f′, where f′ follows from h′
    package func backward(_ step: lockstep_step, _ data: lockstep_backward_step) {
        usesReLU ? lockstep_elman_relu_backward(step, data) : lockstep_elman_tanh_backward(step, data)
    }

    package func recorded(projected: Tensor, product: Tensor, state: Tensor, cell: Tensor?) -> (
        state: Tensor, cell: Tensor?
    ) {
        let sum = projected + product
        return (usesReLU ? sum.relu() : sum.tanh(), nil)
    }
}

/// Long short-term memory with gates in the order input i, forget f, candidate g, output o:
/// `c′ = f·c + i·g`, `h′ = o·tanh c′`.
///
/// Source: Hochreiter and Schmidhuber, 1997; forget gate: Gers, Schmidhuber, Cummins, 2000.
package struct LSTMCell: RecurrentCell {
    package init() {}

    package var gateCount: Int { 4 }
    package var keptCount: Int { 4 }
    package var hasCell: Bool { true }
    package var hasProductBias: Bool { false }

    package func forward(_ step: lockstep_step, _ data: lockstep_forward_step) { lockstep_lstm_forward(step, data) }

    // with t = tanh c′:  ō = h̄′·t·o(1-o), c̄′ += h̄′·o·(1-t²);  ī = c̄′·g·i(1-i), f̄ = c̄′·c·f(1-f), ḡ = c̄′·i·(1-g²), c̄ = c̄′·f
    package func backward(_ step: lockstep_step, _ data: lockstep_backward_step) { lockstep_lstm_backward(step, data) }

    package func recorded(projected: Tensor, product: Tensor, state: Tensor, cell: Tensor?) -> (
        state: Tensor, cell: Tensor?
    ) {
        let sum = projected + product
        let (i, f) = (gate(0, of: sum).sigmoid(), gate(1, of: sum).sigmoid())
        let (g, o) = (gate(2, of: sum).tanh(), gate(3, of: sum).sigmoid())
        let next = f * cell! + i * g
        return (o * next.tanh(), next)
    }
}

/// Gated recurrent unit with gates in the order reset r, update z, candidate n:
/// `n = tanh(p_n + r·u_n)`, `h′ = (1 - z)·n + z·h`, where p are the input's and u the state's products with their biases.
///
/// Source: Cho et al., 2014, with the reset gate applied after the product, as cuDNN and PyTorch do.
package struct GRUCell: RecurrentCell {
    package init() {}

    package var gateCount: Int { 3 }
    package var keptCount: Int { 4 }
    package var hasCell: Bool { false }
    package var hasProductBias: Bool { true }

    package func forward(_ step: lockstep_step, _ data: lockstep_forward_step) { lockstep_gru_forward(step, data) }

    // n̄ = h̄′·(1-z)·(1-n²), z̄ = h̄′·(h-n)·z(1-z), r̄ = n̄·u_n·r(1-r);  p̄ = (r̄, z̄, n̄), ū = (r̄, z̄, n̄·r);  h̄ = h̄′·z
    package func backward(_ step: lockstep_step, _ data: lockstep_backward_step) { lockstep_gru_backward(step, data) }

    package func recorded(projected: Tensor, product: Tensor, state: Tensor, cell: Tensor?) -> (
        state: Tensor, cell: Tensor?
    ) {
        let r = (gate(0, of: projected) + gate(0, of: product)).sigmoid()
        let z = (gate(1, of: projected) + gate(1, of: product)).sigmoid()
        let n = (gate(2, of: projected) + r * gate(2, of: product)).tanh()
        return (n + z * (state - n), nil)
    }
}
