import Datasets
import Layers
import TensorEngine
import Training

/// Predicts a column of a table: writes its rows as they are, and a prediction behind each.
struct TablePredictor: RowPredictor {
    let table: TableModel
    let format: TableFormat

    var model: any Parameterized { table.model }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let schema = table.schema
        let inputs = try TableInputs(path: request.path, format, schema: schema)
        let separator = String(UnicodeScalar(inputs.separator))
        func line(_ texts: [String]) -> String {
            (texts.prefix(1) + texts.dropFirst().map { CSVText.field($0, separator: inputs.separator) })
                .joined(separator: separator)
        }
        guard let header = inputs.header else {
            return try predict(inputs, line, each)
        }
        let names = [CSVText.row(header, separator: inputs.separator), "predicted_" + schema.targetName]
        let isClass = if case .classes = schema.target { true } else { false }
        try lines(under: line(names + (isClass ? ["probability"] : [])), each) { try predict(inputs, line, $0) }
    }

    private func predict(_ inputs: TableInputs, _ line: ([String]) -> String, _ each: (String) -> Void) throws {
        let schema = table.schema
        var done = 0
        while let (texts, rows) = try inputs.next(500) {
            defer { done += texts.count }
            let outputs = table.model(rows.batch(of: Array(0..<rows.count)).inputs)
            switch schema.target {
            case .number(let mean, let deviation):
                let number = PredictedNumber(deviation: deviation, decimal: format.decimal)
                for (text, value) in zip(texts, outputs.values) {
                    each(line([text, number.text(mean + Double(value) * deviation)]))
                }
            case .classes(let names):
                let probabilities = try Probabilities(outputs, of: "row \(done + 1)")
                for (row, text) in texts.enumerated() {
                    let label = probabilities.label(row)
                    let probability = "\(probabilities[row][label])"
                    each(line([text, names[label], decimal(probability)]))
                }
            }
        }
        for note in inputs.lines { RunWarning.note(note) }
    }

    var predicted: PredictedNumbers {
        switch table.schema.target {
        case .number: .numbers(["predicted_" + table.schema.targetName])
        case .classes(let names): .classes(names)
        }
    }
    var inputName: String { "row" }

    /// Rows are called by their numbers, from 1.
    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        let inputs = try TableInputs(path: request.path, format, schema: table.schema)
        var done = 0
        while let (texts, rows) = try inputs.next(500) {
            let outputs = table.model(rows.batch(of: Array(0..<rows.count)).inputs)
            switch table.schema.target {
            case .number(let mean, let deviation):
                for (row, value) in outputs.values.enumerated() {
                    try each("\(done + row + 1)", [mean + Double(value) * deviation])
                }
            case .classes:
                let probabilities = try Probabilities(outputs, of: "row \(done + 1)")
                for row in texts.indices { try each("\(done + row + 1)", probabilities[row].map { Double($0) }) }
            }
            done += texts.count
        }
    }

    private func decimal(_ text: String) -> String {
        format.decimal == UInt8(ascii: ".") ? text : text.replacing(".", with: String(UnicodeScalar(format.decimal)))
    }
}
