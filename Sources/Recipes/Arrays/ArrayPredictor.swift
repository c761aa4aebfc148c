import Checkpoints
import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// Predicts for each sample of an array: an array in the form of the targets, or a row of comma-separated values.
struct ArrayPredictor: RowPredictor {
    private let network: ArrayModel
    private let settings: Settings

    var model: any Parameterized { network.model }
    let writesOutput = true

    init(_ network: ArrayModel, _ settings: Settings) { (self.network, self.settings) = (network, settings) }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let inputs = try samples(request)
        guard let output = request.output else { return try predict(inputs, each) }
        let isArchive = output.lowercased().hasSuffix(".npz")
        guard isArchive || output.lowercased().hasSuffix(".npy") else { throw UnknownArrayFile(path: output) }
        var predictions = NumPyFile(
            network.schema.predictionType, shape: [inputs.count] + network.schema.predictionShape)
        var probabilities = NumPyFile(.float32, shape: [inputs.count, network.schema.outputs])
        for start in stride(from: 0, to: inputs.count, by: Self.block) {
            let rows = try rows(inputs, start)
            if case .classes(let values) = network.schema.target {
                predictions.append(rows.labels.map { values[$0] })
                if isArchive { probabilities.append(rows.values) }
            } else {
                predictions.append(rows.values)
            }
        }
        guard isArchive else { return try Self.write(predictions.bytes, to: output) }
        var arrays = [(name: "predictions", array: predictions)]
        if case .classes = network.schema.target { arrays.append(("probabilities", probabilities)) }
        try Self.write(try NumPyFile.archive(arrays), to: output)
    }

    private static let block = 256

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try OutputFile.replace(path) { (file) throws(CheckpointError) in try file.write(bytes) }
    }

    /// The samples that are asked for.
    private func samples(_ request: PredictionRequest) throws -> ArraySamples {
        guard request.testSamples.isEmpty else {
            guard let path = settings.data.path else {
                throw MissingData(recipe: "arrays", what: "the test data of --index")
            }
            var asked = try ArrayRequest(settings, path: path, nil)
            asked.schema = network.schema
            let test = try ArrayData(asked).test
            for number in request.testSamples where !(0..<test.count).contains(number) {
                throw NoSuchSample(number: number, count: test.count)
            }
            return test.selected(request.testSamples)
        }
        guard let path = request.input else { throw MissingArray() }
        return try ArraySamples(
            inputsAt: path, name: settings.arrays.inputs, channels: settings.arrays.axis, network.schema)
    }

    /// Predictions of a block of samples: of each the number of its class, and the probabilities of all classes or its numbers.
    private func rows(_ inputs: ArraySamples, _ start: Int) throws -> (labels: [Int], values: [Double]) {
        let samples = Array(start..<min(start + Self.block, inputs.count))
        try inputs.check(samples)
        let outputs = network(inputs.batch(of: samples).inputs, .inference())
        switch network.schema.target {
        case .classes:
            let rows = try Probabilities(outputs, of: "sample \(start)")
            return (samples.indices.map(rows.label), samples.indices.flatMap { rows[$0].map { Double($0) } })
        case .numbers(_, let mean, let deviation):
            let width = mean.count
            return ([], outputs.values.enumerated().map { mean[$0 % width] + Double($1) * deviation[$0 % width] })
        }
    }

    var predicted: PredictedNumbers {
        if case .numbers = network.schema.target { return .numbers(numberNames) }
        return .classes(network.schema.classNames)
    }
    var inputName: String { "sample" }

    private var numberNames: [String] {
        let width = network.schema.outputs
        return width == 1 ? ["prediction"] : (0..<width).map { "prediction\($0)" }
    }

    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        let (inputs, width) = (try samples(request), network.schema.outputs)
        for start in stride(from: 0, to: inputs.count, by: Self.block) {
            let rows = try rows(inputs, start)
            for row in 0..<min(Self.block, inputs.count - start) {
                try each("\(start + row)", Array(rows.values[(row * width)..<((row + 1) * width)]))
            }
        }
    }

    /// Rows of comma-separated values.
    private func predict(_ inputs: ArraySamples, _ each: (String) -> Void) throws {
        let (names, width) = (network.schema.classNames, network.schema.outputs)
        let header =
            switch network.schema.target {
            case .classes: ["sample", "class", "probability"] + names
            case .numbers: ["sample"] + numberNames
            }
        try lines(under: CSVText.row(header), each) { try predict(inputs, names, width: width, $0) }
    }

    private func predict(_ inputs: ArraySamples, _ names: [String], width: Int, _ each: (String) -> Void) throws {
        for start in stride(from: 0, to: inputs.count, by: Self.block) {
            let rows = try rows(inputs, start)
            for row in 0..<min(Self.block, inputs.count - start) {
                let values = rows.values[(row * width)..<((row + 1) * width)]
                switch network.schema.target {
                case .classes:
                    let label = rows.labels[row]
                    let probabilities = values.map { "\(Float($0))" }
                    each(CSVText.row(["\(start + row)", names[label], probabilities[label]] + probabilities))
                case .numbers(_, _, let deviation):
                    let texts = zip(values, deviation).map { PredictedNumber(deviation: $1).text($0) }
                    each(CSVText.row(["\(start + row)"] + texts))
                }
            }
        }
    }
}

extension ArraySchema {
    /// The data type of an array of predictions: of classes that of the targets, of numbers `float32` or `float64`.
    fileprivate var predictionType: NumberType {
        switch target {
        case .classes: targetType
        case .numbers: [.float16, .float32].contains(targetType) ? .float32 : .float64
        }
    }

    /// The shape of the prediction for a sample.
    fileprivate var predictionShape: [Int] { if case .numbers(let shape, _, _) = target { shape } else { [] } }
}

/// No inputs were named.
struct MissingArray: Error, CustomStringConvertible {
    let description =
        "inputs are read from an array of NumPy: name a .npy or .npz file, or give numbers of test samples (--index N)"
}

/// Predictions are asked for in another format.
struct UnknownArrayFile: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "cannot write \(path): expected a name that ends in .npy, or .npz for the probabilities of classes as well (--output)"
    }
}

/// There is no test sample of this number.
struct NoSuchSample: Error, CustomStringConvertible {
    let number, count: Int
    var description: String { "there is no test sample \(number); they are numbered from 0 to \(count - 1)" }
}
