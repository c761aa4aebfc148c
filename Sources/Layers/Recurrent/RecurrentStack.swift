import Preconditions
package import TensorEngine

/// Layers of recurrent cells, in one or both directions: what RNN, LSTM and GRU have in common.
public struct RecurrentStack {
    private let cell: any RecurrentCell
    private let layers: [[RecurrentDirection]]
    private let dropout: Dropout
    private let hidden: Int

    package init(
        _ cell: any RecurrentCell, inputs: Int, hidden: Int, layers count: Int, isBidirectional: Bool, dropout: Float,
        initializers: RecurrentInitializers = RecurrentInitializers(), random: inout InitializationRandom
    ) {
        require(
            inputs > 0 && hidden > 0 && count > 0,
            "recurrent network: sizes must be at least 1, found \(inputs) inputs, \(hidden) units, \(count) layers")
        (self.cell, self.hidden) = (cell, hidden)
        let directions = isBidirectional ? 2 : 1
        var layers: [[RecurrentDirection]] = []
        for number in 0..<count {
            var layer: [RecurrentDirection] = []
            for _ in 0..<directions {
                layer.append(
                    RecurrentDirection(
                        cell, inputs: number == 0 ? inputs : hidden * directions, hidden: hidden, initializers,
                        random: &random))
            }
            layers.append(layer)
        }
        self.layers = layers
        self.dropout = Dropout(dropout)
    }

    package var parameters: ParameterTree {
        let trees = layers.enumerated().map { index, layer in
            ("\(index)", ParameterTree(Array(zip(["forward", "backward"], layer.map(\.parameters)))))
        }
        return ["layers": ParameterTree(trees)]
    }

    package func callAsFunction(_ x: Tensor, _ state: RecurrentState?, _ lengths: Indices?, _ context: ForwardContext)
        -> RecurrentOutput
    {
        require(x.shape.rank == 3, "recurrent network: [batch, time, inputs] is needed, the shape is \(x.shape)")
        // time-major within: the rows of a time step are contiguous
        let rows = x.transposed(0, 1).reshaped(to: [x.shape[1] * x.shape[0], x.shape[2]])
        return run(batch: x.shape[0], time: x.shape[1], state, lengths, context) {
            rows.linear(weight: $0, bias: $1)
        }
    }

    /// The network over rows `tokens` [batch, time] of a table [vocabulary, inputs].
    package func callAsFunction(
        _ tokens: Indices, _ table: Tensor, _ state: RecurrentState?, _ lengths: Indices?, _ context: ForwardContext
    ) -> RecurrentOutput {
        require(
            tokens.shape.rank == 2 && table.shape.rank == 2,
            "recurrent network: tokens [batch, time] and a table [vocabulary, inputs] are needed, found \(tokens.shape) and \(table.shape)"
        )
        let (batch, time) = (tokens.shape[0], tokens.shape[1])
        let rows = Indices((0..<(time * batch)).map { tokens.values[$0 % batch * time + $0 / batch] })
        return run(batch: batch, time: time, state, lengths, context) {
            // (T·W)[tokens] = T[tokens]·W: the smaller of the two products
            table.shape[0] < rows.count
                ? table.linear(weight: $0, bias: $1).gathered(rows: rows)
                : table.gathered(rows: rows).linear(weight: $0, bias: $1)
        }
    }

    /// The graph of the layers over [n, t, inputs] from a state of zeros: all outputs, and the final states of the last layer.
    package func describe(_ x: GraphValue, lengths: GraphValue?, in graph: GraphBuilder) -> (
        outputs: GraphValue, state: GraphValue
    ) {
        let kind: GraphRecurrence.Kind =
            switch cell {
            case is LSTMCell: .lstm
            case is GRUCell: .gru
            default: (cell as? ElmanCell)?.usesReLU == true ? .elmanByReLU : .elmanByTanh
            }
        let recurrence = GraphRecurrence(
            kind: kind, inputs: layers[0][0].inputWeight.shape[0], hidden: hidden,
            layers: layers.map { $0.map(\.graph) })
        return graph.recurrent(x, recurrence, lengths: lengths)
    }

