import Messages

/// Arrays in a packed file, with the samples that were made of them for some settings.
package struct PackedArrays: HostLoadable {
    /// Everything but the arrays.
    package struct Notes: Codable, Sendable {
        let data: ArrayData.Notes
        /// What the arrays are called in NumPy's files, and where their channels were.
        let inputs, targets: String?
        let channels: ArrayRequest.Channels
        /// The settings that the samples follow from.
        let choice: Choice
        /// The shapes and types of the targets to train on and to test on.
        let targetShapes: [[Int]]
        let targetTypes: [NumberType]
        let lines: [String]
    }

    /// The settings that samples follow from.
    struct Choice: Codable, Sendable, Equatable {
        let task: ArrayRequest.Task
        let standardizes: Bool
        let testFraction: Double
        let seed: UInt64

        init(_ request: ArrayRequest) {
            (task, standardizes) = (request.task, request.standardizes)
            (testFraction, seed) = (request.testFraction, request.seed)
        }
    }

    static let kind = "arrays"

    package let notes: Notes
    /// The samples, and the targets as they were.
    private let data: ArrayData
    let targets: NumberArray
    private let testTargets: NumberArray?

    var inputs: NumberArray { data.training.inputs }
    var test: (inputs: NumberArray, targets: NumberArray)? { testTargets.map { (data.test.inputs, $0) } }
    package var arrays: [HostBytes] { data.arrays + [targets.elements] + (testTargets.map { [$0.elements] } ?? []) }

    /// Reads the arrays that are asked for, to be packed.
    private init(_ request: ArrayRequest) throws(DatasetError) {
        let all = try LabeledArrays(request, path: request.path)
        let data = try ArrayData(request, all)
        let targets = [all.targets] + (all.test.map { [$0.targets] } ?? [])
        (self.data, self.targets, testTargets) = (data, all.targets, all.test?.targets)
        notes = Notes(
            data: data.notes, inputs: request.inputs, targets: request.targets, channels: request.channels,
            choice: Choice(request), targetShapes: targets.map(\.shape), targetTypes: targets.map(\.type),
            lines: all.lines)
    }

    /// The arrays that `notes` and `arrays` describe. Throws if they do not fit each other.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        let parts = notes.targetShapes.count
        guard (1...2).contains(parts), notes.targetTypes.count == parts, notes.data.shapes.count == parts,
            arrays.count == 3 * parts + 2 + parts
        else { throw PackedContent.Misfit() }
        try notes.data.schema.validate()
        data = try ArrayData(notes: notes.data, arrays: Array(arrays.dropLast(parts)))
        let targets = try (0..<parts).map { part in
            guard
                let array = NumberArray(
                    type: notes.targetTypes[part], shape: notes.targetShapes[part],
                    elements: arrays[arrays.count - parts + part]),
                array.shape.first == notes.data.shapes[part].first
            else { throw PackedContent.Misfit() }
            return array
        }
        (self.notes, self.targets, testTargets) = (notes, targets[0], parts == 2 ? targets[1] : nil)
        // all but the inputs, which are checked when they are used
        for array in arrays.indices where array != 0 && (parts == 1 || array != 3) { try arrays[array].check() }
        guard data.training.isSound, data.test.isSound else { throw PackedContent.Misfit() }
    }

    /// The packed arrays at `path`; nil if no packed file is there. *Local.*
    static func read(_ path: String) throws(DatasetError) -> PackedArrays? {
        try PackedContent.read(PackedArrays.self, kind: kind, at: path)
    }

    /// The same, for settings of arrays. Throws if they name others than those that were packed.
    static func read(_ path: String, _ request: ArrayRequest) throws(DatasetError) -> PackedArrays? {
        guard let packed = try read(path) else { return nil }
        for (key, asked, found) in [
            ("inputs", request.inputs, packed.notes.inputs), ("targets", request.targets, packed.notes.targets),
            ("channels", request.channels.rawValue, packed.notes.channels.rawValue),
        ] {
            // names that are not set are found in the data
            guard let asked else { continue }
            try PackedContent.check(
                "arrays.\(key)", packed: found ?? "none", asked: asked, of: "arrays", at: path)
        }
        return packed
    }

    /// The samples, where they are those that a request asks for; nil where they are to be made of the arrays.
    func data(for request: ArrayRequest) -> ArrayData? {
        guard request.testPath == nil, request.schema == nil || request.schema == notes.data.schema,
            Choice(request) == notes.choice
        else { return nil }
        return data
    }

    /// Writes the arrays that are asked for to a packed file at `target`. *Local.*
    /// - Parameter progress: told how many bytes of how many were written.
    /// - Returns: lines that say what was packed.
    package static func pack(
        _ request: ArrayRequest, to target: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> [String] {
        let packed = try PackedArrays(request)
        let bytes = try PackedContent.write(packed, kind: kind, to: target, progress: progress)
        let data = packed.data
        let form = ", of the shape (\(data.notes.schema.inputShape.listed())), \(packed.inputs.type.rawValue)"
        return [
            PackedContent.summary(
                "sample", training: data.training.count, test: data.test.count, form, bytes: bytes)
        ] + data.notes.lines
    }
}

extension ArraySamples {
    /// Whether all numbers of samples and classes are in range, of a file that may have been edited.
    fileprivate var isSound: Bool {
        let (samples, classes) = (inputs.shape[0], Int32(clamping: outputs))
        guard inputs.shape.count > 1, inputs.sampleSize > 0, inputs.sampleSize == inputShape.reduce(1, *),
            labels.isEmpty != targets.isEmpty, labels.isEmpty || labels.count == samples,
            targets.isEmpty || targets.count == samples * outputs
        else { return false }
        return members.allSatisfy { $0 < samples } && labels.allSatisfy { $0 >= -1 && $0 < classes }
    }
}
