/// An event as it was read from a TensorBoard file.
package struct RecordedEvent: Sendable, Equatable {
    /// A value by its tag; not all kinds are numbers.
    package struct Value: Sendable, Equatable {
        package var tag = ""
        package var scalar: Float?
    }

    /// The place of its record in the file.
    let range: Range<Int>
    package private(set) var step = 0
    package private(set) var values: [Value] = []

    /// The events in the file at `path`, up to the first that is damaged or not complete.
    package static func all(in path: String) throws(RunLogError) -> (events: [RecordedEvent], bytes: Int) {
        let bytes = Array(try FileContents.read(path))
        return (TFRecord.records(in: bytes).map { RecordedEvent(range: $0.range, $0.content) }, bytes.count)
    }

    private init(range: Range<Int>, _ content: ArraySlice<UInt8>) {
        self.range = range
        for (field, value) in ProtobufReader(content) {
            switch (field, value) {
            case (2, .varint(let number)): step = Int(truncatingIfNeeded: number)
            case (5, .bytes(let summary)):
                for case (1, .bytes(let value)) in ProtobufReader(summary) { values.append(Value(value)) }
            default: break
            }
        }
    }
}

extension RecordedEvent.Value {
    fileprivate init(_ bytes: ArraySlice<UInt8>) {
        for (field, value) in ProtobufReader(bytes) {
            switch (field, value) {
            case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
            case (2, .fixed(let bits)): scalar = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            default: break
            }
        }
    }
}
