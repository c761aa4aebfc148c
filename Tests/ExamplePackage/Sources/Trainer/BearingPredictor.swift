import Foundation
import Lockstep

/// Estimates the hours left of new recordings.
struct BearingPredictor: Predictor {
    let network: BearingNetwork
    let scales: Scales
    let window: Int

    var model: any Parameterized { network }

    /// A line per recording: its name, the hours left and their standard deviation, with tabs between them.
    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        guard let path = request.input else { throw NoInput() }
        let recordings = try Recordings(path: path, window: window, labeled: false)
        let data = BearingData(
            recordings: recordings, members: Array(0..<recordings.count), window: window, scales: scales)
        for number in 0..<recordings.count {
            let batch = try data.batch(of: [number])
            let outputs = network(batch.vibrations, batch.conditions, .inference())
            for estimate in RemainingLife.all(outputs, scales) {
                each(
                    String(
                        format: "%@\t%.2f\t%.2f", recordings.notes.names[number], estimate.hours, estimate.deviation))
            }
        }
    }
}

/// An estimate in hours.
struct RemainingLife {
    var hours, deviation: Double

    /// What the network's outputs [n, 1] mean in hours.
    static func all(_ outputs: (mean: Tensor, logVariance: Tensor), _ scales: Scales) -> [RemainingLife] {
        let scale = (mean: Double(scales.hours.mean), deviation: Double(scales.hours.deviation))
        return zip(outputs.mean.values, outputs.logVariance.values).map { mean, logVariance in
            RemainingLife(
                hours: scale.mean + Double(mean) * scale.deviation,
                deviation: exp(Double(logVariance) / 2) * scale.deviation)
        }
    }
}

/// No recording was named.
private struct NoInput: Error, CustomStringConvertible {
    var description: String { "name the recordings to predict: a folder, or one file" }
}
