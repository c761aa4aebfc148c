import Datasets
import Explanations
import Export
import Foundation
import Layers
import Messages
import RunRecords
import TensorEngine
import Training

/// Prints explanations, and writes their pictures and arrays.
struct ExplanationReport {
    let explainer: Explainer
    let outputNames: [String]
    let directory: String
    let writesArrays: Bool

    /// The number of the output that was asked for by name or number; nil: of the largest one.
    func target(_ text: String?, of outputs: [Float]) throws -> Int {
        guard let text else { return outputs.indices.reduce(0) { outputs[$1] > outputs[$0] ? $1 : $0 } }
        if let named = outputNames.firstIndex(of: text) { return named }
        guard let number = Int(text) else { throw NoSuchOutput(name: text, known: outputNames) }
        guard outputs.indices.contains(number) else {
            throw ExplanationError.noOutput(number, count: outputs.count)
        }
        return number
    }

    /// What is explained, in a line.
    func header(_ sample: ExplainedSample, _ outputs: [Float], _ target: Int) -> String {
        let name = outputNames.indices.contains(target) ? outputNames[target] : "output \(target)"
        let probability =
            outputs.count > 1 ? ", probability \(Self.text(Tensor(outputs).softmax().values[target]))" : ""
        return "\(sample.name): \(name), output \(Self.text(outputs[target]))\(probability)"
    }

    /// Prints or writes the contributions by one method.
    func explain(
        _ sample: ExplainedSample, _ method: ExplanationMethod, _ attribution: AttributionMethod, target: Int
    ) throws {
        let found = try explainer.attribution(attribution, of: target, for: sample.arguments)
        var title = "  \(method.rawValue): sum \(Self.text(found.sum))"
        if let expected = found.expectedSum { title += " of \(Self.text(expected))" }
        switch sample.parts {
        case .image(let height, let width, let channels):
            let file = "\(directory)/\(Self.fileName(sample.name))-\(method.rawValue).png"
            let isMap = found.values.shape.count == height * width
            let values = found.values.reshaped(to: [1, height, width, isMap ? 1 : channels])
            let picture = sample.arguments[0].tensor.reshaped(to: [1, height, width, channels])
            try write(picture, HeatMap(values, over: picture).pixels, to: file)
            Terminal.show("\(title)  \(file)")
        case .named(let parts):
            Terminal.show(title)
            for line in Self.table(parts, found.values.values) { Terminal.show(line) }
        }
        if writesArrays {
            try write(found.values, to: "\(directory)/\(Self.fileName(sample.name))-\(method.rawValue).npy")
        }
    }

    /// Writes an image that an output, or a channel of a layer, answers most, of pixels in the range of the sample's.
    func maximize(
        _ sample: ExplainedSample, target: Int, layer: String?, _ search: ActivationMaximization
    ) throws {
        guard case .image(let height, let width, let channels) = sample.parts else { throw NothingToDraw() }
        var search = search
        let own = sample.arguments[0].tensor.values
        (search.image, search.range) = ((height, width), (own.min() ?? 0)...(own.max() ?? 0))
        let (input, value) = try explainer.maximizer(
            of: target, layer: layer, like: sample.arguments, search)
        let picture = input.reshaped(to: [1, height, width, channels])
        let file = "\(directory)/\(layer.map { "\($0)-" } ?? "")\(target)-activation-maximization.png"
        try write(picture, nil, to: file)
        Terminal.show("  activation-maximization: value \(Self.text(value))  \(file)")
    }

    /// Writes the activations of a layer for a sample.
    func writeActivations(of layer: String, _ sample: ExplainedSample) throws {
        let values = try explainer.activations(of: layer, sample.arguments)
        let file = "\(directory)/\(Self.fileName(sample.name))-\(Self.fileName(layer)).npy"
        try write(values, to: file)
        Terminal.show("  \(layer) (\(values.shape.sizes.listed()))  \(file)")
    }

    private func write(_ tensor: Tensor, to file: String) throws {
        var array = NumPyFile(.float32, shape: tensor.shape.sizes)
        array.append(tensor.values.lazy.map { Double($0) })
        try write(array.bytes, to: file)
    }

    /// The picture, and beside it a heat map of its size, enlarged to 224 pixels or more.
    private func write(_ picture: Tensor, _ map: [UInt8]?, to file: String) throws {
        let (height, width) = (picture.shape[1], picture.shape[2])
        let zoom = max(1, (224 + max(height, width) - 1) / max(height, width))
        let panels = [HeatMap.pixels(of: picture)] + (map.map { [$0] } ?? [])
        let gap = panels.count > 1 ? 4 : 0
        let across = panels.count * width * zoom + gap
        var pixels = [UInt8](repeating: 255, count: across * height * zoom * 3)
        for (number, panel) in panels.enumerated() {
            let left = number * (width * zoom + gap)
            for row in 0..<(height * zoom) {
                for column in 0..<(width * zoom) {
                    let source = ((row / zoom) * width + column / zoom) * 3
                    let target = (row * across + left + column) * 3
                    for color in 0..<3 { pixels[target + color] = panel[source + color] }
                }
            }
        }
        try write([UInt8](PNGFile.encode(pixels, width: across, height: height * zoom, channels: 3)), to: file)
    }

    private func write(_ bytes: [UInt8], to file: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw UnwritableExplanation(
                path: directory, reason: (error as NSError).localizedFailureReason ?? "the system refused")
        }
        try Exporter.write(bytes, to: file)
    }

    /// A line for each part: name, value and contribution, with a bar.
    private static func table(_ parts: [ExplainedSample.Part], _ values: [Float]) -> [String] {
        let sums = parts.map { values[$0.elements].reduce(0, +) }
        let largest = sums.map { abs($0) }.max() ?? 0
        func width(_ texts: [String]) -> Int { min(40, texts.map(\.count).max() ?? 0) }
        let (names, shown) = (width(parts.map(\.name)), width(parts.map(\.value)))
        return zip(parts, sums).map { part, sum in
            let bar = largest > 0 ? Int((abs(sum) / largest * 20).rounded()) : 0
            let sign = sum < 0 ? "-" : "+"
            return
                "    \(padded(part.name, names))  \(padded(part.value, shown))  \(padded(text(sum), 12))  \(String(repeating: sign, count: bar))"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func text(_ value: Float) -> String { Readable.significant(Double(value)) }

    /// The last part of a path without its ending, in characters that a file name can have.
    private static func fileName(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return String(last.map { $0.isLetter || $0.isNumber || "-_.#".contains($0) ? $0 : "_" }.prefix(100))
    }
}

/// No output has this name.
private struct NoSuchOutput: Error, CustomStringConvertible {
    let name: String
    let known: [String]
    var description: String {
        known.isEmpty
            ? "the model's outputs have no names, and --target \(name) is no number"
            : "the model has no output \"\(name)\"; it has: \(known.listed(limit: 20))"
    }
}

/// Activation maximization of an input that is no image.
private struct NothingToDraw: Error, CustomStringConvertible {
    var description: String {
        "activation-maximization draws an image, and this model's inputs are none; choose another --method"
    }
}

/// The directory cannot be made.
private struct UnwritableExplanation: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write to \(path): \(reason); name another directory (--output)" }
}
