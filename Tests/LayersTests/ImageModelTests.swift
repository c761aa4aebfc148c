import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Models for images")
struct ImageModelTests {
    private static func count(_ model: any Module) -> Int {
        model.parameters.named.reduce(0) { $0 + $1.parameter.shape.count }
    }

    @Test("LeNet-5 has 61,706 parameters and ten outputs")
    func leNet() {
        var random = InitializationRandom(seed: 1)
        let model = LeNet5(random: &random)
        #expect(Self.count(model) == 61_706)
        #expect(model(Tensor(repeating: 0.5, shape: [2, 28, 28, 1])).shape == [2, 10])
    }

    @Test("The network of PyTorch's MNIST example has 1,199,882 parameters and ten outputs")
    func network() {
        // 1·9·32 + 32, 32·9·64 + 64, 9216·128 + 128, 128·10 + 10
        var random = InitializationRandom(seed: 1)
        let model = MNISTNetwork(random: &random)
        #expect(Self.count(model) == 1_199_882)
        #expect(model(Tensor(repeating: 0.5, shape: [2, 28, 28, 1])).shape == [2, 10])
    }

    @Test(
        "Residual networks have the paper's numbers of parameters",
        arguments: [(20, 269_722), (32, 464_154), (44, 658_586), (56, 853_018), (110, 1_727_962)])
    func residual(depth: Int, expected: Int) {
        var random = InitializationRandom(seed: 1)
        let model = ResidualNetwork(depth: depth, random: &random)
        #expect(Self.count(model) == expected)
        if depth == 20 { #expect(model(Tensor(repeating: 0.5, shape: [2, 32, 32, 3])).shape == [2, 10]) }
    }

    @Test(
        "ResNet-18 and ResNet-34 have torchvision's numbers of parameters",
        arguments: [(18, 11_689_512), (34, 21_797_672)])
    func deepResidual(depth: Int, expected: Int) {
        var random = InitializationRandom(seed: 1)
        #expect(Self.count(DeepResidualNetwork(depth: depth, random: &random)) == expected)
    }

    @Test("ResNet-18 takes images of any size, gray ones too")
    func deepResidualSizes() {
        var random = InitializationRandom(seed: 1)
        let model = DeepResidualNetwork(depth: 18, channels: 1, classes: 3, random: &random)
        for side in [1, 20, 65] {
            #expect(model(Tensor(repeating: 0.5, shape: [1, side, side + 3, 1])).shape == [1, 3], "\(side)")
        }
    }

    @Test("LeNet-5 and the MNIST network take images of other sizes and of colors")
    func otherSizes() {
        var random = InitializationRandom(seed: 1)
        for (height, width) in [(12, 12), (13, 31), (40, 29)] {
            let x = Tensor(repeating: 0.5, shape: [2, height, width, 3])
            let lenet = LeNet5(classes: 4, height: height, width: width, channels: 3, random: &random)
            let cnn = MNISTNetwork(classes: 4, height: height, width: width, channels: 3, random: &random)
            #expect(lenet(x).shape == [2, 4] && cnn(x).shape == [2, 4], "\(height)×\(width)")
        }
    }

    @Test("A block with all weights 0 is the ReLU of its shortcut")
    func shortcuts() {
        var random = InitializationRandom(seed: 1)
        func zeroed(_ block: ResidualBlock) -> ResidualBlock {
            for named in block.parameters.named where !named.name.hasPrefix("shortcut") {
                named.parameter.assign(Tensor(repeating: 0, shape: named.parameter.shape))
            }
            return block
        }
        let x = Tensor((0..<18).map { Float($0) - 4 }, shape: [1, 3, 3, 2])
        let identity = zeroed(ResidualBlock(2, 2, random: &random))
        #expect(identity(x).values == x.values.map { max($0, 0) })
        let padding = zeroed(ResidualBlock(2, 4, stride: 2, random: &random))
        // places (0, 0), (0, 2), (2, 0), (2, 2), each between a channel of zeros before and after
        #expect(padding(x).values == [0, 0, 0, 0, 0, 0, 1, 0, 0, 8, 9, 0, 0, 12, 13, 0])
        let projection = zeroed(ResidualBlock(2, 3, stride: 2, shortcut: .projection, random: &random))
        #expect(projection(x).shape == [1, 2, 2, 3])
        #expect(
            projection.parameters.named.map(\.name).suffix(3) == [
                "shortcut.convolution.weight", "shortcut.normalization.weight", "shortcut.normalization.bias",
            ])
    }

    @Test("Of equal elements the first takes the derivative, and zeros behind a ReLU take none")
    func ties() {
        let x = Tensor([2, 2, 2, 2, -1, 0, -1, 0], shape: [1, 2, 4, 1]).tracked
        let plain = gradients(of: x.maxPooled(window: 2).sum(), withRespectTo: [x])[0]
        #expect(plain.values == [1, 0, 1, 0, 0, 0, 0, 0])
        let y = Tensor([-2, -1, 0, -1], shape: [1, 2, 2, 1]).tracked
        #expect(
            gradients(of: y.maxPooled(window: 2, thenReLU: true).sum(), withRespectTo: [y])[0].values == [0, 0, 0, 0])
    }

    @Test("Spatial dropout drops whole channels, the same for a sample whatever its shard")
    func spatialDropout() {
        func drop(_ samples: [Int]) -> [[Float]] {
            let context = ForwardContext.training(SampleRandomness(seed: 3, step: 2, samples: samples))
            let y = SpatialDropout(0.5)(Tensor(repeating: 1, shape: [samples.count, 2, 2, 16]), context).values
            return samples.indices.map { Array(y[($0 * 64)..<(($0 + 1) * 64)]) }
        }
        let all = drop([4, 9, 11])
        for image in all {
            #expect(Set(image) == [0, 2])
            #expect((1..<4).allSatisfy { image[($0 * 16)..<(($0 + 1) * 16)] == image[0..<16] })
        }
        #expect(drop([9])[0] == all[1])
    }
}
