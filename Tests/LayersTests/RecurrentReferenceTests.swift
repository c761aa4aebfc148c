import Foundation
import Layers
import TensorEngine
import Testing

@Suite("Recurrent networks compared with PyTorch")
struct RecurrentReferenceTests {
    /// What all three kinds have in common.
    private struct Network {
        let parameters: ParameterTree
        let run: (Tensor, RecurrentState?, Indices?) -> RecurrentOutput
    }

    private func network(_ name: String) -> Network {
        var random = InitializationRandom(seed: 1)
        let (layers, isBidirectional) = name.contains("two layers") ? (2, true) : (1, false)
        if name.hasPrefix("LSTM") {
            let net = LSTM(3, 2, layers: layers, isBidirectional: isBidirectional, random: &random)
            return Network(parameters: net.parameters) { net($0, state: $1, lengths: $2, .inference()) }
        }
        if name.hasPrefix("GRU") {
            let net = GRU(3, 2, layers: layers, isBidirectional: isBidirectional, random: &random)
            return Network(parameters: net.parameters) { net($0, state: $1, lengths: $2, .inference()) }
        }
        let net = RNN(
            3, 2, layers: layers, isBidirectional: isBidirectional, usesReLU: name.contains("ReLU"), random: &random)
        return Network(parameters: net.parameters) { net($0, state: $1, lengths: $2, .inference()) }
    }

    /// As in reference_recurrent.py.
    private func fill(_ shape: Shape, _ phase: Double) -> Tensor {
        Tensor((0..<shape.count).map { Float(sin(0.7 * Double($0) + phase) / 2) }, shape: shape)
    }

    private func weighed(_ x: Tensor) -> Tensor {
        (x * Tensor((0..<x.shape.count).map { Float(cos(0.3 * Double($0))) }, shape: x.shape)).sum()
    }

    private func expectClose(_ found: Tensor?, _ expected: [Float], _ what: String) {
        guard let found else {
            #expect(expected.isEmpty, "\(what) is missing")
            return
        }
        #expect(found.shape.count == expected.count, "\(what)")
        let worst = zip(found.values, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(worst < 1e-5, "\(what) differs by \(worst)")
    }

    @Test("Outputs, final states and all gradients", arguments: RecurrentReference.all.keys.sorted())
    func reference(name: String) throws {
        let expected = try #require(RecurrentReference.all[name])
        let net = network(name)
        let parameters = net.parameters.named.map(\.parameter)
        for (phase, parameter) in parameters.enumerated() {
            parameter.assign(fill(parameter.shape, Double(phase)))
        }
        let stateShape: Shape = [name.contains("two layers") ? 4 : 1, 3, 2]
        let (x, h, c) = (fill([3, 4, 3], 0.5).tracked, fill(stateShape, 1.5).tracked, fill(stateShape, 2.5).tracked)
        let hasCell = name.hasPrefix("LSTM")
        let lengths = name.contains("lengths") ? Indices([4, 2, 3]) : nil
        func loss() -> (RecurrentOutput, Tensor) {
            let output = net.run(x, RecurrentState(hidden: h, cell: hasCell ? c : nil), lengths)
            let cell = output.state.cell.map(weighed) ?? Tensor(0)
            return (output, weighed(output.outputs) + weighed(output.state.hidden) + cell)
        }
        let (output, value) = loss()
        expectClose(output.outputs, expected.outputs, "outputs")
        expectClose(output.state.hidden, expected.state, "state")
        expectClose(output.state.cell, expected.cell, "cell")
        let found = gradients(of: value, withRespectTo: hasCell ? [x, h, c] : [x, h])
        expectClose(found[0], expected.inputGradient, "input gradient")
        expectClose(found[1], expected.stateGradient, "state gradient")
        if hasCell { expectClose(found[2], expected.cellGradient, "cell gradient") }
        let parameterGradients = valueAndGradients(of: parameters) { loss().1 }.gradients
        try #require(parameterGradients.count == expected.parameterGradients.count)
        for (place, gradient) in parameterGradients.enumerated() {
            expectClose(gradient, expected.parameterGradients[place], net.parameters.named[place].name)
        }
    }

    @Test("Names and shapes of an LSTM's parameters")
    func names() {
        var random = InitializationRandom(seed: 1)
        let named = LSTM(3, 2, layers: 2, isBidirectional: true, random: &random).parameters.named
        #expect(
            named.prefix(4).map(\.name) == [
                "layers.0.forward.inputWeight", "layers.0.forward.recurrentWeight", "layers.0.forward.bias",
                "layers.0.backward.inputWeight",
            ])
        #expect(named.map(\.parameter.shape)[6] == [4, 8])
        #expect(named[2].parameter.value.values == [0, 0, 1, 1, 0, 0, 0, 0])
    }

