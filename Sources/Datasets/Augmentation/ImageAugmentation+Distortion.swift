import CKernels
import Kernels

extension ImageAugmentation {
    /// Crops, resizes, turns and colors an image at random: to `target`, [height, width, channels].
    ///
    /// A function of (seed, epoch, sample), on any rank. Without a random crop the area has the size that is wanted.
    func distort(
        _ area: PixelArea, height: Int, width: Int, _ seed: UInt64, _ epoch: Int, _ sample: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        var random = PhiloxGenerator(
            seed: seed, purpose: .imageDistortion, stream: UInt64(epoch) << 32 | UInt64(UInt32(sample)))
        // as many numbers whatever is asked for, so that one change leaves the others alone
        let (angle, brightness, contrast, saturation, turn) = (
            signed(rotation, &random), factor(self.brightness, &random), factor(self.contrast, &random),
            factor(self.saturation, &random), signed(hue, &random)
        )
        let part = resizedCrop < 1 ? crop(of: area, &random) : area
        let (channels, pixels) = (Int32(area.channels), height * width)
        let bytes = pixels * area.channels
        part.resize(height: height, width: width, into: target)
        if rotation > 0 {
            let (sine, cosine) = sineAndCosine(angle / 180 * .pi)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes) { copy in
                let copy = copy.baseAddress.unsafelyUnwrapped
                copy.update(from: target, count: bytes)
                lockstep_image_rotate(
                    copy, height, width, channels, Int32((cosine * 65536).rounded()),
                    Int32((sine * 65536).rounded()), target)
            }
        }
        if self.brightness > 0 { lockstep_image_blend(target, bytes, brightness, 0) }
        if self.contrast > 0 {
            lockstep_image_blend(target, bytes, contrast, lockstep_image_mean(target, pixels, channels))
        }
        if self.saturation > 0 { lockstep_image_saturate(target, pixels, saturation) }
        if hue > 0 { lockstep_image_turn_hue(target, pixels, Int32((turn * 24576).rounded())) }
    }

    /// A number from -most to most.
    private func signed(_ most: Double, _ random: inout PhiloxGenerator) -> Double {
        (2 * Double(random.uniform()) - 1) * most
    }

    /// A factor from 1 - spread, at least 0, to 1 + spread, in 12 binary places.
    private func factor(_ spread: Double, _ random: inout PhiloxGenerator) -> Int32 {
        let low = max(0, 1 - spread)
        return Int32(((low + (1 + spread - low) * Double(random.uniform())) * 4096).rounded())
    }

    /// A part of an area, as torchvision's RandomResizedCrop: of ten parts at random the first that fits, else the largest in the
    /// middle whose ratio is allowed.
    private func crop(of area: PixelArea, _ random: inout PhiloxGenerator) -> PixelArea {
        let (height, width) = (Double(area.height), Double(area.width))
        let (least, most) = (3.0 / 4, 4.0 / 3)
        for _ in 0..<10 {
            let target = height * width * (resizedCrop + (1 - resizedCrop) * Double(random.uniform()))
            let (low, high) = (logarithm(least), logarithm(most))
            let ratio = exponential(low + (high - low) * Double(random.uniform()))
            let (w, h) = (Int((target * ratio).squareRoot().rounded()), Int((target / ratio).squareRoot().rounded()))
            let (down, right) = (random.nextWord(), random.nextWord())
            guard (1...area.width).contains(w), (1...area.height).contains(h) else { continue }
            // the place is drawn whether it is needed or not; the bias of a product is below 2⁻¹⁶
            func place(_ word: UInt32, _ count: Int) -> Int { Int(UInt64(word) * UInt64(count) >> 32) }
            return area.part(
                top: place(down, area.height - h + 1), left: place(right, area.width - w + 1), height: h, width: w)
        }
        let ratio = width / height
        let w = ratio > most ? Int((height * most).rounded()) : area.width
        let h = ratio < least ? Int((width / least).rounded()) : area.height
        return area.part(top: (area.height - h) / 2, left: (area.width - w) / 2, height: h, width: w)
    }
}
