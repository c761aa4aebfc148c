import Kernels
import Optimizers
import TensorEngine
import Testing

@Suite("RMSProp around the mean")
struct RMSPropTests {
    /// Against the mean of squares less the square of the mean in Float64, of gradients that differ by 2⁻¹³.
    @Test("keeps the digits of the variance of gradients that are nearly alike")
    func nearlyEqualGradients() {
        let weight = Parameter(Tensor([0]))
        let arena = ParameterArena(["weight": weight])
        let optimizer = RMSProp(arena, alpha: 0.5, isCentered: true)
        let buffer = arena.zeros()
        var (squares, mean, expected) = (0.0, 0.0, 0.0)
        for step in 1...60 {
            let gradient: Float = step % 2 == 0 ? 1 : 1 + 0x1p-13
            buffer.pointer[0] = gradient
            optimizer.update(gradients: GradientBuffer(buffer), gradientScale: 1, learningRate: 1, step: step)
            let g = Double(gradient)
            squares = 0.5 * squares + 0.5 * g * g
            mean = 0.5 * mean + 0.5 * g
            // the zeros that moments begin with add 2⁻⁴⁰ to the variance by then, which is near 2⁻²⁸
            if step > 40 { expected -= g / ((squares - mean * mean).squareRoot() + 1e-8) }
            if step == 40 { weight.assign(Tensor([0])) }
        }
        // the mean errs by up to 2⁻²³, halved roundings of 2⁻²⁴ added up, beside distances of 2/3·2⁻¹³: 2⁻⁹·⁴ of the deviation
        #expect(abs(Double(weight.value.scalar) / expected - 1) < 0x1p-9)
    }
}
