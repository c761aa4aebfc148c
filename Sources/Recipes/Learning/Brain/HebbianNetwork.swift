import Layers
import TensorEngine

/// Linear units that see centered images.
struct HebbianNetwork: Parameterized {
    /// One row for each unit, [units, pixels].
    let weight: Parameter
    /// The mean image, which is subtracted.
    private let mean: RunningStatistic

    var parameters: ParameterTree { ["weight": weight, "mean": mean] }

    /// Units with random weights; the mean is loaded with them where it is not given.
    init(units: Int, pixels: Int, mean: Tensor? = nil, seed: UInt64) {
        var random = InitializationRandom(seed: seed)
        weight = Initializer.normal(deviation: 1 / Float(pixels).squareRoot()).parameter(
            shape: [units, pixels], fanIn: pixels, fanOut: units, random: &random)
        self.mean = RunningStatistic(mean ?? Tensor(repeating: 0, shape: [pixels]))
        self.mean.isFrozen = true
    }

    /// Images [n, pixels] without their mean.
    func centered(_ images: Tensor) -> Tensor { images - mean.value }

    /// The outputs of the units, [n, units].
    func components(_ images: Tensor) -> Tensor {
        centered(images).matrixProduct(weight.value, transposingOther: true)
    }

    /// The graph of `components`.
    func describe(_ images: GraphValue, in graph: GraphBuilder) -> GraphValue {
        graph.tiedLinear(graph.subtract(images, graph.value(of: mean)), table: weight)
    }
}