    @Test(
        "A sequence in two parts, the state handed on, is the sequence in one; its gradient stops at a detached state")
    func truncated() {
        var random = InitializationRandom(seed: 2)
        let net = LSTM(3, 5, layers: 2, random: &random)
        let x = fill([2, 6, 3], 0)
        let whole = net(x, state: nil, .inference())
        func part(_ range: Range<Int>) -> Tensor {
            Tensor(
                (0..<2).flatMap { x.values[(($0 * 6 + range.lowerBound) * 3)..<(($0 * 6 + range.upperBound) * 3)] },
                shape: [2, range.count, 3])
        }
        let first = part(0..<2).tracked
        let start = net(first, state: nil, .inference())
        let rest = net(part(2..<6), state: start.state, .inference())
        // the same steps in products of other sizes, which may be summed in another order
        for (a, b) in zip(rest.state.hidden.values, whole.state.hidden.values) { #expect(abs(a - b) < 1e-6) }
        let through = gradients(of: rest.outputs.sum(), withRespectTo: [first])[0]
        #expect(through.values.contains { $0 != 0 })
        let stopped = net(part(2..<6), state: start.state.detached, .inference())
        #expect(!stopped.outputs.isTracked)
    }

    @Test("Dropout between layers falls on the same elements of a sample in any batch")
    func dropout() {
        var random = InitializationRandom(seed: 3)
        let net = GRU(3, 8, layers: 2, dropout: 0.5, random: &random)
        let x = fill([4, 3, 3], 0)
        let row = Array(x.values[18..<27])
        func run(_ input: Tensor, _ samples: [Int]) -> [Float] {
            net(input, .training(SampleRandomness(seed: 1, step: 1, samples: samples))).values
        }
        let whole = run(x, [5, 6, 7, 8])
        let alone = run(Tensor(row, shape: [1, 3, 3]), [7])
        for (a, b) in zip(alone, whole[48..<72]) { #expect(abs(a - b) < 1e-6) }
        let other = run(Tensor(row, shape: [1, 3, 3]), [9])
        #expect(zip(alone, other).contains { abs($0 - $1) > 1e-3 })
    }

    @Test("Tokens with a table give what their rows give, whichever is larger", arguments: [3, 40])
    func tokens(vocabulary: Int) {
        var random = InitializationRandom(seed: 4)
        let net = LSTM(3, 5, layers: 2, isBidirectional: true, random: &random)
        let parameters = net.parameters.named.map(\.parameter)
        let table = fill([vocabulary, 3], 0).tracked
        let tokens = Indices([2, 0, 1, 1, 2, 2, 0, 1], shape: [2, 4])
        let lengths = Indices([3, 4])
        let oneHot = Tensor(
            tokens.values.flatMap { token in (0..<vocabulary).map { $0 == token ? 1 : 0 } }, shape: [8, vocabulary])
        func byRows() -> Tensor {
            let rows = oneHot.matrixProduct(table).reshaped(to: [2, 4, 3])
            return weighed(net(rows, state: nil, lengths: lengths, .inference()).outputs)
        }
        func byTokens() -> Tensor {
            weighed(net(tokens: tokens, embeddings: table, lengths: lengths, .inference()).outputs)
        }
        let expected = valueAndGradients(of: parameters, loss: byRows)
        let found = valueAndGradients(of: parameters, loss: byTokens)
        expectClose(found.value, expected.value.values, "value")
        for (a, b) in zip(found.gradients, expected.gradients) { expectClose(a, b.values, "parameter gradient") }
        expectClose(
            gradients(of: byTokens(), withRespectTo: [table])[0],
            gradients(of: byRows(), withRespectTo: [table])[0].values, "table's gradient")
    }
}
