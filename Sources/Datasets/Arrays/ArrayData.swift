import CKernels
import Messages

/// Arrays as samples to train on and samples to test on.
package struct ArrayData: HostLoadable {
    /// The part that is copied between the ranks of a host.
    package struct Notes: Codable, Sendable {
        package let schema: ArraySchema
        /// Notes on the arrays, one line each.
        package let lines: [String]
        /// The shapes and types of the inputs to train on and to test on, which may be the same array.
        let shapes: [[Int]]
        let types: [NumberType]
    }

    package let notes: Notes
    package let training, test: ArraySamples

    package var arrays: [HostBytes] {
        let parts = notes.shapes.count == 1 ? [training] : [training, test]
        return parts.flatMap { [$0.inputs.elements, $0.labels.bytes, $0.targets.bytes] }
            + [training.members.bytes, test.members.bytes]
    }

    /// The data that `notes` and `arrays` describe.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        let parts = notes.shapes.count
        guard (1...2).contains(parts), notes.types.count == parts, arrays.count == 3 * parts + 2,
            let members = HostArray<UInt32>(arrays[3 * parts]),
            let testMembers = HostArray<UInt32>(arrays[3 * parts + 1])
        else { throw Self.damage }
        func samples(_ part: Int, _ members: HostArray<UInt32>) throws -> ArraySamples {
            guard
                let inputs = NumberArray(
                    type: notes.types[part], shape: notes.shapes[part], elements: arrays[3 * part]),
                let labels = HostArray<Int32>(arrays[3 * part + 1]),
                let targets = HostArray<Double>(arrays[3 * part + 2])
            else { throw Self.damage }
            return ArraySamples(inputs, members: members, labels: labels, targets: targets, notes.schema)
        }
        self.notes = notes
        (training, test) = (try samples(0, members), try samples(parts - 1, testMembers))
    }

    private static let damage = DatasetError.unusable(
        path: "the arrays of another rank", found: "other sizes", expected: "those of its shapes")

    /// Reads the arrays that are asked for, of NumPy's files or packed.
    package init(_ request: ArrayRequest) throws(DatasetError) {
        guard let packed = try PackedArrays.read(request.path, request) else {
            try self.init(request, LabeledArrays(request, path: request.path))
            return
        }
        if let data = packed.data(for: request) {
            self = data
        } else {
            try self.init(request, LabeledArrays(packed, path: request.path))
        }
    }

    /// The samples of arrays that were read.
    init(_ request: ArrayRequest, _ all: LabeledArrays) throws(DatasetError) {
        let tests = try request.testPath.map { (path) throws(DatasetError) in
            try LabeledArrays(request, path: path)
        }
        let test = tests.map { ($0.inputs, $0.targets, $0.path) } ?? all.test.map { ($0.inputs, $0.targets, all.path) }
        var lines = all.lines + (tests?.lines ?? [])
        let isClassification = try Self.isClassification(request, all)
        let labels = isClassification ? try all.classNumbers(all.targets) : []

        let isTest: [Bool]
        if test != nil {
            isTest = [Bool](repeating: false, count: all.count)
        } else if isClassification {
            isTest = TestSplit.membership(
                labels: labels.map { Int(truncatingIfNeeded: $0) }, testFraction: request.testFraction,
                seed: request.seed)
        } else {
            isTest = TestSplit.membership(count: all.count, testFraction: request.testFraction, seed: request.seed)
        }
        let members = HostArray(isTest.indices.filter { !isTest[$0] }.map { UInt32($0) })
        let testMembers = HostArray(
            test.map { Array(0..<UInt32($0.0.shape[0])) } ?? isTest.indices.filter { isTest[$0] }.map { UInt32($0) })
        try DatasetError.checkSplit(
            training: members.count, test: testMembers.count, of: "sample", path: request.path,
            testPath: test?.2, testFraction: request.testFraction)

        let schema: ArraySchema
        if let saved = request.schema {
            schema = saved
        } else {
            let found = try Self.schema(request, all, members, isClassification ? labels : nil)
            (schema, lines) = (found.schema, lines + found.lines)
        }
        try all.check(schema, inputs: all.inputs, targets: all.targets, path: all.path)
        if let test { try all.check(schema, inputs: test.0, targets: test.1, path: test.2) }

        func part(
            _ inputs: NumberArray, _ targets: NumberArray, _ members: HostArray<UInt32>
        ) throws(DatasetError) -> ArraySamples {
            let shaped = inputs.reshaped([inputs.shape[0]] + schema.inputShape)
            guard case .classes(let values) = schema.target else {
                let builder = HostArrayBuilder<Double>()
                try builder.append(atMost: targets.count) { (room) throws(DatasetError) in
                    targets.copy(from: 0, to: room)
                    return targets.count
                }
                return ArraySamples(
                    shaped, members: members, labels: HostArray([]), targets: builder.finish(), schema)
            }
            let numbers = Dictionary(uniqueKeysWithValues: zip(values, Int32(0)...))
            let labels = try all.classNumbers(targets).map { numbers[$0] ?? -1 }
            return ArraySamples(
                shaped, members: members, labels: HostArray(labels), targets: HostArray([]), schema)
        }
        training = try part(all.inputs, all.targets, members)
        let tested =
            try test.map { (test) throws(DatasetError) in try part(test.0, test.1, testMembers) }
            ?? ArraySamples(
                training.inputs, members: testMembers, labels: training.labels, targets: training.targets, schema)
        let unknown = tested.labels.isEmpty ? 0 : testMembers.count { tested.labels[Int($0)] < 0 }
        if unknown > 0 {
            lines.append(
                "\(Readable.count(unknown, of: "test sample")) of classes that were not learned: counted as wrong")
        }
        self.test = tested
        let parts = test == nil ? [training] : [training, tested]
        notes = Notes(
            schema: schema, lines: lines, shapes: parts.map(\.inputs.shape), types: parts.map(\.inputs.type))
    }

    /// Whether the targets are classes: as the setting says, or whole numbers, one for each sample.
    private static func isClassification(
        _ request: ArrayRequest, _ arrays: LabeledArrays
    ) throws(DatasetError) -> Bool {
        if let schema = request.schema { if case .classes = schema.target { return true } else { return false } }
        let targets = arrays.targets
        let isSingle = targets.sampleSize == 1
        switch request.task {
        case .regression: return false
        case .classification:
            guard isSingle else {
                throw .unusable(
                    path: arrays.path, found: "targets of the shape (\(targets.shape.listed()))",
                    expected: "one class for each sample; of one-hot rows their numpy.argmax(y, axis=-1)")
            }
            return true
        case .automatic:
            guard isSingle || !targets.type.isInteger else {
                throw .unusable(
                    path: arrays.path,
                    found:
                        "whole numbers (\(targets.type.rawValue)) of the shape (\(targets.shape.listed())) as targets",
                    expected:
                        "one class for each sample, or arrays.task=regression for numbers; of one-hot rows their numpy.argmax(y, axis=-1)"
                )
            }
            return targets.type.isInteger
        }
    }

    /// What is learned of the training samples.
    private static func schema(
        _ request: ArrayRequest, _ arrays: LabeledArrays, _ members: HostArray<UInt32>, _ labels: [Int64]?
    ) throws(DatasetError) -> (schema: ArraySchema, lines: [String]) {
        let inputs = arrays.inputs
        var lines: [String] = []
        let shape = inputs.shape.count == 1 ? [1] : Array(inputs.shape.dropFirst())
        let channels = shape[shape.count - 1]
        var (mean, deviation): ([Double], [Double]) = ([], [])
        if request.standardizes {
            let scales = ChannelScales(inputs, of: members, channels: channels)
            (mean, deviation) = (scales.mean, scales.deviation)
            if scales.constants > 0 {
                let verb = scales.constants == 1 ? "is" : "are"
                lines.append(
                    "\(Readable.count(scales.constants)) of \(Readable.count(channels, of: "input channel")) \(verb) constant: set to 0"
                )
            }
        }
        let target: ArraySchema.Target
        if let labels {
            let values = Set(members.map { labels[Int($0)] }).sorted()
            guard values.count <= ArraySchema.mostClasses else {
                throw .unusable(
                    path: arrays.path, found: "\(values.count) classes",
                    expected: "at most \(ArraySchema.mostClasses); set arrays.task=regression if they are numbers")
            }
            target = .classes(values)
        } else {
            let scales = ChannelScales(arrays.targets, of: members, channels: arrays.targets.sampleSize)
            target = .numbers(
                shape: Array(arrays.targets.shape.dropFirst()), mean: scales.mean,
                // a constant is predicted as its mean
                deviation: scales.deviation.map { $0 == 0 ? 1 : $0 })
        }
        return (
            ArraySchema(
                inputShape: shape, mean: mean, deviation: deviation, target: target, targetType: arrays.targets.type),
            lines
        )
    }
}
