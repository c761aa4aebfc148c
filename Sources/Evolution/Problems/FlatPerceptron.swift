import Preconditions

#if canImport(Glibc)
    import Glibc
#endif

/// A perceptron whose weights are one vector: of each layer its matrix, [inputs, outputs] row-major, then its biases; tanh
/// between the layers.
public struct FlatPerceptron: Sendable {
    /// Units of the layers, from the inputs on.
    public let widths: [Int]
    private var weights: [Float]
    private var hidden, next: [Float]

    /// With these weights.
    public init(widths: [Int], weights: [Float]) {
        require(
            widths.count >= 2 && weights.count == Self.count(widths),
            "FlatPerceptron: \(widths) has \(Self.count(widths)) weights, found \(weights.count)")
        (self.widths, self.weights) = (widths, weights)
        hidden = [Float](repeating: 0, count: widths.max() ?? 0)
        next = hidden
    }

    /// The number of weights of a perceptron of these widths.
    public static func count(_ widths: [Int]) -> Int {
        zip(widths, widths.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 }
    }

    /// Writes the outputs for `inputs` to the first elements of `outputs`.
    public mutating func evaluate(_ inputs: [Float], into outputs: inout [Float]) {
        for i in inputs.indices { hidden[i] = inputs[i] }
        var offset = 0
        for layer in 0..<widths.count - 1 {
            let (rows, columns) = (widths[layer], widths[layer + 1])
            weights.withUnsafeBufferPointer { weights in
                hidden.withUnsafeBufferPointer { x in
                    next.withUnsafeMutableBufferPointer { y in
                        let bias = offset + rows * columns
                        for column in 0..<columns { y[column] = weights[bias + column] }
                        for row in 0..<rows {
                            let (value, start) = (x[row], offset + row * columns)
                            for column in 0..<columns { y[column] += value * weights[start + column] }
                        }
                        if layer < widths.count - 2 { for column in 0..<columns { y[column] = tanhf(y[column]) } }
                    }
                }
            }
            swap(&hidden, &next)
            offset += (rows + 1) * columns
        }
        for i in 0..<(widths.last ?? 0) { outputs[i] = hidden[i] }
    }
}
