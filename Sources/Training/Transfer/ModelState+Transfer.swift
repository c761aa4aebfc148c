import Checkpoints
import DataParallel
import Kernels
import Optimizers
import TensorEngine
import Messages
import RunRecords

extension [LearnedWeights] {
    /// Begins with the weights and running statistics of `source` that have a name of this model. *Local.*
    ///
    /// What depends on the data is mapped by the names of `meanings`: rows of tokens, columns of classes. Where values are
    /// standardized otherwise, weights and biases are rescaled so that the function stays the same. What has another shape, or
    /// shares no name, keeps its initial values. Throws `NothingTransferred`, and changes nothing, when nothing is taken.
    /// - Parameters:
    ///   - skipped: patterns of names that stay as they are.
    ///   - layout: of tensors of a foreign file, which does not say it.
    func transfer(
        from source: WeightSource, skipping skipped: [String], layout: TransferSettings.Layout = .automatic,
        meanings: [AxisMeaning] = []
    ) throws -> TransferReport {
        let places = flatMap(\.modelTensors)
        let axes = reduce(into: [:]) { $0.merge($1.arena.axes) { own, _ in own } }
        let wanted = places.map { (name: $0.name, shape: $0.shape) }
        let source = source.renamed(for: wanted, axes: axes)
        if layout == .pytorch, source.isWhollyOwn { throw LayoutOfOwnFile(path: source.description) }
        let layout = layout == .automatic ? source.layout(for: wanted, axes: axes) : layout
        var transfer = Transfer(source: source, layout: layout, meanings: meanings, axes: axes)
        let patterns = skipped.map { NamePattern($0) }
        for place in places {
            if patterns.contains(where: { $0.matches(place.name) }) {
                transfer.report.skipped.append(place.name)
            } else {
                try transfer.take(place)
            }
        }
        let known = Set(places.map(\.name))
        transfer.report.unused = source.shapes.filter { !known.contains($0.name) }
        try transfer.noteForeignNames()
        transfer.report.elements.all = places.reduce(0) { $0 + $1.buffer.count }
        guard !transfer.values.isEmpty else { throw NothingTransferred(report: transfer.report) }
        transfer.shiftBiases()
        for (place, values) in transfer.values {
            values.withUnsafeBufferPointer { values in
                if let start = values.baseAddress {
                    place.buffer.pointer.update(from: start, count: place.buffer.count)
                }
            }
        }
        return transfer.report
    }
}

/// One transfer in the making.
private struct Transfer {
    let source: WeightSource
    let layout: TransferSettings.Layout
    let meanings: [AxisMeaning]
    let axes: [String: ParameterAxes]
    var report: TransferReport
    /// What the tensors begin with.
    private(set) var values: [(place: PersistentTensor, values: [Float])] = []
    /// What another mean of inputs adds to biases, by tensor.
    private var shifts: [String: [Double]] = [:]
    private let shapes: [String: [Int]]

    init(
        source: WeightSource, layout: TransferSettings.Layout, meanings: [AxisMeaning], axes: [String: ParameterAxes]
    ) {
        (self.source, self.layout, self.meanings, self.axes) = (source, layout, meanings, axes)
        report = TransferReport(source: source.description)
        report.preparation = meanings.isEmpty ? source.preparation : nil
        shapes = Dictionary(source.shapes.map { ($0.name, $0.shape) }) { first, _ in first }
    }

    /// Takes what there is for a tensor, and notes what becomes of it.
    mutating func take(_ place: PersistentTensor) throws {
        guard var there = shapes[place.name] else { return report.missing.append((place.name, place.shape)) }
        if origin(of: place.name)?.takesFirstRows == true, there.count == place.shape.count, let rows = there.first,
            let ownRows = place.shape.first, ownRows < rows
        {
            report.cropped.append("\(place.name): the first \(Readable.count(ownRows)) of \(Readable.count(rows)) rows")
            there[0] = ownRows
        }
        let conversion: LayoutConversion
        do {
            conversion = try LayoutConversion(
                of: place.name, in: source, to: place.shape, axes: axes[place.name],
                layout: origin(of: place.name)?.layout ?? layout)
        } catch let error as OtherLayout {
            return report.leftOut.append((place.name, error.reason))
        }
        guard let shape = conversion.shape(of: there), shape.count == place.shape.count else {
            return noteOtherShape(place, there)
        }
        var mappings: [(axis: Int, mapping: EntryMapping, meaning: AxisMeaning, place: AxisMeaning.Place)] = []
        for axis in shape.indices {
            guard let (meaning, named) = meaning(of: place.name, axis) else {
                if shape[axis] == place.shape[axis] { continue }
                return noteOtherShape(place, there)
            }
            switch try found(place.name, axis, meaning, extent: shape[axis]) {
            case .nothing:
                guard shape[axis] == place.shape[axis] else { return noteOtherShape(place, there) }
                report.byIndex.append("\(place.name) (\(meaning.name))")
            case .equal: break
            case .otherName(let name):
                return report.leftOut.append((place.name, "\(meaning.name) here, \(name) there"))
            case .other: return report.leftOut.append((place.name, "other \(meaning.name), too many to be mapped"))
            case .entries(let entries):
                let mapping = EntryMapping(to: meaning.entries, from: entries, isInput: named.inputBias != nil)
                if mapping.isIdentity(of: entries.count) { continue }
                guard mapping.count > 0 else {
                    return report.leftOut.append(
                        (place.name, "none of its \(Readable.count(meaning.entries.count)) \(meaning.name) is there"))
                }
                mappings.append((axis, mapping, meaning, named))
            }
        }
        guard let tensor = try source.read(place.name) else { return }
        // of rows that were left out, those before them
        let found = conversion.values(Array(tensor.values.prefix(there.reduce(1, *))), shape: there)
        if conversion != .none { report.converted.append(place.name) }
        report.taken.append((place.name, place.shape))
        guard !mappings.isEmpty else {
            report.elements.taken += found.count
            return values.append((place, found))
        }
        values.append((place, mapped(place, found, shape, mappings.map { ($0.axis, $0.mapping, $0.place) })))
        for (_, mapping, meaning, _) in mappings {
            let of = "\(Readable.count(mapping.count)) of \(Readable.count(meaning.entries.count)) \(meaning.name)"
            report.byName.append("\(place.name): \(of)")
            if mapping.isRescaled { report.rescaled.append("\(place.name) (\(meaning.name))") }
        }
    }

