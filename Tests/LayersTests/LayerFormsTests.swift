import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Forms of layers")
struct LayerFormsTests {
    @Test("A linear layer works along the innermost axis of any rank, with biases and without, and with ReLU")
    func linear() {
        var random = InitializationRandom(seed: 1)
        let weight = Tensor([1, -1, 2, 0], shape: [2, 2])
        for (hasBias, thenReLU, expected) in [
            (true, false, [3.5, -0.5, -0.5, 0.5] as [Float]), (true, true, [3.5, 0, 0, 0.5]),
            (false, false, [3, -1, -1, 0]), (false, true, [3, 0, 0, 0]),
        ] {
            let layer = Linear(2, 2, hasBias: hasBias, thenReLU: thenReLU, random: &random)
            layer.weight.assign(weight)
            layer.bias?.assign(Tensor([0.5, 0.5]))
            #expect(layer.parameters.named.map(\.name) == (hasBias ? ["weight", "bias"] : ["weight"]))
            // [1, 1]·W = [3, -1] and [0, -0.5]·W = [-1, 0]
            for shape: Shape in [[2, 2], [1, 2, 2], [2, 1, 1, 2]] {
                let y = layer(Tensor([1, 1, 0, -0.5], shape: shape))
                #expect(y.values == expected && y.shape == shape)
            }
        }
    }

    @Test("Activations by name: GELU in both forms, softmax and its logarithm")
    func activations() {
        let x = Tensor([1, 2, 0, 0], shape: [2, 2])
        func expect(_ activation: Activation, _ expected: [Float]) {
            for (found, value) in zip(activation(x).values, expected) { #expect(abs(found - value) < 1e-6) }
        }
        // torch.nn.functional.gelu of 1 and 2, exact and with approximate="tanh"
        expect(.gelu, [0.841_344_7, 1.954_499_7, 0, 0])
        expect(.geluByTanh, [0.841_191_99, 1.954_597_7, 0, 0])
        // 1 / (1 + e) and e / (1 + e)
        expect(.softmax, [0.268_941_4, 0.731_058_6, 0.5, 0.5])
        expect(.logSoftmax, [-1.313_261_7, -0.313_261_7, -0.693_147_2, -0.693_147_2])
    }

    @Test("Sequences are pooled as images of height 1 would be")
    func pooling() {
        let x = Tensor([1, -1, 4, -2, 2, -3, 8, -8], shape: [1, 4, 2])
        #expect(Pooling1D.max(window: 2)(x).values == [4, -1, 8, -3])
        #expect(Pooling1D.average(window: 2)(x).values == [2.5, -1.5, 5, -5.5])
        #expect(Pooling1D.max(window: 3, stride: 1)(x).values == [4, -1, 8, -2])
        #expect(Pooling1D.max(window: 2, thenReLU: true)(x).values == [4, 0, 8, 0])
        let padded = Pooling1D.average(window: 2, stride: 3, padding: 1, countsPadding: false)(x)
        #expect(padded.values == [1, -1, 5, -5.5] && padded.shape == [1, 2, 2])
    }

    @Test("Spatial dropout drops whole channels of sequences, as many as of images, and the same of a sample")
    func spatialDropout() {
        let context = { ForwardContext.training(SampleRandomness(seed: 3, step: 5, samples: [7, 8])) }
        let sequence = SpatialDropout(0.5)(Tensor(repeating: 1, shape: [2, 3, 40]), context())
        let image = SpatialDropout(0.5)(Tensor(repeating: 1, shape: [2, 1, 3, 40]), context())
        #expect(sequence.shape == [2, 3, 40] && sequence.values == image.values)
        for sample in 0..<2 {
            let rows = (0..<3).map { Array(sequence.values[((sample * 3 + $0) * 40)..<((sample * 3 + $0 + 1) * 40)]) }
            #expect(rows[0] == rows[1] && rows[1] == rows[2] && Set(rows[0]) == [0, 2])
        }
    }

    @Test("The weights of a recurrent network begin as is asked for: each gate's matrix is orthogonal")
    func recurrentInitializers() {
        func check<Network: RecurrentNetwork>(_ type: Network.Type, gates: Int) {
            var random = InitializationRandom(seed: 1)
            let initializers = RecurrentInitializers(inputWeight: .constant(0.25), recurrentWeight: .orthogonal())
            let named = Network(3, 6, initializers: initializers, random: &random).parameters.named
            #expect(named[0].parameter.value.values.allSatisfy { $0 == 0.25 })
            let weight = named[1].parameter.value.values
            #expect(named[1].name == "layers.0.forward.recurrentWeight" && weight.count == 6 * 6 * gates)
            for gate in 0..<gates {
                for a in 0..<6 {
                    for b in 0..<6 {
                        let product = (0..<6).reduce(Float(0)) {
                            $0 + weight[$1 * 6 * gates + gate * 6 + a] * weight[$1 * 6 * gates + gate * 6 + b]
                        }
                        #expect(abs(product - (a == b ? 1 : 0)) < 1e-5)
                    }
                }
            }
            // gates differ
            #expect(gates == 1 || weight[0] != weight[6])
        }
        check(RNN.self, gates: 1)
        check(GRU.self, gates: 3)
        check(LSTM.self, gates: 4)
    }
}
