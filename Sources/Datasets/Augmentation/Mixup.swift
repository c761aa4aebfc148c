import CKernels
import Kernels
package import TensorEngine

/// With which other sample of its batch a sample is mixed, and how much of itself it keeps.
package struct Mixing: Equatable {
    /// The other's index in the batch; may be its own.
    package let partner: Int
    /// λ, the share of the sample itself.
    package let share: Float

    /// Index of the other sample, and the weight of the sample itself.
    package init(partner: Int, share: Float) { (self.partner, self.share) = (partner, share) }

    /// Any of `count` samples, and λ of Beta(alpha, alpha).
    init(alpha: Double, count: Int, random: inout PhiloxGenerator) {
        partner = random.index(below: count)
        share = Float(random.beta(alpha))
    }
}

/// λ·xᵢ + (1-λ)·xⱼ for each row of `inputs`, and the same of the labels as distributions over `classes`.
package func mixup(_ inputs: Tensor, _ labels: [Int32], classes: Int, _ mixings: [Mixing]) -> (
    inputs: Tensor, targets: Tensor
) {
    let size = inputs.shape.count / mixings.count
    let mixed = Tensor(shape: inputs.shape) { output in
        inputs.withElements { input in
            // both are the tensors' own, for the length of the closures
            guard let source = input.baseAddress, let target = output.baseAddress else { return }
            for (row, mixing) in mixings.enumerated() {
                lockstep_affine(source + row * size, mixing.share, 0, target + row * size, size)
                lockstep_add_scaled(source + mixing.partner * size, 1 - mixing.share, target + row * size, size)
            }
        }
    }
    let targets = Tensor(shape: [mixings.count, classes]) { elements in
        elements.update(repeating: 0)
        for (row, mixing) in mixings.enumerated() {
            elements[row * classes + Int(labels[row])] += mixing.share
            elements[row * classes + Int(labels[mixing.partner])] += 1 - mixing.share
        }
    }
    return (mixed, targets)
}