    /// All layers; `project` makes the first layer's products [time · batch, gates · hidden] of its weights and biases.
    private func run(
        batch: Int, time: Int, _ state: RecurrentState?, _ lengths: Indices?, _ context: ForwardContext,
        project: (_ weight: Tensor, _ bias: Tensor) -> Tensor
    ) -> RecurrentOutput {
        let stateShape: Shape = [layers.count * layers[0].count, batch, hidden]
        require(
            state == nil || (state!.hidden.shape == stateShape && (state!.cell != nil) == cell.hasCell),
            "recurrent network: a state of shape \(stateShape) \(cell.hasCell ? "with" : "without") a cell is needed")
        var outputs: [Tensor] = []
        var (states, cells): ([Tensor], [Tensor]) = ([], [])
        for (number, layer) in layers.enumerated() {
            // the outputs of the layer before
            let y = number > 0 ? dropped(.concatenated(outputs, alongAxis: 2), context) : nil
            outputs = []
            for (side, direction) in layer.enumerated() {
                func initial(_ tensor: Tensor?) -> Tensor {
                    let index = number * layer.count + side
                    return tensor?.slice(index..<(index + 1), alongAxis: 0).reshaped(to: [batch, hidden])
                        ?? Tensor(repeating: 0, shape: [batch, hidden])
                }
                let (weight, bias) = (direction.inputWeight.value, direction.bias.value)
                let projected =
                    y.map { $0.reshaped(to: [time * batch, $0.shape[2]]).linear(weight: weight, bias: bias) }
                    ?? project(weight, bias)
                let result = projected.reshaped(to: [time, batch, hidden * cell.gateCount]).recurrence(
                    cell, weight: direction.recurrentWeight.value, productBias: direction.recurrentBias?.value,
                    state: initial(state?.hidden), cellState: cell.hasCell ? initial(state?.cell) : nil,
                    isReversed: side == 1, lengths: lengths)
                outputs.append(result.outputs)
                states.append(result.state)
                if let cell = result.cellState { cells.append(cell) }
            }
        }
        func stacked(_ tensors: [Tensor]) -> Tensor {
            .concatenated(tensors.map { $0.reshaped(to: [1, batch, hidden]) }, alongAxis: 0)
        }
        return RecurrentOutput(
            directions: outputs,
            state: RecurrentState(hidden: stacked(states), cell: cell.hasCell ? stacked(cells) : nil))
    }

    /// Dropout of [time, batch, features], with each sample's own random numbers.
    private func dropped(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        guard dropout.rate > 0, context.isTraining else { return x }
        let ones = Tensor(repeating: 1, shape: [x.shape[1], x.shape[0], x.shape[2]])
        return x * dropout(ones, context).transposed(0, 1)
    }
}

/// The parameters of one layer in one direction.
private struct RecurrentDirection {
    let inputWeight, recurrentWeight, bias: Parameter
    let recurrentBias: Parameter?

    var parameters: ParameterTree {
        let entries: [(String, any ParameterTreeElement)] = [
            ("inputWeight", inputWeight), ("recurrentWeight", recurrentWeight), ("bias", bias),
        ]
        return ParameterTree(entries + (recurrentBias.map { [("recurrentBias", $0)] } ?? []))
    }

    /// As a graph has them.
    var graph: GraphRecurrence.Direction {
        .init(
            inputWeight: GraphTensor(inputWeight), recurrentWeight: GraphTensor(recurrentWeight),
            bias: GraphTensor(bias),
            recurrentBias: recurrentBias.map { GraphTensor($0) })
    }

    /// Weights uniform within 1/√hidden, as in PyTorch, unless initializers are given; biases 0, of an LSTM's forget gate 1,
    /// so that it remembers from the beginning (Jozefowicz, Zaremba, Sutskever, 2015).
    init(
        _ cell: any RecurrentCell, inputs: Int, hidden: Int, _ initializers: RecurrentInitializers,
        random: inout InitializationRandom
    ) {
        let width = hidden * cell.gateCount
        let gates = cell.gateCount > 1 ? "gates x hidden" : "hidden"
        func weight(_ rows: Int, _ inputs: String, _ initializer: Initializer?) -> Parameter {
            let axes = ParameterAxes.matrix(inputs, gates)
            guard let initializer else {
                return Initializer.uniform(bound: 1 / Float(hidden).squareRoot())
                    .parameter(shape: [rows, width], fanIn: rows, fanOut: width, axes: axes, random: &random)
            }
            let blocks = (0..<cell.gateCount).map { _ in
                initializer.parameter(shape: [rows, hidden], fanIn: rows, fanOut: hidden, random: &random).value
            }
            return Parameter(.concatenated(blocks, alongAxis: 1), axes: axes)
        }
        inputWeight = weight(inputs, "inputs", initializers.inputWeight)
        recurrentWeight = weight(hidden, "hidden", initializers.recurrentWeight)
        bias = Parameter(
            Tensor((0..<width).map { cell.hasCell && (hidden..<(2 * hidden)).contains($0) ? 1 : 0 }, shape: [width]),
            axes: .vector(gates))
        recurrentBias =
            cell.hasProductBias ? Parameter(Tensor(repeating: 0, shape: [width]), axes: .vector(gates)) : nil
    }
}
