import Foundation
import Testing
import Recipes
import Settings
import Training
import TestSupport

@Suite("A settings file that takes work out of proportion")
struct HostileSettingsTests {
    private func line(_ text: String) -> String { message { _ = try SettingsFile(text: text, name: "a.yaml", schema) } }

    /// Each level has nine aliases of the one before: 9¹² copies in some 400 bytes.
    private static func bomb(_ last: String) -> String {
        let letters = Array("abcdefghijkl")
        var text = "recipe: csv\na: &a [x, x]\n"
        for (before, now) in zip(letters, letters.dropFirst()) {
            text += "\(now): &\(now) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ", ") + "]\n"
        }
        return text + last
    }

    @Test(
        "is refused: aliases that make copies of copies, as values and as keys",
        arguments: ["z: *l\n", "? *l\n: 1\n", "{*l : 1}\n"])
    func aliases(last: String) {
        #expect(line(Self.bomb(last)).hasPrefix("a.yaml line 2: found an anchor (&)"))
    }

    @Test(
        "is refused wherever an anchor may stand",
        arguments: [
            "a: &b c", "a: [&b c]", "a: [1,&b c]", "a: {x:&b c}", "&b c: 1", "- &b c", "? &b c", "a: !!str &b c",
            "a: \"\n &b c\"", "a: |\n  \"\nb: &b c\n", "a: [x\n \"y, &b z\"]",
        ])
    func anchors(text: String) { #expect(line("recipe: csv\n" + text).contains("found an anchor (&)")) }

    @Test("is read where an ampersand is part of a word, or stands alone")
    func ampersands() throws {
        let text = "recipe: csv  # R & D\ndata.path: a&b/c & d\n"
        #expect(try SettingsFile(text: text, name: "a.yaml", schema).overrides.last?.value == "a&b/c & d")
    }

    @Test("is refused for its nesting, not recursed into")
    func nesting() {
        let count = 100_000
        for open in ["[", "{a: ", "- ", "? "] {
            #expect(line("recipe:\n" + String(repeating: open, count: count)) != "no error")
        }
        #expect(line((0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined()).contains("indented"))
    }

    @Test("is refused with a short line, whatever the length of a name in it")
    func longName() {
        let name = String(repeating: "x", count: 20_000)
        for text in ["\(name): 1\n", "\(name): 1\n\(name): 1\n"] {
            let line = line("recipe: csv\n" + text)
            #expect(line != "no error")
            #expect(line.count < 400 && !line.contains("\n"))
        }
        #expect(line("recipe: csv\na: \(String(repeating: "y", count: 1 << 19))").contains("at most 262144"))
        #expect(line("recipe: csv\0").contains("NUL"))
    }

    @Test("is read after a byte order mark, and with the line ends of other systems")
    func marks() throws {
        try withTemporaryDirectory { folder in
            try Data("\u{feff}recipe: csv\r\nepochs: 3\r\n".utf8).write(to: URL(filePath: folder + "/a.yaml"))
            let file = try SettingsFile(path: folder + "/a.yaml", schema)
            #expect(file.recipe == "csv" && file.overrides.map(\.value) == ["csv", "3"])
            #expect(mkfifo(folder + "/pipe.yaml", 0o600) == 0)
            #expect(
                message { _ = try SettingsFile(path: folder + "/pipe.yaml", schema) }
                    == "cannot read \(folder)/pipe.yaml: found a named pipe, expected a regular file")
        }
    }
}
