import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Tables")
    struct TableTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        private func write(_ text: String, to name: String) throws {
            try text.write(toFile: place.folder(name), atomically: false, encoding: .utf8)
        }

        private func arguments(_ run: String, _ options: [String]) -> [String] {
            ["train", "csv", "--data", place.folder("table.csv"), "--shards", "2", "--run-dir", place.folder(run)]
                + options
        }

        /// 120 rows with dates, gaps, decimal commas, a constant column and a blank line.
        private static let table =
            "when;size;code;fixed;price\n"
            + (0..<120).map { row in
                let gap = row % 10 == 3
                return
                    "\(row % 28 + 1).\(row % 12 + 1).2026;\(gap ? "k.A." : "\(row % 13),5");\(["red", "blue", "-"][row % 3]);7;"
                    + "\(1000 * (row % 13) + row),25\n" + (row == 60 ? "\n" : "")
            }.joined()

        private static let options = [
            "--set", "csv.separator=semicolon", "--set", "csv.decimal=comma", "--set", "csv.missing=k.A.", "--epochs",
            "3",
        ]

        @Test("say what their columns were taken for, and train to the same bytes on one and two ranks")
        func columns() throws {
            try write(Self.table, to: "table.csv")
            let alone = try place.run(.alone, arguments("alone", Self.options)).output
            for part in [
                "1 number, 1 category, 1 date, 1 left out: constant (fixed)", "missing values: 12 in size",
                "1 blank line skipped",
            ] { #expect(alone.contains(part), "\(alone)") }
            try place.run(.ranks(2), arguments("two", Self.options))
            #expect(try place.files(of: "two").saved == place.files(of: "alone").saved)
            let scores = try place.run(.alone, ["evaluate", place.folder("alone")]).output
            #expect(try place.run(.ranks(2), ["evaluate", place.folder("alone")]).output == scores)
        }

        @Test("are predicted with the separator and the decimal sign that were read, and counts of what was not known")
        func prediction() throws {
            try write(Self.table, to: "table.csv")
            try place.run(.alone, arguments("run", Self.options))
            try write("code|when|size\nred|3.4.2026|1,5\n\"green\"|3.4.2026|k.A.\n", to: "input")
            let outcome = try place.run(.alone, ["predict", place.folder("run"), place.folder("input")])
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 3 && lines[0] == "code|when|size|predicted_price", "\(outcome)")
            #expect(lines[1].hasPrefix("red|3.4.2026|1,5|") && lines[2].hasPrefix("\"green\"|3.4.2026|k.A.|"))
            let prediction = lines[1].split(separator: "|")[3]
            #expect(!prediction.contains(".") && Double(prediction.replacing(",", with: ".")) != nil, "\(prediction)")
            #expect(outcome.errors.contains("note: missing values: 1 in size"), "\(outcome)")
            #expect(outcome.errors.contains("note: categories that were not learned: 1 in code"), "\(outcome)")
            #expect(outcome.errors.contains("\"green\" in the column code, line 3"), "\(outcome)")
        }

        // W1: −2.8e15
        @Test("A column that was constant in training changes no prediction")
        func constant() throws {
            try write("dose,x,y\n" + (1...7).map { "0.1,\($0),\($0)\n" }.joined(), to: "table.csv")
            try place.run(.alone, arguments("run", ["--epochs", "2"]))
            try write("dose,x\n0.1,3\n0.11,3\n1e9,3\n", to: "input")
            let lines = try place.run(.alone, ["predict", place.folder("run"), place.folder("input")]).output
                .split(separator: "\n").dropFirst().map { $0.split(separator: ",")[2] }
            #expect(lines.count == 3 && Set(lines).count == 1 && abs(Double(lines[0]) ?? .infinity) < 100, "\(lines)")
        }

        // W5: each prediction read 1.7e+09
        @Test("Predictions of large numbers have their digits")
        func digits() throws {
            try write("x,y\n" + (0..<60).map { "\($0),\(1_700_000_000 + 10 * $0)\n" }.joined(), to: "table.csv")
            try place.run(.alone, arguments("run", ["--epochs", "150", "--set", "optimizer.learning_rate=0.01"]))
            try write("x\n5\n50\n", to: "input")
            let values = try place.run(.alone, ["predict", place.folder("run"), place.folder("input")]).output
                .split(separator: "\n").dropFirst().map { $0.split(separator: ",")[1] }
            #expect(values.allSatisfy { !$0.contains("e") && $0.hasPrefix("1700000") }, "\(values)")
            // 450 apart, of which a fitted line leaves little
            #expect(abs((Double(values[1]) ?? 0) - (Double(values[0]) ?? 0) - 450) < 60, "\(values)")
        }

        // M2: no split could be made; and an unknown class ended the evaluation
        @Test("Rare classes are trained on, and a class that was not learned counts as wrong")
        func rareClasses() throws {
            let common = (0..<600).map { "\($0 % 20),\($0 % 20 < 10 ? "low" : "high")\n" }.joined()
            try write("x,y\n" + common + (0..<20).map { "\($0),single\($0)\n" }.joined(), to: "table.csv")
            let options = ["--epochs", "1", "--set", "model.hidden=[4]"]
            let output = try place.run(.alone, arguments("run", options)).output
            #expect(output.contains("classification of y (22 classes)"), "\(output)")
            try write("x,y\n1,low\n2,low\n3,other\n4,other\n", to: "other.csv")
            try place.run(
                .alone, arguments("tested", options + ["--set", "data.test_path=\(place.folder("other.csv"))"]))
            let evaluation = try #require(try place.files(of: "tested").metrics("evaluation").last)
            #expect(
                (evaluation["accuracy"] as? Double ?? 1) <= 0.5 && evaluation["samples"] as? Int == 4, "\(evaluation)")
            #expect((evaluation["loss"] as? Double)?.isFinite == true)
        }

        // W1: R² was 0
        @Test("R² of targets far away is that of scikit-learn")
        func farTargets() throws {
            try write("x,y\n" + (0..<50).map { "\($0),\(Double($0) * 0.00002)\n" }.joined(), to: "table.csv")
            try write("x,y\n" + (0..<40).map { "\($0),\(1_000_000 + 0.001 * Double($0))\n" }.joined(), to: "far.csv")
            try place.run(
                .alone, arguments("run", ["--epochs", "1", "--set", "data.test_path=\(place.folder("far.csv"))"]))
            let metrics = try #require(
                try place.files(of: "run").metrics("evaluation").last?["metrics"] as? [String: Double])
            // Σ(10⁶)²·40 / Σ(y - ȳ)², with (40² - 1)/12·40·10⁻⁶ = 0.00533
            #expect(abs((metrics["r_squared"] ?? 0) / -7.5047e15 - 1) < 0.001, "\(metrics)")
        }

        private static let mistakes: [(text: String, options: [String], parts: [String])] = [
            ("a;b;y\n1,5;2;3\n", [], ["line 1", "csv.separator=semicolon"]),
            ("a;b;y\n1,5;2;3\n2,5;3;4\n", ["csv.separator=semicolon"], ["line 2", "\"1,5\"", "csv.decimal"]),
            ("1,2,3\n4,5,6\n", [], ["3 numbers in the first row", "csv.header=false"]),
            ("none,y\n1,2\n2,3\n", [], ["csv.target"]),
            ("x,y\n1,1e308\n2,3\n", [], ["line 2", "\"1e308\" in the column y", "1e150"]),
            ("x,y\n1,2\n2,3\n", ["csv.ignore=\"a, b\""], ["no column a, b (csv.ignore)", "x, y"]),
            ("x,y\n1,2\n2,3\n", ["csv.types=x=word"], ["csv.types", "NAME=TYPE"]),
            ("x,y\n1,2\n2,3\n", ["csv.decimal=comma", "csv.thousands=comma"], ["csv.thousands"]),
        ]

        @Test("What is wrong is refused in one line", arguments: mistakes.indices)
        func refusals(number: Int) throws {
            let (text, options, parts) = Self.mistakes[number]
            try write(text, to: "table.csv")
            let settings = options.flatMap { ["--set", $0] }
            expectRefusal(try place.attempt(.alone, arguments("run", settings)), mentioning: parts)
        }
    }
}
