import Kernels
import TensorEngine

/// The noise of Langevin steps, as a gradient.
struct LangevinNoise {
    let seed: UInt64
    /// Training samples, of which the loss is the mean.
    let count: Int
    /// 1 without momentum.
    let friction: Double

    /// With a step ε of the mean loss over N samples the noise is √(2·friction·ε/N), of the gradient
    /// √(2·friction/(ε·N)).
    func draw(step: Int, like parameters: [Parameter], rate: Double) -> [Tensor] {
        let deviation = Float((2 * friction / (max(rate, 1e-30) * Double(count))).squareRoot())
        return parameters.enumerated().map { index, parameter in
            var random = PhiloxGenerator(
                seed: seed, purpose: .gradientNoise, stream: UInt64(step) << 16 | UInt64(index))
            return Tensor(shape: parameter.shape) { random.fill($0, mean: 0, deviation: deviation) }
        }
    }
}
