import Datasets
import Testing

@Suite("Tables of comma-separated values")
struct CSVTests {
    private func file(_ text: String, separator: Character = ",") throws -> CSVFile {
        try CSVFile(bytes: Array(text.utf8), path: "t.csv", separator: separator)
    }

    @Test(
        "Fields are those that RFC 4180 says: quotes, doubled quotes, separators and line ends within them, spaces kept"
    )
    func fields() throws {
        let read = try file("a,\"b,b\",c\r\n1,\"x\"\"y\"\"\",\r\n\n\"\", p ,\"two\r\nlines\"\r\n-,–,\"é\"")
        #expect(read.header == ["a", "b,b", "c"])
        #expect(read.rows.map(\.fields) == [["1", "x\"y\"", ""], ["", " p ", "two\r\nlines"], ["-", "–", "é"]])
        #expect(read.rows.map(\.line) == [2, 4, 6])
        #expect(try file("\u{feff}a;b\n1;2", separator: ";").rows[0].fields == ["1", "2"])
        #expect(try file("a\rb\n1").header == ["a\rb"], "a carriage return alone ends no line")
    }

    private static let bad: [(text: String, line: Int, found: String)] = [
        ("a,b\n1,2\n1,2,3\n", 3, "found 3 fields, expected 2"), ("a,b\n\"1\n\n\",2\n1\n", 5, "found 1 fields"),
        ("a,b\n1,x\"y\n", 2, "found a quote within a field"),
        ("a,b\n1,\"y\"z\n", 2, "found text after a closing quote"),
        ("a,b\n1,2\n\"open,3\n4,5\n", 3, "found a quote that is not closed"), ("a,a\n", 1, "found two columns named a"),
        ("a,\n", 1, "found no name for column 2"),
    ]

    @Test("A bad row is refused with its line", arguments: bad.indices)
    func refusals(number: Int) throws {
        let (text, line, found) = Self.bad[number]
        let message = try #require(complaint { _ = try file(text) })
        #expect(message.hasPrefix("cannot use t.csv line \(line): \(found)"), "\(message)")
    }

    @Test("Nothing, and bytes that are not UTF-8, are refused")
    func noText() {
        #expect(complaint { _ = try file("\n\n") }?.contains("found no line") == true)
        let message = complaint { _ = try CSVFile(bytes: Array("a\n".utf8) + [0xff], path: "t.csv") }
        #expect(message?.hasPrefix("cannot use t.csv line 2: found bytes that are not UTF-8") == true)
    }

    @Test("Numbers are standardised with the training rows' mean and deviation, categories become ones and zeros")
    func schema() throws {
        let table = try file("x,colour,gap,y\n1,red,5,10\n3,blue,,30\n5,red,7,20\n9,green,1,40\n")
        let schema = try TableSchema(of: Array(table.rows[..<3]), in: table, target: "y", task: .automatic)
        // x: mean 3, deviation √((4+0+4)/3); gap: mean 6, deviation 1, marked where missing; y: mean 20, deviation √(200/3)
        let scale = Float((8.0 / 3).squareRoot())
        #expect(schema.width == 5)
        #expect(schema.target == .number(mean: 20, deviation: (200.0 / 3).squareRoot()))
        let expected: [Float] = [
            -2 / scale, 0, 1, -1, 0, 0, 1, 0, 0, 1, 2 / scale, 0, 1, 1, 0, 6 / scale, 0, 0, -5, 0,
        ]
        let inputs = try schema.inputs(of: table.rows, in: table)
        #expect(inputs.count == 20 && zip(inputs, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(inputs)")
        #expect(try schema.targets(of: [table.rows[1]], in: table) == [Float(10 / (200.0 / 3).squareRoot())])
        // columns in another order, as in a file to predict for
        let other = try file("gap,more,colour,x\nNA,0,blue,3\n")
        #expect(try schema.inputs(of: other.rows, in: other) == [0, 1, 0, 0, 1])
        let classes = try TableSchema(of: table.rows, in: table, target: "y", task: .classification, ignored: ["gap"])
        #expect(classes.target == .classes(["10", "20", "30", "40"]) && classes.width == 4)
    }

    @Test("What a schema can't take is refused with the line and the column")
    func schemaRefusals() throws {
        let table = try file("x,y\n1,2\n2,\n3,no\n")
        for (task, rows, part) in [
            (TableSchema.Task.automatic, 0..<3, "line 3: found no value of the target y"),
            (.regression, 2..<3, "line 4: found \"no\" as the target y, expected a number"),
            (.classification, 0..<1, "found 1 different values of the target y"),
        ] {
            let message = complaint {
                _ = try TableSchema(of: Array(table.rows[rows]), in: table, target: "y", task: task)
            }
            #expect(message?.contains(part) == true, "\(message ?? "")")
        }
        let schema = try TableSchema(of: [table.rows[0]], in: table, target: "y", task: .regression)
        let other = try file("x\nword\n")
        #expect(
            complaint { _ = try schema.inputs(of: other.rows, in: other) }?
                .contains("line 2: found \"word\" in the column x, expected a number") == true)
        let without = try file("z\n1\n")
        #expect(complaint { _ = try schema.inputs(of: without.rows, in: without) }?.contains("no column x") == true)
    }

    @Test("A split is a function of the seed, and puts every sample in one part")
    func split() {
        let split = TestSplit(count: 100, testFraction: 0.25, seed: 3)
        #expect(split.test.count == 25 && (split.test + split.training).sorted() == Array(0..<100))
        #expect(split == TestSplit(count: 100, testFraction: 0.25, seed: 3))
        #expect(split != TestSplit(count: 100, testFraction: 0.25, seed: 4))
    }
}
