import Foundation
import Lockstep
import Testing

@Suite("Generative models, written by a user of the library")
struct GenerativeTests {
    @Test("The R1 penalty and its gradient are those of numpy, equal on 1, 2 and 3 ranks")
    func gradientPenalty() throws {
        let found = try onOneToThreeRanks {
            Network(2, 5)
        } loss: { model, sample in
            let discriminator = model as! Network
            let x = Tensor([Float(cos(0.7 * Double(sample))), Float(sin(1.3 * Double(sample)))], shape: [1, 2]).tracked
            let score = discriminator(x)
            let slope = gradients(of: score.sum(), withRespectTo: [x], createsGraph: true)[0]
            return (-score).softplus().sum() + 5 * (slope * slope).sum()
        }
        expectClose([Float(found.loss)], References.r1Loss)
        expectClose(found.gradients, References.r1Gradients)
    }

    private struct Autoencoder: Parameterized {
        let weights = [chirp(0, [3, 4]), chirp(1, [4]), chirp(2, [2, 3]), chirp(3, [3])]
        var parameters: ParameterTree {
            ["encoder": weights[0], "encoderBias": weights[1], "decoder": weights[2], "decoderBias": weights[3]]
        }

        /// The negative evidence lower bound of rows x, with one draw for each.
        func loss(_ x: Tensor, _ context: ForwardContext) -> Tensor {
            let code = x.matrixProduct(weights[0].value) + weights[1].value
            let (mean, logVariance) = (code[0..., 0..<2], code[0..., 2..<4])
            let z = mean + (logVariance * 0.5).exp() * context.normal(mean.shape)
            let difference = z.matrixProduct(weights[2].value) + weights[3].value - x
            let divergence = (mean * mean + logVariance.exp() - 1 - logVariance).sum() * 0.5
            return (difference * difference).sum() * 0.5 + divergence
        }
    }

    private static func row(_ sample: Int) -> [Float] {
        [Float(cos(0.9 * Double(sample))), Float(sin(0.5 * Double(sample))), Float(0.1 * Double(sample))]
    }

    @Test("A VAE's bound and its gradient are those of numpy with the same noise, equal on 1, 2 and 3 ranks")
    func evidenceLowerBound() throws {
        let found = try onOneToThreeRanks {
            Autoencoder()
        } loss: { model, sample in
            (model as! Autoencoder).loss(
                Tensor(Self.row(sample), shape: [1, 3]),
                .training(SampleRandomness(seed: 11, step: 4, samples: [sample])))
        }
        expectClose([Float(found.loss)], References.elboLoss)
        expectClose(found.gradients, References.elboGradients)
        // all samples at once, and outside of training: the same noise for each
        let whole = Autoencoder().loss(
            Tensor((0..<6).flatMap(Self.row), shape: [6, 3]),
            .inference(SampleRandomness(seed: 11, step: 4, samples: Array(0..<6))))
        expectClose([whole.scalar], References.elboLoss)
    }
}
