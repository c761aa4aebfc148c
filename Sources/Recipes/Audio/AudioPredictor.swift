import Datasets
import Layers
import TensorEngine
import Training

/// Classifies sounds: a row of comma-separated values for each file, with the probability of every class.
struct AudioPredictor: Predictor {
    let network: AudioModel

    var model: any Parameterized { network.model }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        guard request.testSamples.isEmpty, let path = request.input else { throw MissingSound() }
        let names = network.schema.classes
        try lines(under: CSVText.row(["file", "class", "probability"] + names), each) { each in
            for file in try SoundFile.paths(at: path) {
                let batch = try SoundClips(files: [file], network.schema, beginsAtStart: network.takesLengths)
                    .batch(of: [0])
                let rows = try Probabilities(network(batch, .inference()), of: file)
                let (label, values) = (rows.label(0), rows[0])
                each(CSVText.row([file, names[label], "\(values[label])"] + values.map { "\($0)" }))
            }
        }
    }
}

/// No sound was named.
struct MissingSound: Error, CustomStringConvertible {
    let description = "sounds are read from files: name one, or a folder of them"
}
