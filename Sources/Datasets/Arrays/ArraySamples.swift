import CKernels
import Preconditions
public import TensorEngine

/// Some samples of arrays, with what is to be predicted of each.
public struct ArraySamples: Dataset {
    /// Samples together, as a model takes them.
    public struct Batch: Sendable {
        /// [n, …] of the shape of a sample, standardized.
        public let inputs: Tensor
        /// Of each sample the number of its class, -1 for one that was not learned; empty where numbers are predicted.
        public let labels: [Int32]
        /// The targets as they are in the file, [n × outputs]; empty where classes are.
        public let targets: [Double]
    }

    let inputs: NumberArray
    /// The samples of `inputs` that belong to it.
    private(set) var members: HostArray<UInt32>
    /// Of each sample of `inputs`, whichever belong here.
    let labels: HostArray<Int32>
    let targets: HostArray<Double>
    let outputs: Int
    let inputShape: [Int]
    /// Without zeros: a constant is divided by infinity.
    private let mean, deviation: [Double]

    init(
        _ inputs: NumberArray, members: HostArray<UInt32>, labels: HostArray<Int32>, targets: HostArray<Double>,
        _ schema: ArraySchema
    ) {
        (self.inputs, self.members, self.labels, self.targets) = (inputs, members, labels, targets)
        (outputs, inputShape) = (schema.outputs, schema.inputShape)
        mean = schema.mean.isEmpty ? [0] : schema.mean
        deviation = schema.mean.isEmpty ? [1] : schema.deviation.map { $0 == 0 ? .infinity : $0 }
    }

    /// The inputs at `path`, all of them, without anything that is to be predicted. *Local.*
    package init(
        inputsAt path: String, name: String?, channels: ArrayRequest.Channels, _ schema: ArraySchema
    ) throws(DatasetError) {
        let inputs = try LabeledArrays.inputs(at: path, name, channels)
        try schema.check(inputs, path: path)
        self.init(
            inputs.reshaped([inputs.shape[0]] + schema.inputShape), members: HostArray(0..<UInt32(inputs.shape[0])),
            labels: HostArray([]), targets: HostArray([]), schema)
    }

    /// The samples of these numbers as a data set.
    package func selected(_ samples: [Int]) -> ArraySamples {
        var selected = self
        selected.members = HostArray(samples.map { members[$0] })
        return selected
    }

    /// The number of samples.
    public var count: Int { members.count }

    /// The CRC-32 of the arrays.
    public var checksum: UInt32? {
        DataChecksum(of: [inputs.elements, members.bytes, labels.bytes, targets.bytes]).value
    }

    /// Throws if samples of these numbers are damaged in a packed file.
    public func check(_ samples: [Int]) throws {
        let size = inputs.sampleSize * inputs.type.size
        for sample in samples where members.indices.contains(sample) {
            let member = Int(members[sample])
            try inputs.elements.check(member * size..<(member + 1) * size)
        }
    }

    /// The samples of these numbers.
    public func batch(of samples: [Int]) -> Batch {
        let size = inputs.sampleSize
        var (classes, numbers): ([Int32], [Double]) = ([], [])
        var values = [Double](repeating: 0, count: size)
        let tensor = Tensor(shape: Shape([samples.count] + inputShape)) { elements in
            guard let target = elements.baseAddress else { return }
            for (row, sample) in samples.enumerated() {
                let member = Int(members[sample])
                values.withUnsafeMutableBufferPointer { inputs.copy(from: member * size, to: $0) }
                lockstep_standardize(values, mean, deviation, mean.count, target + row * size, size)
            }
        }
        for sample in samples {
            let member = Int(members[sample])
            if !labels.isEmpty { classes.append(labels[member]) }
            if !targets.isEmpty {
                targets.withUnsafeBufferPointer { numbers += $0[(member * outputs)..<((member + 1) * outputs)] }
            }
        }
        return Batch(inputs: tensor, labels: classes, targets: numbers)
    }

    /// The class of each sample.
    package var classLabels: [Int] { members.map { Int(labels[Int($0)]) } }
}
