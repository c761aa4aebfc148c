import Export
import Layers
import TensorEngine
import Testing
import Training

@Suite("The ONNX file")
struct ONNXFileTests {
    /// The fields of a message of Protocol Buffers, by the format's definition.
    private struct Fields {
        private(set) var numbers: [Int: [UInt64]] = [:]
        private(set) var parts: [Int: [[UInt8]]] = [:]

        init(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            func varint() throws -> UInt64 {
                var (value, shift): (UInt64, UInt64) = (0, 0)
                while let byte = rest.popFirst() {
                    value |= UInt64(byte & 0x7f) << shift
                    if byte < 0x80 { return value }
                    shift += 7
                }
                throw Truncated()
            }
            while !rest.isEmpty {
                let tag = try varint()
                let field = Int(tag >> 3)
                switch tag & 7 {
                case 0: numbers[field, default: []].append(try varint())
                case 2:
                    let count = Int(try varint())
                    guard rest.count >= count else { throw Truncated() }
                    parts[field, default: []].append(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                case 5:
                    parts[field, default: []].append(Array(rest.prefix(4)))
                    rest = rest.dropFirst(4)
                default: throw Truncated()
                }
            }
        }

        func text(_ field: Int) -> [String] { (parts[field] ?? []).map { String(decoding: $0, as: UTF8.self) } }
        func messages(_ field: Int) throws -> [Fields] { try (parts[field] ?? []).map { try Fields($0) } }
    }

    private struct Truncated: Error {}

    private func export() throws -> (bytes: [UInt8], weight: Tensor) {
        var random = InitializationRandom(seed: 1)
        let linear = Linear(3, 2, thenReLU: true, random: &random)
        let model = Sequential(linear, Linear(2, 2, random: &random))
        let function = ExportedFunction(
            "model", "a perceptron", input: .numbers("x", ["batch", 3]), output: "y", of: model)
        let export = ModelExport(model, "test", functions: [function], metadata: ["class_names": "[\"a\"]"])
        let files = try Exporter(export, origin: ["recipe": "none"]).onnx()
        #expect(files.map(\.name) == ["model.onnx"])
        return (files[0].bytes, linear.weight.value)
    }

    /// The numbers of the fields are those of onnx.proto: graph 7, its nodes 1, their inputs 1, outputs 2 and operators 4.
    @Test("has the operators, the names and the tensors of the model, in PyTorch's layout")
    func contents() throws {
        let (bytes, weight) = try export()
        let model = try Fields(bytes)
        #expect(model.numbers[1] == [8])
        #expect(try model.messages(8)[0].numbers[2] == [17])
        #expect(
            try model.messages(14).map { $0.text(1) + $0.text(2) } == [
                ["class_names", "[\"a\"]"], ["recipe", "none"],
            ])
        let graph = try model.messages(7)[0]
        let nodes = try graph.messages(1).map {
            "\($0.text(4)[0])(\($0.text(1).joined(separator: ", "))) → \($0.text(2)[0])"
        }
        #expect(
            nodes == [
                "Gemm(x, 0.weight, 0.bias) → gemm_1", "Relu(gemm_1) → relu_2",
                "Gemm(relu_2, 1.weight, 1.bias) → gemm_3",
                "Identity(gemm_3) → y",
            ])
        let tensors = try graph.messages(5)
        #expect(tensors.map { $0.text(8)[0] } == ["0.weight", "0.bias", "1.weight", "1.bias"])
        // [outputs, inputs] of [inputs, outputs]; dims are packed varints
        #expect(tensors[0].parts[1] == [[2, 3]])
        #expect(tensors[0].numbers[2] == [1])
        let raw = try #require(tensors[0].parts[9]?.first)
        let found = stride(from: 0, to: raw.count, by: 4).map { offset in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(raw[offset + $1]) << UInt32(8 * $1) })
        }
        #expect(found == weight.transposed().values)
    }
}
