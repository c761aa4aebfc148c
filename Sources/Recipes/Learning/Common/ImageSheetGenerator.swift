import Layers
import TensorEngine
import Training

/// Generates images, and writes them as one sheet in PNG, row by row.
struct ImageSheetGenerator: Generator {
    let model: any Parameterized
    /// The recipe, for the error about an option that it has no use for.
    let recipe: String
    let size: ImageSize
    /// So many images with values in 0...1, of the noise of the context's samples.
    let images: (_ count: Int, _ context: ForwardContext) -> Tensor

    func generate(_ request: GenerationRequest, each: (String) -> Void) throws {
        if let option = unusedOption(request) { throw UnusedOption(option: option, recipe: recipe) }
        let count = request.count ?? 64
        guard (1...10_000).contains(count) else { throw WrongImageCount(count: count) }
        let path = request.output ?? "samples.png"
        let sheet = sheet(count, seed: request.seed)
        try sheet.write(to: path)
        each("\(count) \(count == 1 ? "image" : "images") in \(path), \(sheet.columns) in a row")
    }

    private func unusedOption(_ request: GenerationRequest) -> String? {
        if request.prompt != nil { return "--prompt" }
        if request.topK != nil { return "--top-k" }
        return request.temperature == 1 ? nil : "--temperature"
    }

    /// Images for the noise of the numbers 0 to `count` - 1.
    func sheet(_ count: Int, seed: UInt64) -> ImageSheet {
        var sheet = ImageSheet(size, columns: Int(Double(count).squareRoot().rounded(.up)))
        for start in stride(from: 0, to: count, by: 100) {
            let numbers = Array(start..<min(start + 100, count))
            sheet.append(images(numbers.count, .inference(SampleRandomness(seed: seed, step: 0, samples: numbers))))
        }
        return sheet
    }
}

/// An option of `generate` that images have no use for.
struct UnusedOption: Error, CustomStringConvertible {
    let option, recipe: String
    var description: String { "\(option) is not used by \(recipe); it uses --count, --output and --seed" }
}

/// A sheet of so many images is not made.
struct WrongImageCount: Error, CustomStringConvertible {
    let count: Int
    var description: String { "--count must be from 1 to 10000 images, found \(count)" }
}
