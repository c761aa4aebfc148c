import Datasets
import TestSupport
import Testing

@Suite("Names of files that say classes")
struct FileNamingTests {
    private func label(_ pattern: String, _ name: String) -> String? {
        FileNaming(pattern: pattern, test: nil)?.label(of: name)
    }

    @Test("give the label as the pattern says, each wildcard as short as possible")
    func labels() {
        #expect(label("{label}_{speaker}_{take}", "7_jackson_32.wav") == "7")
        #expect(label("{label}_*", "yes_no_1.wav") == "yes")
        #expect(label("*_{label}", "a_b_c.flac") == "b_c")
        #expect(label("{take}-{label}", "12-größe.wav") == "größe")
        #expect(label("{label}", "a.b.wav") == "a.b")
        #expect(label("{label}*", "xyz.wav") == "x")
        #expect(label("rec{label}", "rec.wav") == nil)
        #expect(label("{label}_*", "none.wav") == nil)
        #expect(label("x{label}", "y1.wav") == nil)
    }

    @Test("need the label once")
    func patterns() {
        for pattern in ["", "*", "{take}", "{label}{label}", "{label", "label}", "{label}_}"] {
            #expect(FileNaming(pattern: pattern, test: nil) == nil, "\(pattern)")
        }
    }

    @Test("put files into parts; what does not fit stops with its name")
    func files() throws {
        let folder = try TemporaryFolder()
        for name in ["b_0.wav", "a_0.wav", "a_10.wav", "a_2.wav", "notes.txt"] { try folder.write([1], to: name) }
        func files(_ pattern: String, _ test: String?) throws -> LabeledFiles {
            try LabeledFiles(
                path: folder.path, kind: .sound, naming: FileNaming(pattern: pattern, test: test))
        }
        let all = try files("{label}_*", "*_0.wav")
        #expect(all.classes == ["a"] && all.range(of: .training) == 0..<2 && all.range(of: .test) == 2..<4)
        #expect((0..<4).map(all.label) == [0, 0, 0, -1])
        #expect(all.path(0) == folder("a_2.wav") && all.path(1) == folder("a_10.wav"))
        #expect(try files("{label}_*", nil).classes == ["a", "b"])
        #expect(message { _ = try files("{label}-*", nil) }.contains("a_0.wav: found a name that does not fit"))
        #expect(message { _ = try files("{label}_*", "*_7.wav") }.contains("*_7.wav"))
    }
}
