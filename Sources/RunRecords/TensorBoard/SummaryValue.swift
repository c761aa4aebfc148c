/// A value of TensorBoard by its tag, such as `train/loss`: what comes before the slash groups the values on the page.
package struct SummaryValue: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case scalar(Double)
        /// Markdown.
        case text(String)
        case histogram(HistogramBins)
        case image(PNGPicture)
    }

    package let tag: String
    package let content: Content

    package init(_ tag: String, _ content: Content) { (self.tag, self.content) = (tag, content) }

    /// Writes the message `Summary.Value` (tensorboard/compat/proto/summary.proto).
    func write(to message: inout ProtobufWriter) {
        message.bytes(1, tag.utf8)
        switch content {
        case .scalar(let number): message.float(2, Float(number))
        case .image(let picture):
            message.message(4) { image in
                image.integer(1, picture.height)
                image.integer(2, picture.width)
                image.integer(3, picture.channels)
                image.bytes(4, picture.bytes)
            }
        case .histogram(let bins):
            message.message(5) { histogram in
                let numbers = [bins.least, bins.greatest, Double(bins.count), bins.sum, bins.sumOfSquares]
                for (field, number) in numbers.enumerated() { histogram.double(field + 1, number) }
                histogram.doubles(6, bins.upperBounds)
                histogram.doubles(7, bins.counts.map(Double.init))
            }
        case .text(let text):
            message.message(8) { tensor in
                tensor.integer(1, 7)  // DT_STRING
                tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
                tensor.bytes(8, text.utf8)
            }
            message.message(9) { metadata in
                metadata.message(1) { $0.bytes(1, "text".utf8) }
                metadata.integer(4, 2)  // DATA_CLASS_TENSOR
            }
        }
    }
}
