import Messages

/// A prediction cannot be explained as asked; one line with what was found and what to do.
public enum ExplanationError: Error, CustomStringConvertible, Equatable {
    /// The model has no layer of this name.
    case unknownLayer(String, known: [String])
    /// The method needs a layer of images or sequences, and there is none, or another one was named.
    case noChannels(String?)
    /// The model has fewer outputs.
    case noOutput(Int, count: Int)
    /// The input is not numbers, and no embedding makes numbers of it.
    case notDifferentiable(String)
    /// The prediction is not a finite number.
    case notFinite(Float)

    public var description: String {
        switch self {
        case .unknownLayer(let name, let known):
            "the model has no layer \"\(name)\"; it has: \(known.listed(limit: 40, longest: 40))"
        case .noChannels(let name?):
            "the layer \(name) has no channels of an image or a sequence, which Grad-CAM needs; name a convolution (--layer)"
        case .noChannels(nil):
            "the model has no convolution, which Grad-CAM needs; choose another --method"
        case .noOutput(let number, let count):
            "the model has \(Readable.count(count, of: "output")), numbered from 0, and none of number \(number); choose another --target"
        case .notDifferentiable(let name):
            "the input \(name) of the model is neither numbers nor tokens of an embedding; its gradient is not defined"
        case .notFinite(let value):
            "found the output \(Readable.number(value)) for this input, expected a finite one; the input is too large for the model's weights"
        }
    }
}
