import Checkpoints
import Foundation
import TensorEngine

/// What the file of a model says of its tensors: the layout of each, and what the entries along its axes stand for.
///
/// | key | value |
/// | --- | --- |
/// | `layout.TENSOR` | the axes, outermost first, row-major: `[inputs, outputs]` |
/// | `meaning.TENSOR.AXIS` | the name of a list of entries, such as `classes` |
/// | `entries.NAME` | that list, in JSON |
/// | `standardization.NAME` | the mean and deviation of each entry, or null, in JSON |
struct TensorMetadata {
    private let texts: [String: String]

    /// Of more entries only a digest is written: headers have a limit of 100 MB.
    static let mostEntryBytes = 16_000_000

    /// What a file says.
    init(_ texts: [String: String]) { self.texts = texts }

    /// The keys and values for a model and the meanings that its task states.
    static func texts(_ arena: ParameterArena, _ meanings: [AxisMeaning]) -> [String: String] {
        var texts: [String: String] = [:]
        let axes = arena.axes
        for slice in arena.slices { texts[layoutKey(slice.name)] = layout(axes[slice.name], rank: slice.shape.rank) }
        for meaning in meanings {
            for place in meaning.places { texts["meaning.\(place.tensor).\(place.axis)"] = meaning.name }
            let list = entriesText(meaning)
            texts["entries.\(meaning.name)"] = list.utf8.count <= mostEntryBytes ? list : digest(list)
            let scales = meaning.entries.map(\.standardization)
            if scales.contains(where: { $0 != nil }) {
                texts["standardization.\(meaning.name)"] = json(scales.map { $0.map { [$0.mean, $0.deviation] } })
            }
        }
        return texts
    }

    private static func layoutKey(_ tensor: String) -> String { "layout.\(tensor)" }

    /// The layout as text; where nobody has named the axes, their numbers.
    static func layout(_ axes: ParameterAxes?, rank: Int) -> String {
        axes?.text ?? "[\((0..<rank).map { "axis \($0)" }.joined(separator: ", "))]"
    }

    private static func entriesText(_ meaning: AxisMeaning) -> String { json(meaning.entries.map(\.name)) }

    private static func digest(_ text: String) -> String {
        "fnv1a \(String(text.fnv1a, radix: 16)) of \(text.utf8.count)"
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        // numbers are finite and texts are Unicode: it cannot fail
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    /// The same, of tensors with other names.
    func renamed(_ newNames: [String: String]) -> TensorMetadata {
        var texts = texts
        for (old, new) in newNames {
            for key in texts.keys {
                for prefix in ["layout.", "meaning."] where key == prefix + old || key.hasPrefix(prefix + old + ".") {
                    texts[prefix + new + key.dropFirst(prefix.count + old.count)] = texts.removeValue(forKey: key)
                }
            }
        }
        return TensorMetadata(texts)
    }

    /// Whether the file says that PyTorch wrote it.
    var isOfPyTorch: Bool { texts["format"] == "pt" }

    /// What the file says of the layout of a tensor; nil: nothing.
    func layout(of tensor: String) -> String? { texts[Self.layoutKey(tensor)] }

    /// What the file says of the entries along an axis.
    enum Found: Equatable {
        /// Nothing.
        case nothing
        /// They are of another kind.
        case otherName(String)
        /// As many, with the same names, that were not written one by one.
        case equal
        /// Too many to be written one by one, and not the same.
        case other
        case entries([AxisMeaning.Entry])
    }

    /// What the file says of the axis that this run has for `meaning`.
    func entries(of tensor: String, axis: Int, for meaning: AxisMeaning) throws -> Found {
        guard let name = texts["meaning.\(tensor).\(axis)"] else { return .nothing }
        guard name == meaning.name else { return .otherName(name) }
        guard let list = texts["entries.\(name)"] else { return .nothing }
        if list.hasPrefix("fnv1a ") { return list == Self.digest(Self.entriesText(meaning)) ? .equal : .other }
        guard let names = try? JSONDecoder().decode([String].self, from: Data(list.utf8)) else {
            throw BadMetadata(key: "entries.\(name)", expected: "a list of texts in JSON")
        }
        guard let text = texts["standardization.\(name)"] else { return .entries(names.map { AxisMeaning.Entry($0) }) }
        let scales = try? JSONDecoder().decode([[Double]?].self, from: Data(text.utf8))
        guard let scales, scales.count == names.count,
            scales.allSatisfy({ $0.map { $0.count == 2 && $0[0].isFinite && $0[1] > 0 && $0[1].isFinite } ?? true })
        else {
            throw BadMetadata(
                key: "standardization.\(name)", expected: "a mean and a deviation, or null, for each entry in JSON")
        }
        return .entries(
            zip(names, scales).map { name, scale in
                AxisMeaning.Entry(name, scale.map { .init(mean: $0[0], deviation: $0[1]) })
            })
    }
}

/// The metadata of a file of weights don't say what they should.
struct BadMetadata: Error, CustomStringConvertible {
    var path = ""
    let key, expected: String
    var description: String {
        "cannot use the weights of \(path): found metadata \(key) that are no such, expected \(expected); take another file, or leave the tensor out (transfer.skip)"
    }
}
