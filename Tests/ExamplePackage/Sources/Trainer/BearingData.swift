import Lockstep

/// Some recordings of a folder as a data set.
struct BearingData: Dataset {
    /// Recordings together, as the network takes them.
    struct Batch: Sendable {
        /// [n, window, 1], in units of the training data's deviation.
        var vibrations: Tensor
        /// Speed and load [n, 2], with mean 0 and deviation 1 over the training data.
        var conditions: Tensor
        /// The hours left [n], in the file's unit.
        var hours: [Float]
    }

    let recordings: Recordings
    /// The numbers of the recordings that belong to it.
    let members: [Int]
    let window: Int
    let scales: Scales

    var count: Int { members.count }

    func batch(of samples: [Int]) throws -> Batch {
        let numbers = samples.map { members[$0] }
        let vibrations = Tensor(shape: [numbers.count, window, 1]) { values in
            for (row, number) in numbers.enumerated() {
                for place in 0..<window {
                    values[row * window + place] =
                        (recordings.samples[number * window + place] - scales.vibration.mean)
                        / scales.vibration.deviation
                }
            }
        }
        let notes = recordings.notes
        let conditions = numbers.flatMap { number in
            [
                (notes.speeds[number] - scales.speed.mean) / scales.speed.deviation,
                (notes.loads[number] - scales.load.mean) / scales.load.deviation,
            ]
        }
        return Batch(
            vibrations: vibrations, conditions: Tensor(conditions, shape: [numbers.count, 2]),
            hours: numbers.map { notes.hours[$0] })
    }

    /// Of everything that was read: a run is not resumed on other recordings.
    var checksum: UInt32? {
        var checksum = DataChecksum()
        for numbers in [recordings.notes.speeds, recordings.notes.loads, recordings.notes.hours] {
            numbers.withUnsafeBytes { checksum.append($0) }
        }
        checksum.append(recordings.samples.bytes)
        return checksum.value
    }
}

/// Mean and deviation of what the network sees, over the training data; saved with the run.
struct Scales: Codable, Sendable {
    struct Scale: Codable, Sendable {
        var mean: Float
        var deviation: Float

        init(_ values: some Collection<Float>) {
            let count = Double(max(1, values.count))
            let mean = values.reduce(0.0) { $0 + Double($1) } / count
            let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
            self.mean = Float(mean)
            deviation = variance > 0 ? Float(variance.squareRoot()) : 1
        }
    }

    let vibration, speed, load, hours: Scale

    /// Those of the recordings of these numbers.
    init(_ recordings: Recordings, members: [Int], window: Int) {
        vibration = Scale(members.flatMap { recordings.samples[($0 * window)..<(($0 + 1) * window)] })
        speed = Scale(members.map { recordings.notes.speeds[$0] })
        load = Scale(members.map { recordings.notes.loads[$0] })
        hours = Scale(members.map { recordings.notes.hours[$0] })
    }
}
