import Testing

import Datasets
import TestSupport

@Suite("Comma-separated values")
struct CSVTests {
    private func rows(_ text: String, separator: UInt8 = UInt8(ascii: ",")) throws -> [[String]] {
        try parseCSV(Array(text.utf8), separator: separator).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(
        "Fields are those that RFC 4180 says: quotes, doubled quotes, separators and line ends within them, spaces kept"
    )
    func fields() throws {
        let read = try rows("a,\"b,b\",c\r\n1,\"x\"\"y\"\"\",\r\n\n\"\", p ,\"two\r\nlines\"\r\n-,–,\"é\"")
        #expect(
            read == [
                ["a", "b,b", "c"], ["1", "x\"y\"", ""], ["", " p ", "two\r\nlines"], ["-", "–", "é"],
            ])
        #expect(try rows("\u{feff}a;b\n1;2", separator: UInt8(ascii: ";")) == [["a", "b"], ["1", "2"]])
        #expect(try rows("a\u{0},b\n1,\u{0}\n") == [["a\u{0}", "b"], ["1", "\u{0}"]])
    }

    @Test("A line ends in CR LF, LF or CR, also mixed, and the last one may end without")
    func lineEnds() throws {
        for end in ["\r\n", "\n", "\r"] {
            #expect(try rows("a,b\(end)1,2\(end)3,4") == [["a", "b"], ["1", "2"], ["3", "4"]])
            #expect(try rows("a,b\(end)1,2\(end)3,4\(end)\(end)").count == 3)
        }
        #expect(try rows("a\r1\n2\r\n3") == [["a"], ["1"], ["2"], ["3"]])
    }

    private static let bad: [(text: String, line: Int, found: String)] = [
        ("a,b\n1,x\"y\n", 2, "found a quote within a field"),
        ("a,b\n1,\"y\"z\n", 2, "found text after a closing quote"),
        ("a,b\n1,2\n\"open,3\n4,5\n", 3, "found a quote that is not closed"),
        ("a,b\r1,2\r\"x\ry\",\"z\"u", 4, "found text after a closing quote"),
    ]

    @Test("A bad row is refused with its line", arguments: bad.indices)
    func refusals(number: Int) throws {
        let (text, line, found) = Self.bad[number]
        let message = try #require(complaint { _ = try rows(text) })
        #expect(message.hasPrefix("cannot use the table line \(line): \(found)"), "\(message)")
    }

    private static let badHeaders: [(text: String, found: String)] = [
        ("a,a\n", "line 1: found two columns named \"a\""), ("a,\n", "line 1: found no name for column 2"),
        ("\n\n", "found no line"), ("a;b;c\n1;2;3\n", "csv.separator=semicolon"), ("a\tb\n1\t2\n", "csv.separator=tab"),
        ("5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n", "csv.header=false"),
    ]

    @Test("A header row that is none, or cut wrongly, is refused", arguments: badHeaders.indices)
    func headers(number: Int) throws {
        let (text, found) = Self.badHeaders[number]
        let message = try #require(complaint { _ = try TableReader(bytes: Array(text.utf8), path: "t.csv") })
        #expect(message.contains(found), "\(message)")
    }

    @Test("Rows with another number of fields are refused with their line, however long the row is")
    func fieldCounts() throws {
        for (text, found) in [
            ("a,b\n1,2\n1,2,3\n", "line 3: found 3 fields, expected 2"),
            ("a,b\n\"1\n\n\",2\n1\n", "line 5: found 1 field,"),
        ] {
            let reader = try TableReader(bytes: Array(text.utf8), path: "t.csv")
            var columns = reader.header.map { ColumnBuilder($0, .automatic) }
            let message = try #require(complaint { _ = try reader.read(into: &columns) })
            #expect(message.contains(found), "\(message)")
        }
        let name = String(repeating: "x", count: 100_000)
        let reader = try TableReader(bytes: Array("\(name),b\n".utf8), path: "t.csv")
        let message = try #require(complaint { _ = try reader.column(named: name + "y", for: "the target") })
        #expect(message.utf8.count < 400)
    }

