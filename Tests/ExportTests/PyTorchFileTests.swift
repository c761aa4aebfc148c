import Checkpoints
import Export
import Kernels
import Layers
import TensorEngine
import Testing
import Training

@Suite("The Python file")
struct PyTorchFileTests {
    /// A layer with a parameter of its own and a name that Python does not allow.
    private struct Scaled: Module {
        let scale = Parameter(Tensor([1, 2]))
        let inner: Linear
        var parameters: ParameterTree { ["scale": scale, "lambda": inner] }
        func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor { inner(x, context) * scale.value }
        func describe(_ x: GraphValue, in graph: GraphBuilder) throws -> GraphValue {
            graph.multiply(try inner.describe(x, in: graph), graph.value(of: scale))
        }
    }

    @Test("defines the modules under the names of the tensors, and computes with them")
    func text() throws {
        var random = InitializationRandom(seed: 1)
        let model = Sequential(
            Convolution2D(1, 2, kernel: 3, stride: 2, random: &random), BatchNormalization(2, thenReLU: true),
            Flatten(),
            Linear(8, 2, flattening: [2, 2, 2], random: &random), Scaled(inner: Linear(2, 2, random: &random)))
        let function = ExportedFunction(
            "model", "a network", input: .images("images", ["batch", 6, 6, 1]), output: "logits", of: model)
        let file = try Exporter(ModelExport(model, "test", functions: [function]), origin: [:]).pyTorch()
        let expected = """
            class Model(nn.Module):
                \"\"\"a network

                images: [batch, 1, 6, 6], Float32, channels first
                returns logits: [batch, 2]
                \"\"\"

                def __init__(self):
                    super().__init__()
                    setattr(self, "0", nn.Conv2d(1, 2, 3, stride=2))
                    setattr(self, "1", nn.BatchNorm2d(2, eps=1e-05))
                    setattr(self, "3", nn.Linear(8, 2))
                    setattr(self, "4", Group(
                        **{"lambda": nn.Linear(2, 2)},
                        scale=nn.Parameter(torch.empty((2,))),
                    ))

                def forward(self, images):
                    x = getattr(self, "0")(images)
                    x = getattr(self, "1")(x)
                    x = F.relu(x)
                    x = x.flatten(1)
                    x = getattr(self, "3")(x)
                    x = getattr(getattr(self, "4"), "lambda")(x)
                    y = getattr(self, "4").scale
                    x = x * y
                    return x
            """
        #expect(file.python.contains(expected), "\(file.python)")
        #expect(
            file.tensors.map(\.name) == [
                "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "3.weight", "3.bias",
                "4.lambda.weight", "4.lambda.bias", "4.scale",
            ])
        #expect(file.tensors[0].shape == [2, 1, 3, 3])
        #expect(file.metadata["layout.3.weight"] == "[outputs, channels 2 x height 2 x width 2]")
    }
}
