import Datasets
import Foundation
import TensorEngine
import TestSupport
import Testing

@Suite("Arrays as data sets")
struct ArrayDataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func request(_ change: (inout ArrayRequest) -> Void = { _ in }) -> ArrayRequest {
        var request = ArrayRequest(path: folder.path, testFraction: 0.25, seed: 1)
        change(&request)
        return request
    }

    private func write(_ name: String, _ values: [Float], _ shape: [Int]) throws {
        try folder.write(ExampleArrays.npy(values, shape), to: name + ".npy")
    }

    private func write(_ name: String, _ values: [Int64]) throws {
        try folder.write(ExampleArrays.npy(values, [values.count]), to: name + ".npy")
    }

    @Test("learn mean and deviation of each channel of the training samples alone, and set constants to 0")
    func statistics() throws {
        // channels: 0…7, a constant, 1000 + the sample
        try write("x", (0..<8).flatMap { [Float($0), 0.1, 1000 + Float($0)] }, [8, 3])
        try write("y", [0, 1, 0, 1, 0, 1, 0, 1])
        let data = try ArrayData(request())
        #expect(data.training.count == 6 && data.test.count == 2)
        let schema = data.notes.schema
        let batch = data.training.batch(of: Array(0..<6))
        let columns = (0..<3).map { column in (0..<6).map { Double(batch.inputs.values[3 * $0 + column]) } }
        for column in [0, 2] {
            #expect(abs(columns[column].reduce(0, +)) < 1e-5)
            #expect(abs(columns[column].map { $0 * $0 }.reduce(0, +) - 6) < 1e-5)
        }
        #expect(columns[1].allSatisfy { $0 == 0 } && schema.deviation[1] == 0)
        #expect(data.notes.lines.contains("1 of 3 input channels is constant: set to 0"))
        #expect(schema.classNames == ["0", "1"] && batch.labels.sorted() == [0, 0, 0, 1, 1, 1])
        // of another value it is 0, too
        try write("new", [1, 0.9, 2], [1, 3])
        let new = try ArraySamples(inputsAt: folder("new.npy"), name: nil, channels: .last, schema)
        #expect(new.batch(of: [0]).inputs.values[1] == 0)
    }

    @Test("are as they were where they are not standardized, with the channels last")
    func channels() throws {
        try write("x", (0..<24).map { Float($0) }, [2, 3, 2, 2])
        try write("y", [0.5, 2], [2])
        func inputs(_ channels: ArrayRequest.Channels) throws -> (shape: [Int], values: [Float]) {
            let data = try ArrayData(
                request {
                    ($0.channels, $0.standardizes, $0.testFraction) = (channels, false, 0)
                })
            let inputs = data.training.batch(of: [0, 1]).inputs
            return (inputs.shape.sizes, inputs.values)
        }
        #expect(try inputs(.last) == ([2, 3, 2, 2], (0..<24).map { Float($0) }))
        #expect(try inputs(.none).shape == [2, 3, 2, 2, 1])
        let first = try inputs(.first)
        #expect(first.shape == [2, 2, 2, 3])
        #expect(Array(first.values.prefix(6)) == [0, 4, 8, 1, 5, 9] && first.values[23] == 23)
    }

    @Test("are classes where targets are whole numbers, else numbers of any shape")
    func tasks() throws {
        try write("x", (0..<8).map { Float($0) }, [8])
        try write("y", [3, -1, 3, 300, 3, -1, 300, -1])
        #expect(try ArrayData(request()).notes.schema.target == .classes([-1, 3, 300]))
        let numbers = try ArrayData(request { ($0.task, $0.testFraction) = (.regression, 0) })
        guard case .numbers(let shape, let mean, _) = numbers.notes.schema.target else {
            Issue.record("no numbers")
            return
        }
        #expect(shape == [] && mean == [75.75] && numbers.training.batch(of: [3]).targets == [300])
        try write("y", (0..<16).map { Float($0) }, [8, 2, 1])
        let data = try ArrayData(request())
        #expect(data.notes.schema.outputs == 2 && data.training.batch(of: [0, 1]).targets.count == 4)
        try write("y", [0, 1, 0, 1, 1, 1, 0, 1], [8])
        #expect(try ArrayData(request { $0.task = .classification }).notes.schema.target == .classes([0, 1]))
    }

    @Test("take x_train, y_train, x_test and y_test of Keras' archives; others are named")
    func names() throws {
        for part in ["train", "test"] {
            try write("x_" + part, (0..<4).map { Float($0) }, [4, 1])
            try write("y_" + part, part == "test" ? [0, 1, 7, 1] : [0, 1, 0, 1])
        }
        try write("x_val", [1], [1])
        let data = try ArrayData(request())
        #expect(data.training.count == 4 && data.test.count == 4)
        #expect(data.test.batch(of: [0, 1, 2, 3]).labels == [0, 1, -1, 1])
        #expect(data.notes.lines.contains("arrays that are not used: x_val"))
        #expect(data.notes.lines.contains { $0.hasPrefix("1 test sample of classes that were not learned") })
    }

    @Test("are refused in one line where they do not fit")
    func refused() throws {
        func refusal(_ change: (inout ArrayRequest) -> Void = { _ in }) -> String {
            message { _ = try ArrayData(request(change)) }
        }
        #expect(refusal().contains("no file that ends in .npy"))
        try write("x", (0..<8).map { Float($0) }, [4, 2])
        #expect(refusal().contains("targets called"))
        try write("y", [0, 1, 0])
        #expect(refusal().contains("4 samples in x and 3 in y"))
        try write("y", [0, 1, 0, 1])
        try write("features", [1, 2, 3, 4], [4])
        #expect(refusal().contains("x, features") && refusal().contains("arrays.inputs"))
        #expect(refusal { $0.inputs = "z" }.contains("\"z\" (arrays.inputs)"))
        #expect(refusal { $0.inputs = "x" } == "no error")
        try write("x", [0, 1, 2, .nan, 4, 5, 6, 7], [4, 2])
        #expect(refusal { $0.inputs = "x" }.contains("nan in sample 1"))
        try write("x", [], [0, 2])
        #expect(refusal { $0.inputs = "x" }.contains("at least one sample"))
        try folder.write(ExampleArrays.npy([0, 1, 1, 0, 0, 1, 1, 0] as [Int64], [4, 2]), to: "y.npy")
        #expect(refusal { $0.inputs = "features" }.contains("numpy.argmax"))
        try write("y", [0, 0.5, 1, 1], [4])
        #expect(
            refusal { ($0.inputs, $0.task) = ("features", .classification) }.contains("the class 0.5 of sample 1"))
    }

    @Test("keep what was learned for other arrays, and refuse other shapes")
    func saved() throws {
        try write("x", (0..<8).map { Float($0) }, [4, 2])
        try write("y", [5, 9, 5, 9])
        let schema = try ArrayData(request { $0.testFraction = 0 }).notes.schema
        try write("y", [9, 9, 4, 5])
        let data = try ArrayData(request { ($0.schema, $0.testFraction) = (schema, 0) })
        #expect(data.training.batch(of: [0, 1, 2, 3]).labels == [1, 1, -1, 0])
        try write("x", (0..<12).map { Float($0) }, [4, 3])
        let text = message { _ = try ArrayData(request { $0.schema = schema }) }
        #expect(text.contains("samples of the shape (3), expected (2)"), "\(text)")
    }
}
