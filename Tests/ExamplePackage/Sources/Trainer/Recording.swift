import Lockstep

/// The vibration of a bearing over a short time, as a text file holds it:
///
///     # bearing recording
///     speed 1797
///     load 1.5
///     hours_left 120.5
///     samples
///     0.0123
///     -0.0034
///
/// `speed` in revolutions per minute, `load` in kW; `hours_left` is missing where it is to be predicted. One sample a line.
struct Recording {
    static let title = "# bearing recording"

    var speed: Float
    var load: Float
    var hoursLeft: Float?
    var samples: [Float]

    /// Reads the file at `path`, which must have at least `window` samples; those after them are not used.
    init(path: String, window: Int) throws {
        let lines = LineReader(try TextReader(path: path))
        func refusal(_ found: String, _ expected: String) -> DatasetError {
            .unusable(path: "\(path) line \(lines.number)", found: found, expected: expected)
        }
        func number(_ text: Substring) throws -> Float {
            guard let value = Float(text), value.isFinite else {
                throw refusal("\"\(text.prefix(40))\"", "a finite number")
            }
            return value
        }

        let first = try lines.next() ?? ""
        guard first == Self.title else { throw refusal("\"\(first.prefix(40))\"", "\"\(Self.title)\"") }
        var fields: [Substring: Float] = [:]
        while let line = try lines.next(), line != "samples" {
            let parts = line.split(separator: " ")
            guard parts.count == 2, ["speed", "load", "hours_left"].contains(parts[0]), fields[parts[0]] == nil else {
                throw refusal(
                    "\"\(line.prefix(40))\"", "speed, load or hours_left with a number, each once, or samples")
            }
            fields[parts[0]] = try number(parts[1])
        }
        guard let speed = fields["speed"], let load = fields["load"] else {
            throw refusal("only \(fields.count) fields before the samples", "speed and load")
        }
        if let hours = fields["hours_left"], hours < 0 { throw refusal("\(hours) hours left", "0 or more") }
        samples = []
        samples.reserveCapacity(window)
        while samples.count < window, let line = try lines.next() { samples.append(try number(line[...])) }
        guard samples.count == window else {
            throw refusal("the end after \(samples.count) samples", "\(window) of them (model.context)")
        }
        (self.speed, self.load, hoursLeft) = (speed, load, fields["hours_left"])
    }
}
