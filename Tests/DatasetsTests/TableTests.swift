import Foundation
import TensorEngine
import Testing

import Datasets
import TestSupport

@Suite("Tables as inputs and targets")
struct TableTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func request(_ text: String, _ task: TableSchema.Task = .automatic, test: Double = 0) throws -> TableRequest
    {
        try folder.write(Array(text.utf8), to: "t.csv")
        return TableRequest(path: folder("t.csv"), format: TableFormat(), task: task, testFraction: test, seed: 1)
    }

    private func data(_ text: String, _ task: TableSchema.Task = .automatic) throws -> TableData {
        try TableData(try request(text, task))
    }

    private func inputs(_ rows: TableRows) -> [Float] { rows.batch(of: Array(0..<rows.count)).inputs.values }

    private func complaintOf(_ text: String, _ change: (inout TableRequest) -> Void = { _ in }) throws -> String {
        var request = try request(text)
        change(&request)
        return try #require(complaint { _ = try TableData(request) }, "nothing is refused")
    }

    @Test("Numbers are standardized with the training rows' mean and deviation, categories become ones and zeros")
    func schema() throws {
        let learned = try data("x,color,gap,y\n1,red,5,10\n3,blue,,30\n5,red,7,20\n")
        // x: mean 3, deviation √((4+0+4)/3); gap: mean 6, deviation 1, marked where missing; y: mean 20, deviation √(200/3)
        let scale = Float((8.0 / 3).squareRoot())
        let schema = learned.notes.schema
        #expect(schema.width == 5 && schema.summary == "2 numbers, 1 category")
        #expect(schema.target == .number(mean: 20, deviation: (200.0 / 3).squareRoot()))
        #expect(learned.notes.lines.contains("missing values: 1 in gap"))
        // the same columns in another order, other categories, and one that was not learned
        try folder.write(Array("gap,more,color,y,x\n9,0,green,40,9\nNA,0,blue,1e3,3\n".utf8), to: "test.csv")
        var request = try request("x,color,gap,y\n1,red,5,10\n3,blue,,30\n5,red,7,20\n")
        request.testPath = folder("test.csv")
        let both = try TableData(request)
        let expected: [Float] = [-2 / scale, 0, 1, -1, 0, 0, 1, 0, 0, 1, 2 / scale, 0, 1, 1, 0]
        #expect(zip(inputs(both.training), expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(inputs(both.training))")
        #expect(zip(inputs(both.test), [6 / scale, 0, 0, 3, 0, 0, 1, 0, 0, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(both.test.batch(of: [1, 0]).targets == [1000, 40])
        #expect(both.notes.lines.contains("categories that were not learned: 1 in color"))
    }

    @Test("Of columns of very many categories the most frequent are learned, where the settings call them categories")
    func manyCategories() throws {
        // c0 … c1999, of which those below 1200 come twice; of equally frequent ones the first by name are kept
        let names = (0..<2000).map { "c\($0)" } + (0..<1200).map { "c\($0)" }
        let text = "user,y\n" + names.enumerated().map { "\($0.element),\($0.offset % 7)\n" }.joined()
        #expect(try complaintOf(text).contains("2000 different texts in the column user"))
        var request = try request(text, .regression)
        request.format.types["user"] = .category
        let learned = try TableData(request)
        guard case .categories(let kept) = learned.notes.schema.columns[0].kind else {
            Issue.record("no categories")
            return
        }
        #expect(kept == (0..<1200).map { "c\($0)" }.sorted().prefix(1000).sorted())
        #expect(learned.notes.lines.contains("only the 1000 most frequent categories are learned, of user 2000"))
        #expect(learned.notes.lines.contains("categories that were not learned: 1200 in user"))
        #expect(learned.training.count == 3200 && learned.notes.schema.width == 1000)
    }

    @Test("A column of more than 65,536 categories is learned from, the most frequent ones apart")
    func manyMoreCategories() throws {
        // 70,000 users; the last ten come twice
        let names = (0..<70_000).map { "u\($0)" } + (69_990..<70_000).map { "u\($0)" }
        let text = "user,y\n" + names.enumerated().map { "\($0.element),\($0.offset % 7)\n" }.joined()
        var request = try request(text, .regression)
        request.format.types["user"] = .category
        let learned = try TableData(request)
        guard case .categories(let kept) = learned.notes.schema.columns[0].kind else {
            Issue.record("no categories")
            return
        }
        #expect(kept.count == 1000 && Set(kept).isSuperset(of: (69_990..<70_000).map { "u\($0)" }))
        #expect(learned.training.count + learned.test.count == 70_010)
        // each of them is its own input
        let inputs = learned.training.batch(of: Array(70_000..<70_010)).inputs
        let column = try #require(kept.firstIndex(of: "u69995"))
        #expect(inputs.values[5 * 1000 + column] == 1 && inputs.values[5 * 1000..<6 * 1000].reduce(0, +) == 1)
    }

    // W1: the deviation of seven equal numbers was 1e-13
    @Test("Columns that are constant but for rounding, or empty, are left out and said")
    func constants() throws {
        let text =
            "dose,tiny,x,void,gap,y\n"
            + (0..<7).map { "0.1,\($0 % 2 == 0 ? "0.3" : "0.30000000000000004"),\($0),,\($0 > 2 ? "5" : ""),\($0)\n" }
            .joined()
        let schema = try data(text).notes.schema
        #expect(schema.columns.map(\.name) == ["x", "gap"] && schema.columns[1].kind == .presence)
        #expect(schema.summary == "1 number, 1 constant with gaps, 3 left out: constant (dose, tiny), empty (void)")
        #expect(try complaintOf("a,y\n1,2\n1,3\n").contains("no column to predict y from (a is constant)"))
        // numpy: reference_tables.py; a quarter on 1e9 is no rounding
        let offset = try data("x,y\n" + (0..<7).map { "\(1e9 + 0.25 * Double($0)),\($0)\n" }.joined())
        #expect(
            offset.notes.schema.columns[0].kind == .numbers(mean: 1_000_000_000.75, deviation: 0.5, marksMissing: false)
        )
        #expect(inputs(offset.training)[0] == -1.5)
    }

    private static func numbers(_ extra: String, decimal: String = ".") -> String {
        "a;b;y\n" + (0..<100).map { "\($0 / 10)\(decimal)\($0 % 10);\($0 % 7)\(decimal)5;\($0)\(decimal)25\n" }.joined()
            + extra
    }

    // W3: one such field made 103 inputs of two columns
    @Test(
        "Markers of missing values leave a column one of numbers",
        arguments: ["NULL", "None", "n/a", "-", "#N/A", "NAN", "<NA>", "\"NA\""])
    func markers(marker: String) throws {
        let schema = try data(Self.numbers("\(marker);0.5;3.0\n").replacing(";", with: ",")).notes.schema
        #expect(schema.width == 3 && schema.summary == "2 numbers")
    }

    @Test("A column that is nearly all numbers or dates is refused with the first line that is none")
    func weakGuesses() throws {
        let word = try complaintOf(Self.numbers("about 5;0.5;3.0\n").replacing(";", with: ","))
        #expect(
            word.contains(
                "line 102: found \"about 5\" in the column a, expected a number, as 100 of its 101 fields are"),
            "\(word)")
        let late = try complaintOf("a,y\n" + (0..<500).map { "\($0),1\n" }.joined() + "x,1\n")
        #expect(
            late.contains("line 502: found \"x\" in the column a, expected a number, as in the lines before"), "\(late)"
        )
        let date = try complaintOf("a,y\n" + (10..<30).map { "2026-01-\($0),1\n" }.joined() + "soon,2\n")
        #expect(date.contains("line 22: found \"soon\" in the column a, expected a date"), "\(date)")
        let target = try complaintOf("a,y\n" + (0..<50).map { "\($0),\($0)\n" }.joined() + "1,high\n")
        #expect(target.contains("line 52: found \"high\" in the column y, expected a number"), "\(target)")
        // what is said to be a category is one, and half and half is said
        var request = try request("a,y\n" + (0..<50).map { "\($0 % 9),\($0)\n" }.joined() + "x,1\n")
        request.format.types = ["a": .category]
        #expect(try TableData(request).notes.schema.summary == "1 category")
        let mixed = try data("a,y\n" + (0..<50).map { "\($0 % 5 == 0 ? "other" : "\($0 % 4)"),\($0)\n" }.joined())
        #expect(
            mixed.notes.lines.contains {
                $0.hasPrefix("a: taken for categories, though 40 of its 50 fields are numbers (line 2")
            })
    }

    // W3: 200 inputs and a classification
    @Test("Decimal commas are refused with the setting, and read with it")
    func decimalCommas() throws {
        let text = Self.numbers("", decimal: ",")
        let message = try complaintOf(text) { $0.format.separator = UInt8(ascii: ";") }
        #expect(
            message.contains("line 2: found \"0,0\" in the column a, expected numbers as csv.decimal"), "\(message)")
        var request = try request(text)
        (request.format.separator, request.format.decimal) = (UInt8(ascii: ";"), UInt8(ascii: ","))
        let commas = try TableData(request)
        let points = try data(Self.numbers("").replacing(";", with: ","))
        #expect(commas.notes.schema == points.notes.schema && inputs(commas.training) == inputs(points.training))
    }

    @Test("Dates become a number and calendar parts, times of day their own")
    func dates() throws {
        let schema = try data(
            "day,at,when,y\n2026-03-31,06:00,2026-03-31 18:00,1\n2026-04-01,18:30,2026-04-01 18:00,2\n,,,3\n")
        // number, mark, year and week; number, mark, day; number, mark, year, week and day
        #expect(schema.notes.schema.width == 6 + 4 + 8 && schema.notes.schema.summary == "3 dates")
        let row = inputs(schema.training)
        // of `when` number and mark, then sine and cosine of year, week and day at 2026-03-31 18:00: reference_tables.py
        let parts: [Float] = [0.99966665, 0.02581844, 1, 0, -1, 0]
        #expect(zip(row[12..<18], parts).allSatisfy { abs($0 - $1) < 1e-6 }, "\(row[12..<18])")
        #expect(row[0] == -1 && row[1] == 0 && row[10] == -1 && row[11] == 0, "\(row[..<18])")
        #expect(Array(row[36..<54]) == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        let ambiguous = try complaintOf("d,y\n1/2/2026,1\n3/4/2026,2\n")
        #expect(ambiguous.contains("csv.types=\"d=date_dmy\""), "\(ambiguous)")
        func first(_ text: String, _ type: ColumnRequest) throws -> TableSchema.Kind {
            var request = try request(text)
            request.format.types["d"] = type
            return try TableData(request).notes.schema.columns[0].kind
        }
        // the mean of 2026-02-01 and 2026-04-03, and of 2026-01-02 and 2026-03-04: seconds since 1970
        guard case .dates(let dayFirst, _, _, _) = try first("d,y\n1/2/2026,1\n3/4/2026,2\n", .dayFirst),
            case .dates(let monthFirst, _, _, _) = try first("d,y\n1/2/2026,1\n3/4/2026,2\n", .monthFirst),
            case .dates(let clear, _, _, _) = try first("d,y\n1/2/2026,1\n3/4/2026,2\n3/14/2026,3\n", .automatic)
        else { throw NoDates() }
        #expect(dayFirst == (1_769_904_000 + 1_775_174_400) / 2 && monthFirst == (1_767_312_000 + 1_772_582_400) / 2)
        #expect(clear == (1_767_312_000 + 1_772_582_400 + 1_773_446_400) / 3)
    }

    @Test("Numbers whose squares have no sum are refused with their line", arguments: ["1e200", "-1e308", "1e999"])
    func hugeNumbers(number: String) throws {
        for text in ["x,y\n1,2\n\(number),3\n", "x,y\n1,2\n2,\(number)\n"] {
            let message = try complaintOf(text)
            #expect(message.contains("line 3: found \"\(number)\"") && message.contains("1e150"), "\(message)")
        }
        let far = try complaintOf("x,y\n1,2\n2,3\n") {
            try? folder.write(Array("x,y\n1e120,2\n".utf8), to: "far.csv")
            $0.testPath = folder("far.csv")
        }
        #expect(far.contains("far.csv row 1: found 1e+120 in the column x"), "\(far)")
    }

    @Test("What can't be learned is refused with line and column, and lists are cut")
    func refusals() throws {
        #expect(
            try complaintOf("x,y\n1,2\n2,\n3,\n").contains("line 3: found no value of the target y, as in 1 other row"))
        let word = try complaintOf("x,y\n1,no\n2,yes\n") { $0.task = .regression }
        #expect(word.contains("line 2: found \"no\" as the target y, expected a number"), "\(word)")
        #expect(try complaintOf("x,y\n1,a\n2,a\n").contains("found 1 different value of the target y"))
        let wide = (0..<5000).map { "column\($0)" }.joined(separator: ",") + "\n"
        let message = try complaintOf(wide) { $0.target = "price" }
        #expect(message.contains("column9 and 4990 more") && message.utf8.count < 300, "\(message)")
        let texts = try complaintOf("x,y\n" + (0..<5000).map { "name \($0),\($0)\n" }.joined())
        #expect(
            texts.contains("more than 4096 different texts in the column x") && texts.contains("csv.ignore"), "\(texts)"
        )
        let bytes = try complaintOf("x,y\n") { _ in
            try? folder.write(Array("x,y\nred,1\n".utf8) + [0xff, 0x2c, 0x31], to: "t.csv")
        }
        #expect(bytes.contains("line 3: found bytes that are not UTF-8"), "\(bytes)")
    }

    @Test("An index of pandas is left out; so is what is ignored, whatever its name; a header may be missing")
    func names() throws {
        let index = try data(",x,y\n0,5,1\n1,7,2\n2,6,3\n").notes.schema
        #expect(index.columns.map(\.name) == ["x"] && index.summary == "1 number, 1 left out: an index")
        var request = try request("\"a, b\", c ,y\n0,5,1\n1,7,2\n")
        request.format.ignored = ["a, b"]
        #expect(try TableData(request).notes.schema.columns.map(\.name) == ["c"])
        request = try self.request("0,5,1\n1,7,2\n")
        request.format.header = false
        let without = try TableData(request)
        #expect(without.notes.schema.columns.map(\.name) == ["column1", "column2"] && without.training.count == 2)
        // W13
        let none = try complaintOf("none,x,y\n0,5,1\n1,7,2\n")
        #expect(none.contains("csv.target=\"none\"") && none.contains("csv.target=y"), "\(none)")
    }

    @Test("Classes that only test rows have are counted, and are no class of the model")
    func unknownClasses() throws {
        var request = try request("x,y\n1,a\n2,b\n3,a\n")
        try folder.write(Array("x,y\n1,a\n2,c\n".utf8), to: "test.csv")
        request.testPath = folder("test.csv")
        let both = try TableData(request)
        #expect(both.notes.schema.target == .classes(["a", "b"]) && both.test.batch(of: [0, 1]).targets == [0, -1])
        #expect(both.notes.lines.contains("1 row of classes that were not learned: counted as wrong"))
    }

    @Test("A target of few whole numbers is learned as a number, with a hint at classes")
    func hint() throws {
        let lines = try data("x,y\n" + (0..<20).map { "\($0),\($0 % 2)\n" }.joined()).notes.lines
        #expect(
            lines.contains { $0.hasPrefix("the target y has only the values 0, 1: csv.task=classification") },
            "\(lines)")
    }

    @Test("Weights are kept beside the rows; rows of weight 0 are not trained on, and others are refused")
    func weights() throws {
        func weighted(_ text: String) throws -> TableRequest {
            var request = try request(text)
            request.weight = "w"
            return request
        }
        let data = try TableData(try weighted("x,w,y\n1,0.5,1\n2,0,2\n3,2,3\n"))
        #expect(data.training.batch(of: [0, 1]).weights == [0.5, 2] && data.notes.schema.columns.map(\.name) == ["x"])
        #expect(data.notes.lines.contains("1 row of weight 0 not trained on"))
        for bad in ["-1", "", "1e31"] {
            let message = complaint { _ = try TableData(try weighted("x,w,y\n1,1,1\n2,\(bad),2\n")) }
            #expect(message?.contains("row 2: found") == true, "\(message ?? "")")
        }
    }

    // 30,000 columns took 74 s where each looked for its name in all others
    @Test("Wide tables, and rows across the blocks of columns, keep every value")
    func shapes() throws {
        let columns = 3000
        let wide = try data(
            (0..<columns).map { "c\($0)" }.joined(separator: ",") + ",y\n"
                + (1...3).map { row in (0..<columns).map { "\($0 % 7 + row)" }.joined(separator: ",") + ",\(row)\n" }
                .joined())
        #expect(wide.notes.schema.width == columns && inputs(wide.training).count == 3 * columns)
        let count = 70_000
        let long = try data("x,k,y\n" + (0..<count).map { "\($0),k\($0 % 3),\(Double($0) / 8)\n" }.joined())
        let schema = long.notes.schema
        guard case .numbers(let mean, let deviation, _) = schema.columns[0].kind else { throw NoDates() }
        // of 0, 1 … n - 1: (n - 1)/2 and √((n² - 1)/12)
        #expect(mean == 34999.5 && abs(deviation - ((4.9e9 - 1) / 12).squareRoot()) < 1e-8)
        for row in [0, 65_535, 65_536, 69_999] {
            let batch = long.training.batch(of: [row])
            #expect(batch.targets == [Double(row) / 8])
            #expect(batch.inputs.values[0] == Float((Double(row) - mean) / deviation))
            #expect(Array(batch.inputs.values[1...]) == (0..<3).map { $0 == row % 3 ? 1 : 0 })
        }
    }

    @Test("A table is handed from rank to rank whole, and its checksum covers every number")
    func handing() throws {
        let text = "x,k,y\n1,a,1\n2,b,2\n3,a,3\n"
        let table = try data(text)
        let copy = try TableData(
            notes: JSONDecoder().decode(TableData.Notes.self, from: JSONEncoder().encode(table.notes)),
            arrays: table.arrays)
        #expect(copy.notes.schema == table.notes.schema && inputs(copy.training) == inputs(table.training))
        #expect(copy.training.checksum == table.training.checksum)
        #expect(try data(text.replacing("3,a,3", with: "3,a,4")).training.checksum != table.training.checksum)
        #expect(complaint { _ = try TableData(notes: table.notes, arrays: Array(table.arrays.dropLast())) } != nil)
    }

    // F2: edited checkpoints; one with a category twice stopped the program
    @Test("A schema that nothing can have learned is refused")
    func editedSchemas() throws {
        let schema = try data("x,k,y\n1,a,1\n2,b,2\n3,a,3\n").notes.schema
        let text = String(decoding: try JSONEncoder().encode(schema), as: UTF8.self)
        #expect(try JSONDecoder().decode(TableSchema.self, from: Data(text.utf8)) == schema)
        for (old, new) in [
            ("[\"a\",\"b\"]", "[\"a\",\"a\"]"), ("[\"a\",\"b\"]", "[]"), ("\"name\":\"k\"", "\"name\":\"x\""),
            ("\"name\":\"k\"", "\"name\":\"y\""), ("\"mean\":2", "\"mean\":1e200"),
            ("\"deviation\":0.816496580927726", "\"deviation\":0"),
            ("\"deviation\":0.816496580927726", "\"deviation\":-1"),
            ("[\"a\",\"b\"]", "[" + (0..<2000).map { "\"\($0)\"" }.joined(separator: ",") + "]"),
        ] {
            #expect(text.contains(old), "\(text)")
            let edited = text.replacing(old, with: new)
            #expect(throws: (any Error).self, "\(new.prefix(40))") {
                try JSONDecoder().decode(TableSchema.self, from: Data(edited.utf8)).validate()
            }
        }
    }

    private struct NoDates: Error {}
}
