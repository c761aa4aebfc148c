import Datasets
import Layers
import TensorEngine
import Training

/// Classifies sounds: a row of comma-separated values for each file, with the probability of every class.
struct AudioPredictor: RowPredictor {
    let network: AudioModel

    var model: any Parameterized { network.model }

    var predicted: PredictedNumbers { .classes(network.schema.classes) }
    let inputName = "file"

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let names = network.schema.classes
        try lines(under: CSVText.row([inputName, "class", "probability"] + names), each) { each in
            try forEach(request) { file, label, values in
                each(CSVText.row([file, names[label], "\(values[label])"] + values.map { "\($0)" }))
            }
        }
    }

    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        try forEach(request) { file, _, values in try each(file, values.map { Double($0) }) }
    }

    /// The path of each file, its likeliest class and the probabilities of all.
    private func forEach(_ request: PredictionRequest, _ body: (String, Int, [Float]) throws -> Void) throws {
        guard request.testSamples.isEmpty, let path = request.input else { throw MissingSound() }
        for file in try SoundFile.paths(at: path) {
            let batch = try SoundClips(files: [file], network.schema, beginsAtStart: network.takesLengths)
                .batch(of: [0])
            let rows = try Probabilities(network(batch, .inference()), of: file)
            try body(file, rows.label(0), rows[0])
        }
    }
}

/// No sound was named.
struct MissingSound: Error, CustomStringConvertible {
    let description = "sounds are read from files: name one, or a folder of them"
}
