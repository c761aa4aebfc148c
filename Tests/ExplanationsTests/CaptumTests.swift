import Explanations
import Foundation
import Kernels
import Layers
import TensorEngine
import Testing

/// `scale·sin(0.7·i + phase)` for the elements i, as `wave` of `reference_explanations.py`.
func wave(_ shape: Shape, _ scale: Double, _ phase: Double) -> Tensor {
    Tensor((0..<shape.count).map { Float(sin(Double($0) * 0.7 + phase) * scale) }, shape: shape)
}

/// A convolution of a 4×4 image, ReLU, pooling and a linear layer, with fixed weights.
struct SmallNetwork {
    let model: Sequential
    let explainer: Explainer
    /// The image.
    let x = wave([1, 4, 4, 1], 1, 0.2).absoluteValue() + 0.1

    var arguments: [GraphArgument] { [.tensor(x)] }

    init(convolutionBias: Double = 0.2, linearBias: Double = 0.1, normalizes: Bool = false) throws {
        var random = InitializationRandom(seed: 1)
        let convolution = Convolution2D(1, 2, kernel: 3, padding: 1, random: &random)
        let linear = Linear(8, 3, flattening: [2, 2, 2], random: &random)
        convolution.weight.assign(wave([3, 3, 1, 2], 0.5, 0.3))
        convolution.bias?.assign(wave([2], convolutionBias, 0.5))
        linear.weight.assign(wave([8, 3], 0.6, 0.1))
        linear.bias?.assign(wave([3], linearBias, 0.9))
        var layers: [any Module] = [convolution]
        if normalizes {
            let normalization = BatchNormalization(2)
            normalization.weight.assign(Tensor([1.5, -0.7]))
            normalization.bias.assign(Tensor([0.2, 0.1]))
            normalization.mean.buffer.pointer.update(from: [0.3, -0.2], count: 2)
            normalization.variance.buffer.pointer.update(from: [0.5, 2], count: 2)
            layers.append(normalization)
        }
        model = Sequential(layers + [Activation.relu, Pooling.max(window: 2), Flatten(), linear])
        explainer = try Explainer(
            ExportedFunction(
                "model", "of images", input: .images("images", ["batch", 4, 4, 1]), output: "logits", of: model),
            of: model)
    }

    func values(_ method: AttributionMethod) throws -> [Float] {
        try explainer.attribution(method, of: 1, for: arguments).values.values
    }
}

/// Whether all numbers agree to 1e-5, relative above 1.
func areClose(_ a: [Float], _ b: [Float], _ tolerance: Float = 1e-5) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

/// The numbers are those that `reference_explanations.py` prints, with Captum 0.9 and PyTorch 2.13.
@Suite("Captum's numbers")
struct CaptumTests {
    let network: SmallNetwork

    init() throws { network = try SmallNetwork() }

    @Test("Outputs")
    func outputs() {
        #expect(areClose(network.explainer.outputs(network.arguments), [0.7060159, 0.7678282, 0.4685189]))
    }

    @Test("Saliency, and input × gradient")
    func gradients() throws {
        #expect(
            areClose(
                try network.values(.saliency),
                [
                    0.1239944, 0.3609017, 0.1725295, 0.1457694, 0.2540204, 0.09621953, 0.4324982, 0.02828785,
                    0.1142322, 0.1744729, 0.0804303, 0.2245803, 0.04483418, 0.5420785, 0.196303, 0.2081898,
                ]))
        #expect(
            areClose(
                try network.values(.inputTimesGradient),
                [
                    0.03703332, 0.3187942, -0.1897088, -0.123278, -0.0612494, 0.06060254, 0.454816, -0.02901809,
                    -0.06449575, -0.05497991, 0.07187797, 0.2468005, -0.03740951, -0.1216719, -0.1264233, 0.2199806,
                ]))
    }

    @Test("Integrated gradients, from an image of 0.5")
    func integratedGradients() throws {
        #expect(
            areClose(
                try network.values(.integratedGradients(steps: 20, baseline: 0.5)),
                [
                    -0.02520838, 0.1373412, -0.1032595, -0.05039326, 0.06929941, 0.00606673, 0.2361245, -0.01487416,
                    -0.0008765868, 0.01917139, 0.01096472, 0.08963928, -0.03325807, 0.1421155, -0.01161365, 0.137843,
                ]))
    }

    @Test("Grad-CAM of the convolution")
    func gradCAM() throws {
        let expected: [Float] = [
            0.005379686, 0, 0, 0, 0.004890935, 0.01775716, 0.005340105, 0, 0, 0.0134826, 0.01222719, 0.002023035,
            0.01302735, 0.006825008, 0.02908823, 0.01378379,
        ]
        #expect(areClose(try network.values(.gradCAM(layer: nil)), expected))
        #expect(areClose(try network.values(.gradCAM(layer: "0")), expected))
    }

    @Test("Occlusion by squares of 2×2")
    func occlusion() throws {
        #expect(
            areClose(
                try network.values(
                    .occlusion(.squares(size: 2, stride: 1, height: 4, width: 4, channels: 1), baseline: 0)),
                [
                    0.255013, 0.3277528, 0.3417983, 0.283104, 0.06487897, 0.2274893, 0.3611057, 0.3321117, -0.1129671,
                    -0.04193175, 0.1077025, 0.1863015, -0.1006792, -0.2110894, -0.165008, -0.008516371,
                ]))
    }

    @Test("Layer-wise relevance propagation by ε, γ and α1β0")
    func relevance() throws {
        #expect(
            areClose(
                try network.values(.relevance(.epsilon(0.01))),
                [
                    0.03583181, 0.3164976, -0.1488609, -0.1178385, -0.05929533, 0.0390025, 0.4272703, -0.0005997216,
                    -0.06237182, -0.04624949, 0.05375931, 0.2084888, -0.03636719, -0.1181454, -0.1229096, 0.2145559,
                ]))
        #expect(
            areClose(
                try network.values(.relevance(.gamma(0.25))),
                [
                    0.02806839, 0.2678587, 0.03168274, -0.06024167, -0.03643106, -0.02871901, 0.2655799, 0.1024345,
                    -0.04544761, 0.0007864652, 0.06621543, 0.0433249, -0.03066944, -0.09074616, -0.08732008,
                    0.2008764,
                ]))
        #expect(
            areClose(
                try network.values(.relevance(.alpha1Beta0)),
                [
                    0.01030959, 0.09613251, 0.03327634, 0, 0.001285595, 0.01505953, 0.08958632, 0.04160997,
                    0.02340144, 0.01157733, 0.1448471, 0.02921948, 0.009980444, 0, 0, 0.1191349,
                ]))
    }
}
