import CKernels
import Kernels
import Preconditions

/// The windows of a pooling: the rows and columns of an image that each pixel of the pooled image depends on.
struct PoolingWindows: Sendable {
    let rows, columns: [Range<Int32>]
    /// For each output pixel the factor of an average, row-major.
    let scale: [Float]

    /// Windows of size `window`, `stride` apart; the image is padded by `padding` rows and columns on each side.
    /// - Parameter countsPadding: whether an average divides by the window's size even where it reaches into the padding.
    init(image: Extent, window: Extent, stride: Extent, padding: Extent, countsPadding: Bool) {
        func ranges(_ axis: KeyPath<Extent, Int>) -> [Range<Int32>] {
            let (size, length, step) = (image[keyPath: axis], window[keyPath: axis], stride[keyPath: axis])
            let zeros = padding[keyPath: axis]
            require(
                length >= 1 && step >= 1 && zeros >= 0 && 2 * zeros <= length && size + 2 * zeros >= length,
                "pooling: a window of \(window), stride \(stride), padding \(padding) does not fit an image of \(image); the padding must be at most half the window"
            )
            return (0...((size + 2 * zeros - length) / step)).map { index in
                let start = index * step - zeros
                return Int32(max(start, 0))..<Int32(min(start + length, size))
            }
        }
        self.init(
            rows: ranges(\.height), columns: ranges(\.width),
            area: countsPadding ? window.height * window.width : nil)
    }

    /// `output` windows along each axis that cover the image: i sees ⌊i·size/output⌋ ..< ⌈(i + 1)·size/output⌉.
    init(image: Extent, adaptingTo output: Extent) {
        func ranges(_ axis: KeyPath<Extent, Int>) -> [Range<Int32>] {
            let (size, count) = (image[keyPath: axis], output[keyPath: axis])
            require(
                count >= 1 && size >= 1, "adaptive pooling: an image of \(image) cannot be pooled to \(output)")
            return (0..<count).map { Int32($0 * size / count)..<Int32((($0 + 1) * size + count - 1) / count) }
        }
        self.init(rows: ranges(\.height), columns: ranges(\.width), area: nil)
    }

    private init(rows: [Range<Int32>], columns: [Range<Int32>], area: Int?) {
        (self.rows, self.columns) = (rows, columns)
        scale = rows.flatMap { row in columns.map { 1 / Float(area ?? row.count * $0.count) } }
        require(
            rows.allSatisfy { row in columns.allSatisfy { row.count * $0.count <= 1 << 16 } },
            "pooling: a window must have at most 65536 pixels")
    }

    /// The pooled shape of an image's.
    func output(of input: Shape) -> Shape { [input[0], rows.count, columns.count, input[3]] }

    /// Calls `body` with the windows in the kernels' form, for images of shape `input`.
    func withWindows(of input: Shape, _ body: (UnsafePointer<lockstep_windows>) -> Void) {
        let bounds =
            [rows.map(\.lowerBound), rows.map(\.upperBound)] + [columns.map(\.lowerBound), columns.map(\.upperBound)]
        bounds[0].withUnsafeBufferPointer { rowStart in
            bounds[1].withUnsafeBufferPointer { rowEnd in
                bounds[2].withUnsafeBufferPointer { columnStart in
                    bounds[3].withUnsafeBufferPointer { columnEnd in
                        var windows = lockstep_windows(
                            batch: input[0], height: input[1], width: input[2], channels: input[3],
                            out_height: rows.count, out_width: columns.count, row_start: rowStart.baseAddress,
                            row_end: rowEnd.baseAddress, column_start: columnStart.baseAddress,
                            column_end: columnEnd.baseAddress)
                        body(&windows)
                    }
                }
            }
        }
    }
}
