import Datasets
import Foundation
import Layers
import TensorEngine
import Training

/// Generates images, and writes them as one sheet in PNG, row by row.
struct ImageSheetGenerator: Generator {
    let networks: AdversarialNetworks

    var model: any Parameterized { networks }

    func generate(_ request: GenerationRequest, each: (String) -> Void) throws {
        if let option = unusedOption(request) { throw UnusedOption(option: option) }
        let count = request.count ?? 64
        guard (1...10_000).contains(count) else { throw WrongImageCount(count: count) }
        let path = request.output ?? "samples.png"
        let sheet = sheet(count, seed: request.seed)
        do {
            try sheet.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw UnwritableSheet(path: path, reason: (error as NSError).localizedFailureReason ?? "the system refused")
        }
        each("\(count) images in \(path), \(columns(count)) in a row")
    }

    private func unusedOption(_ request: GenerationRequest) -> String? {
        if request.prompt != nil { return "--prompt" }
        if request.topK != nil { return "--top-k" }
        return request.temperature == 1 ? nil : "--temperature"
    }

    private func columns(_ count: Int) -> Int { Int(Double(count).squareRoot().rounded(.up)) }

    /// Images for the noise of the numbers 0 to `count` - 1, with a frame of one pixel around each.
    func sheet(_ count: Int, seed: UInt64) -> Data {
        let columns = columns(count)
        let (width, height) = (columns * 29 + 1, ((count - 1) / columns + 1) * 29 + 1)
        var pixels = [UInt8](repeating: 255, count: width * height)
        for start in stride(from: 0, to: count, by: 100) {
            let numbers = Array(start..<min(start + 100, count))
            let context = ForwardContext.inference(SampleRandomness(seed: seed, step: 0, samples: numbers))
            let values = networks.images(numbers.count, context).values
            for (index, number) in numbers.enumerated() {
                let corner = (number / columns * 29 + 1) * width + number % columns * 29 + 1
                for pixel in 0..<784 {
                    // -1 is the ground, which is white on the sheet
                    let dark = min(max((values[index * 784 + pixel] + 1) * 127.5, 0), 255)
                    pixels[corner + pixel / 28 * width + pixel % 28] = 255 - UInt8(dark.rounded())
                }
            }
        }
        return PNGFile.encode(pixels, width: width, height: height)
    }
}

/// An option of `generate` that images have no use for.
struct UnusedOption: Error, CustomStringConvertible {
    let option: String
    var description: String { "\(option) is not used by fashion-gan; it uses --count, --output and --seed" }
}

/// A sheet of so many images is not made.
struct WrongImageCount: Error, CustomStringConvertible {
    let count: Int
    var description: String { "--count must be from 1 to 10000 images, found \(count)" }
}

/// The sheet cannot be written.
struct UnwritableSheet: Error, CustomStringConvertible {
    let path, reason: String
    var description: String { "cannot write \(path): \(reason); name another file (--output FILE.png)" }
}