    private func origin(of name: String) -> ForeignNames.Origin? { source.foreign?.origins[name] }

    /// Notes the names that were another library's, and what of its file is not needed.
    mutating func noteForeignNames() throws {
        guard let foreign = source.foreign else { return }
        report.format = foreign.format
        report.renamed = report.taken.compactMap { name, _ in
            foreign.origins[name].map { "\($0.names.joined(separator: " + ")) → \(name)" }
        }
        report.unneeded = foreign.unneeded.map { "\($0.name): \($0.reason)" }
        // GPT-2's output is the table of tokens: a copy of it is no other weight
        for (index, tensor) in report.unused.enumerated().reversed() where tensor.name == "lm_head.weight" {
            guard foreign.origins["tokens.weight"] != nil, let head = try source.read(tensor.name),
                head.values == (try source.read("tokens.weight"))?.values
            else { continue }
            report.unused.remove(at: index)
            report.unneeded.append("lm_head.weight: the same as the tokens, to which the output is tied")
        }
    }

    private func found(_ tensor: String, _ axis: Int, _ meaning: AxisMeaning, extent: Int) throws
        -> TensorMetadata.Found
    {
        do {
            let found = try source.metadata.entries(of: tensor, axis: axis, for: meaning)
            if case .entries(let entries) = found, entries.count != extent {
                throw BadMetadata(key: "entries.\(meaning.name)", expected: "as many as \(tensor) has: \(extent)")
            }
            return found
        } catch var error as BadMetadata {
            error.path = source.description
            throw error
        }
    }

    private func meaning(of tensor: String, _ axis: Int) -> (AxisMeaning, AxisMeaning.Place)? {
        for meaning in meanings {
            for place in meaning.places where place.tensor == tensor && place.axis == axis { return (meaning, place) }
        }
        return nil
    }

    private mutating func noteOtherShape(_ place: PersistentTensor, _ there: [Int]) {
        let fits =
            axes[place.name].map { $0.names.count == there.count && $0.pyTorchShape(of: place.shape) == there } ?? false
        report.otherShape.append((place.name, place.shape, there, fits && layout != .pytorch))
    }

    /// The initial values, with those of the source where every index has one there.
    private mutating func mapped(
        _ place: PersistentTensor, _ found: [Float], _ shape: [Int],
        _ mappings: [(axis: Int, mapping: EntryMapping, place: AxisMeaning.Place)]
    ) -> [Float] {
        var values = Array(UnsafeBufferPointer(place.buffer.elements))
        let strides = LayoutConversion.strides(shape)
        var index = [Int](repeating: 0, count: shape.count)
        for position in values.indices {
            defer { LayoutConversion.advance(&index, place.shape) }
            var offset: Int? = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            var (factor, addend) = (1.0, 0.0)
            var bias: (name: String, shift: Double)?
            for (axis, mapping, named) in mappings {
                let (own, there) = (index[axis], mapping.indices[index[axis]])
                offset = offset.flatMap { before in there.map { before + ($0 - own) * strides[axis] } }
                guard let scale = mapping.scales[own] else { continue }
                factor *= scale.factor
                if let name = named.inputBias { bias = (name, scale.shift) }
                if named.isOutputBias { addend += scale.shift }
            }
            guard let offset else { continue }
            report.elements.taken += 1
            let value = Double(found[offset])
            values[position] = factor == 1 && addend == 0 ? found[offset] : Float(value * factor + addend)
            if let bias, let outputs = place.shape.last {
                shifts[bias.name, default: Array(repeating: 0, count: outputs)][position % outputs] +=
                    value * bias.shift
            }
        }
        return values
    }

    /// Adds to the biases that were taken what another mean of the inputs brings.
    mutating func shiftBiases() {
        for position in values.indices {
            guard let shift = shifts[values[position].place.name] else { continue }
            for (index, value) in shift.enumerated() where index < values[position].values.count {
                values[position].values[index] = Float(Double(values[position].values[index]) + value)
            }
        }
    }
}

/// No weight of the source fits the model.
struct NothingTransferred: Error, CustomStringConvertible {
    let report: TransferReport

    var description: String {
        let reasons = report.rows(longest: 3).dropFirst().map { "\($0.name): \($0.value)" }
        return "no weight could be taken from \(report.source): \(reasons.joined(separator: "; "));"
            + " name a run of a model with layers of the same names and shapes (transfer.from, --init-from)"
    }
}

/// A layout was given for a file that says it itself.
struct LayoutOfOwnFile: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "transfer.layout is pytorch, but \(path) says the layout of its tensors itself; leave transfer.layout at automatic"
    }
}
