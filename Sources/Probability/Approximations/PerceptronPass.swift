public import TensorEngine

/// A forward pass through a perceptron with ReLU, with what the Jacobian of its outputs in the weights is made of.
///
/// A layer is a matrix [inputs + 1, outputs] whose last row is the bias: each layer is given a last input of 1.
public struct PerceptronPass {
    /// What each layer is given, [n, inputs + 1].
    public let inputs: [Tensor]
    /// [n, outputs] of the last layer.
    public let outputs: Tensor
    private let layers: [Tensor]
    /// 1 where a hidden unit is above 0.
    private let masks: [Tensor]

    /// The pass of `x`, [n, inputs], through these layers, at least one.
    public init(_ x: Tensor, layers: [Tensor]) {
        let ones = Tensor(repeating: 1, shape: [x.shape[0], 1])
        var (x, inputs, masks) = (x, [Tensor](), [Tensor]())
        for (index, layer) in layers.enumerated() {
            let extended = Tensor.concatenated([x, ones], alongAxis: 1)
            inputs.append(extended)
            x = extended.matrixProduct(layer)
            if index < layers.count - 1 {
                masks.append(x .> 0)
                x = x.relu()
            }
        }
        (self.inputs, self.masks, self.layers, outputs) = (inputs, masks, layers, x)
    }

    /// The layer of these weights, [inputs, outputs], and biases, [outputs].
    public static func layer(weight: Tensor, bias: Tensor) -> Tensor {
        .concatenated([weight, bias.reshaped(to: [1, bias.shape[0]])], alongAxis: 0)
    }

    /// For each layer the gradient with respect to its outputs before ReLU, [n, outputs], given that of the last.
    public func slopes(_ last: Tensor) -> [Tensor] {
        var slopes = [last]
        for index in (1..<max(1, layers.count)).reversed() {
            let weight = layers[index][0..<(layers[index].shape[0] - 1)]
            slopes.append(slopes[slopes.count - 1].matrixProduct(weight, transposingOther: true) * masks[index - 1])
        }
        return slopes.reversed()
    }

    /// The outputs as a linear function of the weights, at weights that differ by `changes`: f + J·Δθ, by forward
    /// differentiation.
    /// - Parameter changes: for each layer, or nil where it stays.
    public func linearized(_ changes: [Tensor?]) -> Tensor {
        var tangent: Tensor?
        for (index, layer) in layers.enumerated() {
            if let before = tangent {
                let weight = layer[0..<(layer.shape[0] - 1)]
                tangent = (before * masks[index - 1]).matrixProduct(weight)
            }
            if let change = changes[index] {
                let direct = inputs[index].matrixProduct(change)
                tangent = tangent.map { $0 + direct } ?? direct
            }
        }
        return tangent.map { outputs + $0 } ?? outputs
    }
}
