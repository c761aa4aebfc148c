import CKernels
import Messages

/// Inputs and targets of a file or folder, read and checked, with the channels last.
struct LabeledArrays {
    let path: String
    let inputs, targets: NumberArray
    /// Those to test on, where the file has some.
    let test: (inputs: NumberArray, targets: NumberArray)?
    /// Notes, one line each.
    let lines: [String]

    /// The number of samples.
    var count: Int { inputs.shape[0] }

    /// The largest magnitude whose squares have a sum.
    private static let bound = 1e150

    /// Those of a packed file at `path`.
    init(_ packed: PackedArrays, path: String) {
        (self.path, inputs, targets, test) = (path, packed.inputs, packed.targets, packed.test)
        lines = packed.notes.lines
    }

    /// Reads those at `path`, of NumPy's files or packed.
    init(_ request: ArrayRequest, path: String) throws(DatasetError) {
        if let packed = try PackedArrays.read(path, request) {
            self = LabeledArrays(packed, path: path)
            return
        }
        self.path = path
        let collection = try ArrayCollection(path: path)
        let names = try ArrayNames(
            collection, inputs: request.inputs, targets: request.targets, needsTargets: true)
        (inputs, targets) = try Self.pair(collection, names.inputs, names.targets, request.channels)
        if names.testInputs != nil, request.testPath == nil {
            test = try Self.pair(collection, names.testInputs, names.testTargets, request.channels)
        } else {
            test = nil
        }
        var unused = names.unused
        if request.testPath != nil { unused += [names.testInputs, names.testTargets].compactMap { $0 } }
        lines = unused.isEmpty ? [] : ["arrays that are not used: \(unused.listedNames)"]
    }

    /// The inputs at `path` alone, for predictions.
    static func inputs(at path: String, _ name: String?, _ channels: ArrayRequest.Channels) throws(DatasetError)
        -> NumberArray
    {
        if let packed = try PackedArrays.read(path) {
            try packed.inputs.elements.check()
            return packed.inputs
        }
        let collection = try ArrayCollection(path: path)
        let names = try ArrayNames(collection, inputs: name, targets: nil, needsTargets: false)
        return try Self.inputs(collection, names.inputs ?? "", channels)
    }

    private static func inputs(
        _ collection: ArrayCollection, _ name: String, _ channels: ArrayRequest.Channels
    ) throws(DatasetError) -> NumberArray {
        let array = try checked(collection, name, "inputs")
        switch channels {
        case .last: return array
        case .first: return try array.withChannelsLast()
        case .none: return array.reshaped(array.shape + [1])
        }
    }

    private static func pair(
        _ collection: ArrayCollection, _ inputName: String?, _ targetName: String?, _ channels: ArrayRequest.Channels
    ) throws(DatasetError) -> (NumberArray, NumberArray) {
        let (inputName, targetName) = (inputName ?? "", targetName ?? "")
        let inputs = try inputs(collection, inputName, channels)
        let targets = try checked(collection, targetName, "targets")
        guard inputs.shape[0] == targets.shape[0] else {
            throw .unusable(
                path: collection.path,
                found: "\(inputs.shape[0]) samples in \(inputName) and \(targets.shape[0]) in \(targetName)",
                expected: "as many targets as inputs")
        }
        return (inputs, targets)
    }

    /// An array of at least one sample, of numbers that can be learned from.
    private static func checked(
        _ collection: ArrayCollection, _ name: String, _ what: String
    ) throws(DatasetError) -> NumberArray {
        let array = try collection.array(name)
        let path = collection.names.count == 1 ? collection.path : "\(collection.path): \(name)"
        guard let count = array.shape.first, count > 0, array.sampleSize > 0 else {
            throw .unusable(
                path: path, found: "the shape (\(array.shape.listed()))",
                expected: "\(what) of at least one sample, which the first axis numbers")
        }
        guard count <= UInt32.max, array.sampleSize <= ArraySchema.mostElements else {
            throw .unusable(
                path: path, found: "the shape (\(array.shape.listed()))",
                expected: "at most \(UInt32.max) samples of \(ArraySchema.mostElements) elements")
        }
        if !array.type.isInteger { try checkFinite(array, path) }
        return array
    }

    private static func checkFinite(_ array: NumberArray, _ path: String) throws(DatasetError) {
        var values = [Double](repeating: 0, count: min(1 << 16, array.count))
        for start in stride(from: 0, to: array.count, by: values.count) {
            let count = min(values.count, array.count - start)
            values.withUnsafeMutableBufferPointer { array.copy(from: start, to: .init(rebasing: $0[..<count])) }
            let place = lockstep_first_beyond(values, bound, count)
            guard place == count else {
                throw .unusable(
                    path: path,
                    found: "\(Readable.number(values[place])) in sample \((start + place) / array.sampleSize)",
                    expected: "finite numbers from -1e150 to 1e150; replace or leave out such samples (numpy.isfinite)")
            }
        }
    }

    /// The whole number of each sample's class. Throws if one is none.
    func classNumbers(_ targets: NumberArray) throws(DatasetError) -> [Int64] {
        guard !targets.type.isInteger else { return targets.integers(in: 0..<targets.shape[0]) }
        var values = [Double](repeating: 0, count: targets.count)
        values.withUnsafeMutableBufferPointer { targets.copy(from: 0, to: $0) }
        var numbers: [Int64] = []
        numbers.reserveCapacity(values.count)
        for (sample, value) in values.enumerated() {
            guard let number = Int64(exactly: value) else {
                throw .unusable(
                    path: path, found: "the class \(value) of sample \(sample)",
                    expected: "whole numbers (arrays.task=classification)")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Throws if the shapes are not those that a model was made for.
    func check(
        _ schema: ArraySchema, inputs: NumberArray, targets: NumberArray, path: String
    ) throws(DatasetError) {
        try schema.check(inputs, path: path)
        let shape = Array(targets.shape.dropFirst())
        let isRight =
            switch schema.target {
            case .classes: targets.sampleSize == 1
            case .numbers(let expected, _, _): shape == expected
            }
        guard isRight else {
            throw .unusable(
                path: path, found: "targets of the shape (\(targets.shape.listed()))",
                expected: "those of the training data, (\(([0] + schema.targetShape).listed())) but for the first axis")
        }
    }
}

extension ArraySchema {
    /// The shape of the targets of a sample.
    var targetShape: [Int] { if case .numbers(let shape, _, _) = target { shape } else { [] } }

    /// Throws if samples of `inputs` have another shape than the model's.
    func check(_ inputs: NumberArray, path: String) throws(DatasetError) {
        let shape = inputs.shape.count == 1 ? [1] : Array(inputs.shape.dropFirst())
        guard shape == inputShape else {
            throw .unusable(
                path: path, found: "samples of the shape (\(shape.listed()))",
                expected: "(\(inputShape.listed())), as those that the model has learned from")
        }
    }
}
