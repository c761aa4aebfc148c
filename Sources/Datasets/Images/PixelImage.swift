import CKernels
import Preconditions

/// An image in memory: rows of pixels, each of 1 byte (gray) or 3 (RGB).
public struct PixelImage: Sendable, Equatable {
    /// The number of rows, and of pixels in each.
    public let height, width: Int
    /// The bytes of a pixel, 1 or 3.
    public let channels: Int
    /// height · width · channels bytes.
    public let pixels: [UInt8]

    /// An image of these pixels.
    public init(_ pixels: [UInt8], height: Int, width: Int, channels: Int) {
        require(
            (channels == 1 || channels == 3) && height > 0 && width > 0 && pixels.count == height * width * channels,
            "PixelImage: \(pixels.count) bytes do not make \(height)×\(width) pixels of \(channels) channels (1 or 3)")
        (self.height, self.width, self.channels, self.pixels) = (height, width, channels, pixels)
    }

    /// Calls `body` with the pixels, valid within the call.
    package func withPixels<Result>(_ body: (PixelArea) throws -> Result) rethrows -> Result {
        try pixels.withUnsafeBufferPointer { buffer in
            try body(
                PixelArea(
                    start: buffer.baseAddress.unsafelyUnwrapped, height: height, width: width, channels: channels,
                    stride: width * channels))
        }
    }

    /// An image of this size, whose pixels `body` writes.
    static func made(
        height: Int, width: Int, channels: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void
    ) -> PixelImage {
        let count = height * width * channels
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            body(buffer.baseAddress.unsafelyUnwrapped)
            initialized = count
        }
        return PixelImage(pixels, height: height, width: width, channels: channels)
    }

    /// The image resized by a triangle filter with antialiasing, as Pillow's `resize(BILINEAR)`: to the same bytes where it takes the axes
    /// in the same order, else within 1.
    public func resized(height: Int, width: Int) -> PixelImage {
        if height == self.height, width == self.width { return self }
        return Self.made(height: height, width: width, channels: channels) { target in
            withPixels { $0.resize(height: height, width: width, into: target) }
        }
    }

    /// The image that is meant by one whose EXIF orientation, 1 to 8, is `orientation`.
    func oriented(_ orientation: Int) -> PixelImage {
        guard (2...8).contains(orientation) else { return self }
        let isTurned = orientation > 4
        return Self.made(height: isTurned ? width : height, width: isTurned ? height : width, channels: channels) {
            lockstep_image_orient(pixels, height, width, Int32(channels), Int32(orientation), $0)
        }
    }

    /// The image in gray, by the weights of ITU-R BT.601.
    var gray: PixelImage {
        if channels == 1 { return self }
        return Self.made(height: height, width: width, channels: 1) { lockstep_image_gray(pixels, height * width, $0) }
    }
}

/// A rectangle of an image's pixels, valid as long as the image: rows that lie `stride` bytes apart.
package struct PixelArea {
    let start: UnsafePointer<UInt8>
    let height, width, channels, stride: Int

    /// The part of these rows and columns.
    func part(top: Int, left: Int, height: Int, width: Int) -> PixelArea {
        PixelArea(
            start: start + top * stride + left * channels, height: height, width: width, channels: channels,
            stride: stride)
    }

    /// Writes the area, resized, to `target`, [height, width, channels].
    ///
    /// Rows are resized first unless that would be more work; the rounding between depends on it.
    func resize(height: Int, width: Int, into target: UnsafeMutablePointer<UInt8>) {
        let row = width * channels
        guard width != self.width else { return resizeColumns(start, stride, row, height, into: target) }
        guard height != self.height else { return resizeRows(height, width, into: target) }
        let columnsFirst = height < self.height && width > self.width
        let bytes = columnsFirst ? height * self.width * channels : self.height * row
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes) { buffer in
            let buffer = buffer.baseAddress.unsafelyUnwrapped
            if columnsFirst {
                resizeColumns(start, stride, self.width * channels, height, into: buffer)
                PixelArea(
                    start: buffer, height: height, width: self.width, channels: channels, stride: self.width * channels
                ).resizeRows(height, width, into: target)
            } else {
                resizeRows(self.height, width, into: buffer)
                resizeColumns(buffer, row, row, height, into: target)
            }
        }
    }

    private func resizeRows(_ count: Int, _ width: Int, into target: UnsafeMutablePointer<UInt8>) {
        Self.withWeights(self.width, width) {
            lockstep_resize_rows(start, stride, count, Int32(channels), $0, target)
        }
    }

    private func resizeColumns(
        _ rows: UnsafePointer<UInt8>, _ stride: Int, _ row: Int, _ height: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        guard height != self.height else {
            for y in 0..<height { (target + y * row).update(from: rows + y * stride, count: row) }
            return
        }
        Self.withWeights(self.height, height) { lockstep_resize_columns(rows, stride, row, $0, target) }
    }

    private static func withWeights(
        _ inputs: Int, _ outputs: Int, _ body: (UnsafePointer<lockstep_resizing>) -> Void
    ) {
        let taps = lockstep_resize_taps(inputs, outputs)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: outputs * (taps + 2)) { numbers in
            let starts = numbers.baseAddress.unsafelyUnwrapped
            let (counts, weights) = (starts + outputs, starts + 2 * outputs)
            lockstep_resize_weights(inputs, outputs, starts, counts, weights)
            var resizing = lockstep_resizing(
                outputs: outputs, taps: taps, starts: starts, counts: counts, weights: weights)
            body(&resizing)
        }
    }
}
