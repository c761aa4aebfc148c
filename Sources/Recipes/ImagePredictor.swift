import Datasets
import Layers
import TensorEngine
import Training

/// Classifies images of clothing: a row of comma-separated values for each, with the probability of every class.
struct ImagePredictor: Predictor {
    let network: FashionMNISTNetwork
    let directory: String?

    var model: any Module { network.model }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let images: LabelledImages
        let numbers: [Int]
        if request.testSamples.isEmpty {
            guard let path = request.input else { throw MissingImages() }
            images = try FashionMNIST.images(path, layout: network.layout)
            numbers = Array(0..<images.count)
        } else {
            images = try FashionMNIST.load(from: directory, part: .test, layout: network.layout)
            numbers = request.testSamples
            for number in numbers where !(0..<images.count).contains(number) {
                throw NoSuchImage(number: number, count: images.count)
            }
        }
        let names = FashionMNIST.classNames
        each(CSVText.row(["image", "class", "probability"] + names))
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let block = Array(numbers[start..<min(start + 500, numbers.count)])
            let rows = Probabilities(model(images.batch(of: block).inputs))
            for (place, number) in block.enumerated() {
                let (label, values) = (rows.label(place), rows[place])
                each(CSVText.row(["\(number)", names[label], "\(values[label])"] + values.map { "\($0)" }))
            }
        }
    }
}

/// The probabilities that logits [n, classes] stand for.
struct Probabilities {
    private let values: [Float]
    private let classes: Int

    init(_ logits: Tensor) { (values, classes) = (logits.softmax().values, logits.shape[1]) }

    /// Those of a row.
    subscript(row: Int) -> [Float] { Array(values[(row * classes)..<((row + 1) * classes)]) }

    /// The likeliest class of a row; of equal ones the first.
    func label(_ row: Int) -> Int {
        let row = self[row]
        return row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    }
}

/// No image was named.
struct MissingImages: Error, CustomStringConvertible {
    var description: String {
        "images are read from a file in the IDX format: name one, or give numbers of test images (--index N)"
    }
}

/// There is no test image of this number.
struct NoSuchImage: Error, CustomStringConvertible {
    let number, count: Int
    var description: String { "there is no test image \(number); they are numbered from 0 to \(count - 1)" }
}
