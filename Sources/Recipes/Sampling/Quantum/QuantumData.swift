import Datasets
import Foundation
import Kernels
import TensorEngine
import Training

/// Records with a class, for a quantum classifier.
struct QuantumData {
    let training, test: BayesSamples
    let inputs: Int
    let classNames: [String]
    let summary: String
    var notes: [String] = []
    var preparation: Preparation = [:]

    /// The rows of a table with classes.
    init(_ table: TableSource.Table) throws {
        let data = try BayesData(table)
        guard !data.classNames.isEmpty else {
            throw DatasetError.unusable(
                path: table.path, found: "\(table.schema.targetName) is a number",
                expected: "classes; or set csv.task=classification")
        }
        (training, test, inputs, classNames) = (data.training, data.test, data.inputs, data.classNames)
        (summary, notes, preparation) = (data.summary, data.notes, data.preparation)
    }

    /// Two interleaved half circles with noise of deviation 0.1, standardized: scikit-learn's `make_moons`.
    init(moonsOf seed: UInt64) {
        func samples(_ count: Int, first: Int) -> BayesSamples {
            BayesSamples(count: count) { samples in
                var (inputs, targets): ([Float], [Float]) = ([], [])
                for sample in samples {
                    var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: UInt64(first + sample))
                    let (label, angle) = (sample % 2, Float.pi * random.uniform())
                    let noise = Tensor(shape: [2]) { random.fill($0, mean: 0, deviation: 0.1) }.values
                    let x = label == 0 ? cos(angle) : 1 - cos(angle)
                    let y = label == 0 ? sin(angle) : 0.5 - sin(angle)
                    // means 0.5 and 0.25, deviations 0.87 and 0.5
                    inputs += [(x + noise[0] - 0.5) / 0.87, (y + noise[1] - 0.25) / 0.5]
                    targets.append(Float(label))
                }
                return BayesBatch(
                    samples: samples, inputs: Tensor(inputs, shape: [samples.count, 2]), targets: targets)
            }
        }
        (training, test) = (samples(400, first: 0), samples(400, first: 1 << 20))
        (inputs, classNames) = (2, ["outer", "inner"])
        summary = "two moons, 400 records to train on and 400 to test on"
    }
}
