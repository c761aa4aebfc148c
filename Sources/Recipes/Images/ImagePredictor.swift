import Datasets
import Layers
import TensorEngine
import Training

/// Classifies images: a row of comma-separated values for each, with the probability of every class.
struct ImagePredictor: RowPredictor {
    let network: FashionMNISTNetwork
    let schema: ImageSchema
    let directory: String?

    var model: any Parameterized { network.model }

    var predicted: PredictedNumbers { .classes(schema.classes.names) }
    let inputName = "image"

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let names = schema.classes.names
        try lines(under: CSVText.row([inputName, "class", "probability"] + names), each) { each in
            try forEach(request) { number, label, values in
                each(CSVText.row(["\(number)", names[label], "\(values[label])"] + values.map { "\($0)" }))
            }
        }
    }

    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        try forEach(request) { number, _, values in try each("\(number)", values.map { Double($0) }) }
    }

    /// The number of each image, its likeliest class and the probabilities of all.
    private func forEach(_ request: PredictionRequest, _ body: (Int, Int, [Float]) throws -> Void) throws {
        let (images, numbers) = try request.images(
            height: schema.height, width: schema.width, layout: network.layout, directory: directory)
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let block = Array(numbers[start..<min(start + 500, numbers.count)])
            let rows = try Probabilities(network.model(images.batch(of: block).inputs), of: "image \(block[0])")
            for (place, number) in block.enumerated() { try body(number, rows.label(place), rows[place]) }
        }
    }
}

/// The probabilities that logits [n, classes] stand for.
struct Probabilities {
    private let values: [Float]
    private let labels: [Int]
    private let classes: Int

    /// Throws unless all logits are finite; `first` is what the error calls the first row.
    init(_ logits: Tensor, of first: String) throws {
        (values, classes) = (logits.softmax().values, logits.shape[1])
        let (numbers, classes) = (logits.values, classes)
        for (index, number) in numbers.enumerated() where !(number < .infinity) {
            throw NonFiniteOutput(first: first, row: index / classes, value: number)
        }
        // by the logits: probabilities near 1 are rounded to equal ones
        labels = (0..<logits.shape[0]).map { row in
            let row = numbers[(row * classes)..<((row + 1) * classes)]
            return row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 } - row.startIndex
        }
    }

    /// Those of a row.
    subscript(row: Int) -> [Float] { Array(values[(row * classes)..<((row + 1) * classes)]) }

    /// The likeliest class of a row; of equal ones the first.
    func label(_ row: Int) -> Int { labels[row] }
}

/// A model's outputs are not finite, though its weights are.
struct NonFiniteOutput: Error, CustomStringConvertible {
    let first: String
    let row: Int
    let value: Float
    var description: String {
        "cannot predict: found the output \(value) \(row == 0 ? "for" : "in row \(row) after") \(first), expected finite ones; its input is too large for the model's weights"
    }
}
