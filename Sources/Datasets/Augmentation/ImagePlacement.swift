import Kernels

/// Where the pixels of an augmented image come from, and what is cut out of it.
package struct ImagePlacement: Equatable {
    /// The crop: pixel (y, x) becomes that at (y + down, x + right), or black.
    package var cropDown = 0, cropRight = 0
    /// Then mirrored left to right.
    package var isFlipped = false
    /// Then moved: pixel (y, x) becomes that at (y - down, x - right), or black.
    package var shiftDown = 0, shiftRight = 0
    /// The middle of what is cut out.
    package var cutoutRow = 0, cutoutColumn = 0

    /// Every pixel where it is.
    package init() {}

    /// A placement at random. It takes as many numbers whatever is asked for, so that one change leaves the others
    /// alone.
    init(_ augmentation: ImageAugmentation, height: Int, width: Int, random: inout PhiloxGenerator) {
        func whole(_ count: Int) -> Int { random.index(below: count) }
        func fraction(_ size: Int) -> Int {
            let most = augmentation.shift * Double(size)
            return Int(((2 * Double(random.uniform()) - 1) * most).rounded())
        }
        isFlipped = Double(random.uniform()) < augmentation.flip
        cropDown = whole(2 * augmentation.cropPadding + 1) - augmentation.cropPadding
        cropRight = whole(2 * augmentation.cropPadding + 1) - augmentation.cropPadding
        (shiftDown, shiftRight) = (fraction(height), fraction(width))
        (cutoutRow, cutoutColumn) = (whole(height), whole(width))
    }

    /// Writes the pixels of `image` to `target`, both [height, width, channels]; black is 0.
    package func place(
        _ image: UnsafePointer<UInt8>, height: Int, width: Int, channels: Int, into target: UnsafeMutablePointer<UInt8>
    ) {
        target.update(repeating: 0, count: height * width * channels)
        // column x comes from source(x), which grows or falls with x
        let sign = isFlipped ? -1 : 1
        let first = isFlipped ? width - 1 + shiftRight + cropRight : cropRight - shiftRight
        let low = max(0, shiftRight, isFlipped ? first - width + 1 : -first)
        let high = min(width, width + shiftRight, isFlipped ? first + 1 : width - first)
        guard low < high else { return }
        for row in max(0, shiftDown)..<max(0, shiftDown, min(height, height + shiftDown)) {
            let sourceRow = row - shiftDown + cropDown
            guard (0..<height).contains(sourceRow) else { continue }
            let (from, to) = (image + sourceRow * width * channels, target + row * width * channels)
            if !isFlipped {
                (to + low * channels).update(from: from + (first + low) * channels, count: (high - low) * channels)
                continue
            }
            for column in low..<high {
                let source = from + (first + sign * column) * channels
                for channel in 0..<channels { to[column * channels + channel] = source[channel] }
            }
        }
    }

    /// Sets a square of `side` of an image [height, width, channels] to 0: ⌊side/2⌋ pixels before the middle, and as
    /// many from it on.
    package func cutOut(
        side: Int, of image: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int
    ) {
        func range(_ middle: Int, _ size: Int) -> Range<Int> {
            max(0, middle - side / 2)..<min(size, middle + side / 2)
        }
        let columns = range(cutoutColumn, width)
        for row in range(cutoutRow, height) {
            (image + (row * width + columns.lowerBound) * channels).update(
                repeating: 0, count: columns.count * channels)
        }
    }
}
