import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The commands that explain and inspect")
    struct InspectionCommandsTests {
        let place: Workplace

        init() throws { place = try Workplace() }

        @Test("explain-prediction writes a heat map of each image and method, the same on two ranks as alone")
        func explainPrediction() throws {
            let run = try place.train(.alone, "run", ["--epochs", "1"])
            let methods = ["--method", "input-x-gradient,lrp-epsilon", "--index", "0", "--index", "3", "--npy"]
            let alone = try place.run(.alone, ["explain-prediction", run.path] + methods)
            #expect(alone.errors.isEmpty, "\(alone)")
            let names = ["0", "3"].flatMap { index in
                ["input-x-gradient", "lrp-epsilon"].flatMap { ["\(index)-\($0).npy", "\(index)-\($0).png"] }
            }
            #expect(try place.folder.names(in: "run-explanations") == names.sorted())
            let picture = try place.folder.read("run-explanations/0-lrp-epsilon.png")
            #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))
            let two = try place.run(
                .ranks(2), ["explain-prediction", run.path, "--output", place.folder("two")] + methods)
            #expect(two.errors.isEmpty, "\(two)")
            for name in names {
                #expect(
                    try place.folder.read("two/\(name)") == place.folder.read("run-explanations/\(name)"), "\(name)")
            }
            expectRefusal(
                try place.attempt(.alone, ["explain-prediction", run.path, "--index", "0", "--target", "hat"]),
                mentioning: ["hat"])
        }

        @Test("inspect-data ranks all samples by their loss, the same on two ranks as alone")
        func inspectData() throws {
            let run = try place.train(.alone, "run", ["--epochs", "1"])
            let alone = try place.run(.alone, ["inspect-data", run.path, "--top", "3", "--csv", place.folder("1.csv")])
            #expect(alone.output.contains("\(ExampleImages.trainingCount) samples, mean loss"), "\(alone)")
            let rows = try place.folder.text("1.csv").split(separator: "\n").map { $0.split(separator: ",") }
            #expect(rows.count == ExampleImages.trainingCount + 1)
            #expect(rows[0].map(String.init) == ["rank", "sample", "loss", "label", "probability", "prediction"])
            let losses = try rows.dropFirst().map { try #require(Double($0[2])) }
            #expect(losses == losses.sorted(by: >))
            #expect(Set(rows.dropFirst().map { $0[1] }).count == losses.count)
            try place.run(.ranks(2), ["inspect-data", run.path, "--top", "0", "--csv", place.folder("2.csv")])
            #expect(try place.folder.read("2.csv") == place.folder.read("1.csv"))
            expectRefusal(
                try place.attempt(.alone, ["inspect-data", place.folder("nowhere")]), mentioning: ["nowhere"])
        }

        @Test("differentiate prints a derivative of any order, and says what it cannot read")
        func differentiate() throws {
            let found = try place.run(.alone, ["differentiate", "x^2*sin(a*x)", "--by", "x"])
            #expect(found.output == "2*x*sin(a*x) + x^2*cos(a*x)*a\n" && found.errors.isEmpty, "\(found)")
            #expect(try place.run(.alone, ["differentiate", "x^3", "--order", "2"]).output == "6*x\n")
            for (arguments, part) in [(["x*y"], "--by"), (["x^"], "character 3"), (["x", "--order", "0"], "--order")] {
                let refused = try place.attempt(.alone, ["differentiate"] + arguments)
                #expect(refused.exit == .code(64) && refused.errors.contains(part), "\(refused)")
                #expect(refused.output.isEmpty, "\(refused)")
            }
        }
    }
}
