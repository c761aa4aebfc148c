import Datasets
import TensorEngine
import Training

/// Encodes images: a row of comma-separated values for each, its number and its code.
struct CodePredictor: Predictor {
    let network: Autoencoder
    let directory: String?

    var model: any Parameterized { network }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let (images, numbers) = try request.images(
            height: network.size.height, width: network.size.width, layout: .vectors, scale: .unit,
            directory: directory)
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let block = Array(numbers[start..<min(start + 500, numbers.count)])
            let codes = network.codes(images.batch(of: block).inputs)
            let (values, length) = (codes.values, codes.shape[1])
            if start == 0 { each((["image"] + (0..<length).map { "code_\($0)" }).joined(separator: ",")) }
            for (row, number) in block.enumerated() {
                each(
                    ([String(number)] + values[row * length..<(row + 1) * length].map { "\($0)" }).joined(
                        separator: ","))
            }
        }
    }
}
