import Kernels
import Layers
import TensorEngine

extension Explainer {
    func integratedGradients(_ query: Query, _ steps: Int, _ baseline: Float) -> Attribution {
        let start = Tensor(repeating: baseline, shape: query.x.shape)
        let difference = query.x - start
        var sum = Tensor(repeating: 0, shape: query.x.shape)
        for (node, weight) in GaussLegendre.rule(steps) {
            sum = sum + gradient(query, at: start + difference * Float(node)) * Float(weight)
        }
        return made(difference * sum, query, expectedSum: query.output - output(query, at: start).scalar)
    }

    func smoothGradient(_ query: Query, _ samples: Int, _ noise: Float, _ seed: UInt64) -> Attribution {
        let values = query.x.values
        let deviation = noise * ((values.max() ?? 0) - (values.min() ?? 0))
        var sum = Tensor(repeating: 0, shape: query.x.shape)
        for sample in 0..<samples {
            var random = PhiloxGenerator(seed: seed, purpose: .explanation, stream: UInt64(sample))
            let shifted = query.x + Tensor(shape: query.x.shape) { random.fill($0, mean: 0, deviation: deviation) }
            sum = sum + gradient(query, at: shifted)
        }
        return made(sum * (1 / Float(samples)), query)
    }

    func gradCAM(_ query: Query, _ layer: String?) throws -> Attribution {
        let id = try channels(of: layer)
        let activations = (GraphInterpreter.run(graph, query.arguments)[id]?.tensor ?? Tensor(0)).detached.tracked
        let values = GraphInterpreter.run(graph, query.arguments, replacing: [id: activations])
        let outputs = values[graph.outputs[0].id]?.tensor ?? Tensor(0)
        let count = outputs.shape.count
        let target = count - outputs.shape.innermost + query.target
        let output = outputs.reshaped(to: [count]).slice(target..<(target + 1), alongAxis: 0).sum()
        let slopes =
            output.isTracked
            ? gradients(of: output, withRespectTo: [activations])[0]
            : Tensor(repeating: 0, shape: activations.shape)
        // [1, channels, positions]
        let flat: Shape = [1, activations.shape[1], activations.shape.count / activations.shape[1]]
        let weights = slopes.reshaped(to: flat).mean(alongAxis: 2)
        let map = (activations.detached.reshaped(to: flat) * weights).sum(alongAxis: 1).relu()
        let sizes = Array(activations.shape.sizes.dropFirst(2))
        return Attribution(
            values: stretched(map.values, sizes, to: query.x.shape), output: query.output, expectedSum: nil)
    }

    /// A map of fewer positions, each of which stands for those of the input that it lies over: [1, …, 1].
    private func stretched(_ map: [Float], _ sizes: [Int], to shape: Shape) -> Tensor {
        let wanted = explainsTokens ? [shape[1]] : Array(shape.sizes.dropFirst(2))
        guard wanted.count == sizes.count else { return Tensor(map, shape: Shape([1] + sizes)) }
        let result = Shape([1] + wanted + (explainsTokens ? [] : [1]))
        return Tensor(shape: result) { elements in
            for index in elements.indices {
                var (rest, source, stride) = (index, 0, 1)
                for axis in wanted.indices.reversed() {
                    let position = rest % wanted[axis]
                    rest /= wanted[axis]
                    source += position * sizes[axis] / wanted[axis] * stride
                    stride *= sizes[axis]
                }
                elements[index] = map[source]
            }
        }
    }
}
