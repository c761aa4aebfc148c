extension MetricsRecord {
    /// What TensorBoard shows of the record: step, and values by tag; nil where it shows nothing.
    ///
    /// `train/…` holds losses, metrics, learning rate and gradient norm of the steps, `test/…` the scores of
    /// evaluations, `time/…` samples per second and the milliseconds of each phase of a step.
    var summary: (step: Int, values: [SummaryValue])? {
        switch self {
        case .step(let report): (report.step, report.summary)
        case .evaluation(let report):
            (report.step, Self.scalars("test", report.values) + Self.scalars("test", ["gap": report.gap]))
        case .diagnosis(let report):
            (
                report.step,
                report.layers.flatMap { layer in
                    [
                        SummaryValue("gradient_norm/\(layer.name)", .scalar(layer.gradientNorm)),
                        SummaryValue("weight_norm/\(layer.name)", .scalar(layer.weightNorm)),
                        SummaryValue("update_norm/\(layer.name)", .scalar(layer.updateNorm)),
                    ]
                }
            )
        case .checkpoint, .skip, .resume, .interruption, .summary: nil
        }
    }

    /// Those of `numbers` that there are, by name.
    fileprivate static func scalars(_ group: String, _ numbers: [String: Double?]) -> [SummaryValue] {
        numbers.sorted { $0.key < $1.key }.compactMap { name, number in
            number.map { SummaryValue("\(group)/\(name)", .scalar($0)) }
        }
    }
}

extension StepReport {
    fileprivate var summary: [SummaryValue] {
        let losses: [String: Double?] = [
            "loss": loss, "learning_rate": learningRate, "gradient_norm": gradientNorm,
        ]
        let times: [String: Double?] = [
            "samples_per_second": samplesPerSecond, "data_ms": dataMilliseconds, "forward_ms": forwardMilliseconds,
            "backward_ms": backwardMilliseconds, "packing_ms": packingMilliseconds,
            "exposed_communication_ms": exposedCommunicationMilliseconds,
            "hidden_communication_ms": hiddenCommunicationMilliseconds, "optimizer_ms": optimizerMilliseconds,
        ]
        return MetricsRecord.scalars("train", losses) + MetricsRecord.scalars("train", metrics)
            + MetricsRecord.scalars("time", times)
    }
}
