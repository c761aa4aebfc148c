import Foundation
import TestSupport
import Testing

import Datasets

@Suite("Sound files")
struct SoundFileTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures/sounds"

    /// The signal of reference_audio.py.
    static let signal: [Double] = (0..<900).map { (index: Int) -> Double in
        guard index < 800 else { return 0 }
        let angle = 2 * Double.pi * Double(index) / 8000
        return 0.5 * sin(440 * angle) + 0.25 * sin(1234.5 * angle + 1)
    }

    /// Files, and how far their samples may be from the signal.
    static let files: [(String, Double)] = [
        ("u8.wav", 1.0 / 128), ("16.wav", 1.0 / 32768), ("24.wav", 1e-6), ("32.wav", 1e-6), ("float.wav", 1e-6),
        ("ulaw.wav", 0.02), ("16.flac", 1.0 / 32768), ("24.flac", 1e-6), ("16.aiff", 1.0 / 32768),
        ("stereo.wav", 1.0 / 32768), ("stereo.flac", 1.0 / 32768),
    ]

    @Test(
        "have the samples that libsndfile has written, in each format, with channels averaged",
        arguments: Self.files)
    func formats(name: String, tolerance: Double) throws {
        let sound = try SoundFile(path: Self.fixtures + "/" + name)
        let isStereo = name.hasPrefix("stereo")
        #expect(sound.rate == 8000 && sound.channels == (isStereo ? 2 : 1) && sound.samples.count == 900)
        for (found, expected) in zip(sound.samples, Self.signal) {
            #expect(abs(Double(found) - (isStereo ? expected / 2 : expected)) <= tolerance)
        }
    }

    @Test("that are damaged or cut off are refused in one line, with their names")
    func damaged() throws {
        let folder = try TemporaryFolder()
        func refusal(_ bytes: some Sequence<UInt8>, _ name: String) throws -> String {
            try folder.write(bytes, to: name)
            let text = message { _ = try SoundFile(path: folder(name)) }
            #expect(text.contains(name) && !text.contains("\n"), "\(text)")
            return text
        }
        func fixture(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(filePath: Self.fixtures + "/" + name)))
        }
        #expect(try refusal([], "a.wav").contains("no bytes"))
        #expect(try refusal(Array("RIFF and so on".utf8), "a.wav").contains("WAV or FLAC"))
        #expect(try refusal(Array("a,b\n1,2\n".utf8), "a.wav").contains("WAV or FLAC"))
        let wav = try fixture("16.wav")
        #expect(try refusal(wav.dropLast(100), "b.wav").contains("100 bytes of sound too early"))
        #expect(try refusal(wav.prefix(44), "c.wav").contains("bytes of sound too early"))
        let flac = try fixture("16.flac")
        #expect(try refusal(flac.prefix(flac.count / 2), "d.flac").contains("of 900 samples"))
        #expect(try refusal(wav.prefix(20), "e.wav") != "no error")
        // 0x7fc00000: not a number
        let floats = try fixture("float.wav")
        let data = try #require(floats.indices.first { floats[$0...].starts(with: Array("data".utf8)) })
        var other = floats
        other.replaceSubrange((data + 8 + 40)..<(data + 8 + 44), with: [0, 0, 0xc0, 0x7f])
        #expect(try refusal(other, "f.wav").contains("at sample 10"))
        #expect(message { _ = try SoundFile(path: folder("none.wav")) }.contains("none.wav: No such file"))
        #expect(message { _ = try SoundFile(path: folder.path) }.contains("no file"))
    }

    @Test("of streams, whose header has no length, are read to their end")
    func stream() throws {
        let folder = try TemporaryFolder()
        var wav = Array(try Data(contentsOf: URL(filePath: Self.fixtures + "/16.wav")))
        let data = try #require(wav.indices.first { wav[$0...].starts(with: Array("data".utf8)) })
        wav.replaceSubrange((data + 4)..<(data + 8), with: [0xff, 0xff, 0xff, 0xff])
        try folder.write(wav, to: "a.wav")
        #expect(try SoundFile(path: folder("a.wav")).samples.count == 900)
    }
}

@Suite("Log-mel features")
struct MelSpectrogramTests {
    private let signal = SoundFileTests.signal.map { Float($0) }

    @Test("are librosa's")
    func librosa() {
        let usual = MelSpectrogram(.init(rate: 8000, window: 200, hop: 80, bands: 40))
        let features = usual(signal)
        #expect(features.count == 12 * 40 && usual.format.transformSize == 512)
        let kept = stride(from: 0, to: 12, by: 4).flatMap { features[($0 * 40)..<($0 * 40 + 40)] }
        #expect(kept.count == AudioReferences.usual.count)
        for (found, expected) in zip(kept, AudioReferences.usual) { #expect(abs(found - expected) < 1e-3) }

        let wide = MelSpectrogram(.init(rate: 8000, window: 1000, hop: 300, bands: 16))(signal)
        #expect(wide.count == AudioReferences.wide.count)
        for (found, expected) in zip(wide, AudioReferences.wide) { #expect(abs(found - expected) < 1e-3) }
    }

    @Test("have filters of librosa's weights")
    func filters() {
        let bank = MelFilterBank(rate: 22050, transformSize: 2048, bands: 64)
        #expect(bank.filters.count == 64 && bank.emptyCount == 0)
        for (filter, expected) in zip(bank.filters, AudioReferences.filterSums) {
            #expect(abs(filter.weights.reduce(0, +) - expected) < 2e-5)
        }
        // bins lie 15.6 Hz apart, and the lowest of so many bands are 11.7 Hz wide
        #expect(MelFilterBank(rate: 8000, transformSize: 512, bands: 400).emptyCount > 0)
    }

    @Test("of silence are the floor, and of a single sample one frame")
    func extremes() {
        let spectrogram = MelSpectrogram(.init(rate: 8000, window: 200, hop: 80, bands: 40))
        #expect(spectrogram([Float](repeating: 0, count: 160)) == [Float](repeating: -100, count: 3 * 40))
        #expect(spectrogram([1]).count == 40)
        #expect(spectrogram([]).count == 40)
    }
}