    // the inputs of the entries F1, which crashed a reader of characters
    @Test("Byte order marks inside, and any other bytes, are read or refused, and the buffer's size changes nothing")
    func anyBytes() throws {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        var inputs: [[UInt8]] = [
            [0] + mark + mark + Array(",[\u{f},[\u{1f}".utf8), Array("l\n".utf8) + mark + Array("a,\u{2}".utf8),
        ]
        var random = UInt64(7)
        let letters = Array("a,\"\"\n\r\n;1".utf8) + mark + [0, 0xff]
        for length in 0..<400 {
            inputs.append(
                (0..<length % 40).map { _ in
                    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return letters[Int(random >> 33) % letters.count]
                })
        }
        for input in inputs {
            func read(_ capacity: Int) -> String {
                var text = ""
                do {
                    let reader = try CSVReader(
                        RowSource(bytes: input), path: "t", separator: UInt8(ascii: ","), capacity: capacity)
                    while try reader.advance() { text += "\(reader.line): \(reader.fields.map(reader.bytes)) " }
                } catch { text += "\(error)" }
                return text
            }
            let expected = read(1 << 16)
            for capacity in [4, 5, 7, 16] { #expect(read(capacity) == expected, "\(input)") }
        }
    }

    @Test("What is written is read again, with any separator and combining marks behind special characters")
    func writing() throws {
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            for text in [
                "a,\u{301}b", "\"\u{301}", "x\u{301}", "a\r\u{301}", "\n\u{200d}", ";", "", "a\"b", "\t\u{327}",
            ] {
                let line = CSVText.row([text, "y"], separator: separator)
                #expect(try rows(line, separator: separator) == [[text, "y"]], "\(line)")
            }
        }
    }

    @Test("Lists of names are read like a row, with blanks around names left out unless in quotes")
    func lists() throws {
        #expect(try CSVText.items("a, b c ,\"x, y\",\" z \"") == ["a", "b c", "x, y", " z "])
        #expect(complaint { _ = try CSVText.items("a,\"b") } != nil)
    }

    @Test("A split is a function of the seed, and puts every sample in one part")
    func split() {
        let split = TestSplit(count: 100, testFraction: 0.25, seed: 3)
        #expect(split.test.count == 25 && (split.test + split.training).sorted() == Array(0..<100))
        #expect(split == TestSplit(count: 100, testFraction: 0.25, seed: 3))
        #expect(split != TestSplit(count: 100, testFraction: 0.25, seed: 4))
    }

    @Test("A split by class gives each class its part, single samples to training, whatever the labels are called")
    func splitByClass() {
        // 400, 200 and 20 samples, and twenty classes of one
        let labels = (0..<640).map { $0 < 400 ? 0 : $0 < 600 ? 1 : $0 < 620 ? 2 : $0 }
        let split = TestSplit(labels: labels, testFraction: 0.2, seed: 1)
        #expect((split.test + split.training).sorted() == Array(0..<640))
        // 128 = 0.2 · 640 are wanted, of which 124 are the classes' own parts; the rest is by largest remainder
        let tested = [0, 1, 2].map { label in split.test.count { labels[$0] == label } }
        #expect(split.test.count == 128 && tested.reduce(0, +) == 128)
        #expect(
            (80...84).contains(tested[0]) && (40...44).contains(tested[1]) && (4...8).contains(tested[2]), "\(tested)")
        #expect(split == TestSplit(labels: labels.map { 9000 - 7 * $0 }, testFraction: 0.2, seed: 1))
        #expect(split != TestSplit(labels: labels, testFraction: 0.2, seed: 2))
        #expect(TestSplit(labels: labels, testFraction: 0, seed: 1).test.isEmpty)
        // classes of two keep one to train on
        let pairs = TestSplit(labels: (0..<20).map { $0 / 2 }, testFraction: 0.9, seed: 1)
        #expect(Set(pairs.training.map { $0 / 2 }).count == 10)
    }
}
