import Layers
import TensorEngine

/// Layers of sequences. Their gates and attention weights are constants for the relevance, all of which their signals
/// take. Sources: Arras et al., "Explaining recurrent neural network predictions in sentiment analysis", 2017; Ali et
/// al., "XAI for transformers: better explanations through conservative propagation", 2022.
extension GraphInterpreter {
    func attention(_ inputs: [Tensor], heads: Int, _ isCausal: Bool, _ lengths: Indices?) -> Tensor {
        func weighing(_ x: Tensor) -> Tensor { rule == nil ? x : x.detached }
        return weighing(inputs[0]).attention(
            keys: weighing(inputs[1]), values: inputs[2], heads: heads, causal: isCausal, lengths: lengths)
    }

    /// Recurrent layers over [n, t, inputs], step by step: all outputs, and the final states of the last layer.
    func recurrent(_ x: Tensor, _ recurrence: GraphRecurrence, lengths: Indices?) -> (outputs: Tensor, state: Tensor) {
        var (outputs, states) = (x, [Tensor]())
        for layer in recurrence.layers {
            states = []
            var sides: [Tensor] = []
            for (side, direction) in layer.enumerated() {
                let (own, state) = direct(outputs, recurrence, direction, isBackward: side == 1, lengths)
                sides.append(own)
                states.append(state)
            }
            outputs = .concatenated(sides, alongAxis: 2)
        }
        return (outputs, .concatenated(states, alongAxis: 1))
    }

    /// One direction of a layer. Behind the end of a sequence its state stays, and its output is 0.
    private func direct(
        _ x: Tensor, _ recurrence: GraphRecurrence, _ direction: GraphRecurrence.Direction, isBackward: Bool,
        _ lengths: Indices?
    ) -> (outputs: Tensor, state: Tensor) {
        let (batch, time) = (x.shape[0], x.shape[1])
        var state = Tensor(repeating: 0, shape: [batch, recurrence.hidden])
        var cell = state
        var outputs = [Tensor](repeating: state, count: time)
        for step in isBackward ? Array((0..<time).reversed()) : Array(0..<time) {
            let input = x.slice(step..<(step + 1), alongAxis: 1).reshaped(to: [batch, x.shape[2]])
            let next = advance(input, state, cell, recurrence.kind, direction)
            guard let lengths else {
                (state, cell) = next
                outputs[step] = state
                continue
            }
            let isInside = Tensor(lengths.values.map { step < Int($0) ? 1 : 0 }, shape: [batch, 1])
            (state, cell) = (
                next.state * isInside + state * (1 - isInside), next.cell * isInside + cell * (1 - isInside)
            )
            outputs[step] = state * isInside
        }
        return (.stacked(outputs, alongAxis: 1), state)
    }

    /// A time step, by the formulas of `RecurrentCell`.
    private func advance(
        _ x: Tensor, _ state: Tensor, _ cell: Tensor, _ kind: GraphRecurrence.Kind,
        _ direction: GraphRecurrence.Direction
    ) -> (state: Tensor, cell: Tensor) {
        let hidden = state.shape[1]
        func projected(_ number: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
            let columns = (number * hidden)..<((number + 1) * hidden)
            let y = x.matrixProduct(weight.slice(columns, alongAxis: 1))
            return bias.map { y + $0.slice(columns, alongAxis: 0) } ?? y
        }
        func inputs(_ number: Int) -> Tensor {
            projected(number, x, direction.inputWeight.own, direction.bias.own)
        }
        func product(_ number: Int) -> Tensor {
            projected(number, state, direction.recurrentWeight.own, direction.recurrentBias?.own)
        }
        /// The two products together: one affine layer of input and state for the relevance.
        func sum(_ number: Int) -> Tensor {
            let z = inputs(number) + product(number)
            guard let rule, case .epsilon(let epsilon) = rule else { return z }
            return z.detached.passing(through: z, stabilizer: epsilon)
        }
        func gate(_ z: Tensor) -> Tensor { rule == nil ? z.sigmoid() : z.detached.sigmoid() }
        switch kind {
        case .elmanByTanh: return (function(.tanh, sum(0)), cell)
        case .elmanByReLU: return (function(.relu, sum(0)), cell)
        case .lstm:
            let next = gate(sum(1)) * cell + gate(sum(0)) * function(.tanh, sum(2))
            return (gate(sum(3)) * function(.tanh, next), next)
        case .gru:
            let r = gate(sum(0))
            let z = gate(sum(1))
            let n = function(.tanh, inputs(2) + r * product(2))
            return ((1 - z) * n + z * state, cell)
        }
    }
}
