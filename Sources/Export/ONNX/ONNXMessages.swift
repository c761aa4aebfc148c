/// The messages of ONNX that an exported model has. Source of the numbers of the fields: onnx/onnx.proto, version 1.12 (IR 8).
enum ONNXMessages {
    static let irVersion = 8
    /// LayerNormalization is the newest operator that is used.
    static let operatorSet = 17

    private static let floatType = 1
    private static let integerType = 7

    static func tensor(_ name: String, shape: [Int], _ values: [Float]) -> ProtobufMessage {
        var tensor = ProtobufMessage()
        tensor.integers(1, shape)
        tensor.integer(2, floatType)
        tensor.text(8, name)
        tensor.numbers(9, values)
        return tensor
    }

    static func tensor(_ name: String, integers: [Int], isScalar: Bool) -> ProtobufMessage {
        var tensor = ProtobufMessage()
        if !isScalar { tensor.integers(1, [integers.count]) }
        tensor.integer(2, integerType)
        tensor.integers(7, integers)
        tensor.text(8, name)
        return tensor
    }

    /// An input or an output.
    static func value(_ name: String, isInteger: Bool, _ dimensions: [String], _ description: String) -> ProtobufMessage
    {
        var shape = ProtobufMessage()
        for dimension in dimensions {
            var message = ProtobufMessage()
            if let size = Int(dimension) { message.integer(1, size) } else { message.text(2, dimension) }
            shape.message(1, message)
        }
        var (tensor, type, value) = (ProtobufMessage(), ProtobufMessage(), ProtobufMessage())
        tensor.integer(1, isInteger ? integerType : floatType)
        tensor.message(2, shape)
        type.message(1, tensor)
        value.text(1, name)
        value.message(2, type)
        value.text(3, description)
        return value
    }

    static func node(
        _ operation: String, _ name: String, inputs: [String], outputs: [String],
        _ attributes: [(String, ONNXAttribute)]
    ) -> ProtobufMessage {
        var node = ProtobufMessage()
        for input in inputs { node.text(1, input) }
        for output in outputs { node.text(2, output) }
        node.text(3, name)
        node.text(4, operation)
        for (name, attribute) in attributes { node.message(5, attribute.message(name)) }
        return node
    }

    /// The whole file.
    static func model(
        graph: ProtobufMessage, version: String, description: String, metadata: [(key: String, value: String)]
    ) -> ProtobufMessage {
        var (model, operators) = (ProtobufMessage(), ProtobufMessage())
        operators.text(1, "")
        operators.integer(2, operatorSet)
        model.integer(1, irVersion)
        model.text(2, "lockstep")
        model.text(3, version)
        model.text(6, description)
        model.message(7, graph)
        model.message(8, operators)
        for (key, value) in metadata {
            var entry = ProtobufMessage()
            entry.text(1, key)
            entry.text(2, value)
            model.message(14, entry)
        }
        return model
    }
}

/// An attribute of an operator.
enum ONNXAttribute {
    case float(Float)
    case integer(Int)
    case text(String)
    case integers([Int])
    case texts([String])

    func message(_ name: String) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.text(1, name)
        switch self {
        case .float(let value):
            message.float(2, value)
            message.integer(20, 1)
        case .integer(let value):
            message.integer(3, value)
            message.integer(20, 2)
        case .text(let value):
            message.text(4, value)
            message.integer(20, 3)
        case .integers(let values):
            for value in values { message.integer(8, value) }
            message.integer(20, 7)
        case .texts(let values):
            for value in values { message.text(9, value) }
            message.integer(20, 8)
        }
        return message
    }
}
