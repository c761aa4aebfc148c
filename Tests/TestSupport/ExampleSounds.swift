import Foundation

/// Short tones as WAV files.
public enum ExampleSounds {
    /// A WAV file of 16 bits with one channel.
    public static func wav(_ samples: [Float], rate: Int = 8000) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xff) } }
        let format = number(1, 2) + number(1, 2) + number(rate, 4) + number(2 * rate, 4) + number(2, 2) + number(16, 2)
        let data = samples.flatMap { number(Int(($0 * 32767).rounded()), 2) }
        let chunks =
            Array("WAVEfmt ".utf8) + number(16, 4) + format + Array("data".utf8) + number(data.count, 4) + data
        return Array("RIFF".utf8) + number(chunks.count, 4) + chunks
    }

    /// Writes `count` recordings `low_0.wav`, … of each of three pitches, of different lengths.
    public static func write(to path: String, count: Int = 10) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, pitch) in [("low", 300.0), ("middle", 900), ("high", 2700)] {
            for take in 0..<count {
                let samples = (0..<(700 + 90 * take)).map { index in
                    Float(0.4 * sin(2 * .pi * (pitch + 5 * Double(take)) * Double(index) / 8000))
                }
                try Data(wav(samples)).write(to: URL(filePath: "\(path)/\(name)_\(take).wav"))
            }
        }
    }
}
