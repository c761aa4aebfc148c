import CKernels
import Datasets
import Foundation
import Kernels
import TensorEngine
import Testing
import TestSupport

@Suite("Augmented images")
struct AugmentationTests {
    /// 1 to 6 as an image of 2×3 pixels.
    private func placed(_ change: (inout ImagePlacement) -> Void) -> [UInt8] {
        var placement = ImagePlacement()
        change(&placement)
        var target = [UInt8](repeating: 99, count: 6)
        placement.place([1, 2, 3, 4, 5, 6], height: 2, width: 3, channels: 1, into: &target)
        return target
    }

    @Test("are mirrored left to right, cropped out of a black border, and shifted, as torch's flip, pad and slice do")
    func placements() {
        #expect(placed { _ in } == [1, 2, 3, 4, 5, 6])
        #expect(placed { $0.isFlipped = true } == [3, 2, 1, 6, 5, 4])
        // pad(1)[1 + down:, 1 + right:] of the original size
        #expect(placed { ($0.cropDown, $0.cropRight) = (1, -1) } == [0, 4, 5, 0, 0, 0])
        #expect(placed { ($0.cropDown, $0.cropRight) = (-1, 1) } == [0, 0, 0, 2, 3, 0])
        // out[y, x] = in[y - down, x - right]
        #expect(placed { ($0.shiftDown, $0.shiftRight) = (1, 2) } == [0, 0, 0, 0, 0, 1])
        #expect(placed { ($0.shiftDown, $0.shiftRight) = (-1, -1) } == [5, 6, 0, 0, 0, 0])
        // crop [2 3 0], then flip [0 3 2]; what the crop has lost does not come back with the shift
        #expect(placed { ($0.cropRight, $0.isFlipped) = (1, true) } == [0, 3, 2, 0, 6, 5])
        #expect(placed { ($0.cropRight, $0.shiftRight) = (1, 1) } == [0, 2, 3, 0, 5, 6])
        #expect(placed { ($0.cropRight, $0.isFlipped, $0.shiftRight) = (1, true, -1) } == [3, 2, 0, 6, 5, 0])
        #expect(placed { ($0.cropDown, $0.shiftRight) = (2, 0) } == [0, 0, 0, 0, 0, 0])
        #expect(placed { $0.shiftRight = 3 } == [0, 0, 0, 0, 0, 0])
        #expect(placed { $0.cropRight = -4 } == [0, 0, 0, 0, 0, 0])
    }

    @Test("keep the channels of a pixel together")
    func channels() {
        var placement = ImagePlacement()
        (placement.isFlipped, placement.cropRight) = (true, 1)
        var target = [UInt8](repeating: 99, count: 6)
        placement.place([1, 2, 3, 4, 5, 6], height: 1, width: 3, channels: 2, into: &target)
        #expect(target == [0, 0, 5, 6, 3, 4])
    }

    @Test("lose a square around a pixel, cut off at the edges, as in the code of its authors")
    func cutout() {
        // y1 = clip(y - length // 2, 0, h), y2 = clip(y + length // 2, 0, h)
        func cut(_ row: Int, _ column: Int, side: Int) -> [Float] {
            var placement = ImagePlacement()
            (placement.cutoutRow, placement.cutoutColumn) = (row, column)
            var image = [Float](repeating: 1, count: 12)
            placement.cutOut(side: side, of: &image, height: 3, width: 4, channels: 1)
            return image
        }
        #expect(cut(1, 2, side: 2) == [1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1])
        #expect(cut(0, 0, side: 2) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(cut(2, 3, side: 4) == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
        #expect(cut(1, 1, side: 1) == [Float](repeating: 1, count: 12))
    }

    @Test("are mixed with their classes: λ·x + (1-λ)·x′")
    func mixing() {
        let (inputs, targets) = mixup(
            Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]), [2, 0, 2], classes: 3,
            [
                Mixing(partner: 1, share: 0.75), Mixing(partner: 1, share: 0.5), Mixing(partner: 0, share: 0.25),
            ])
        #expect(inputs.values == [1.5, 2.5, 3, 4, 2, 3])
        #expect(targets.shape == [3, 3])
        #expect(targets.values == [0.25, 0, 0.75, 1, 0, 0, 0, 0, 1])
    }

    @Test("Shares of Beta(α, α) have its mean and variance", arguments: [0.05, 0.2, 1, 4])
    func beta(alpha: Double) {
        var random = PhiloxGenerator(seed: 1, purpose: .test, stream: 9)
        let shares = (0..<20_000).map { _ in random.beta(alpha) }
        #expect(shares.allSatisfy { (0...1).contains($0) })
        let mean = shares.reduce(0, +) / 20_000
        let variance = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20_000
        // five standard errors of the mean; the variance is 1/(4·(2α + 1)), its own deviation below 0.13
        #expect(abs(mean - 0.5) < 5 * (0.25 / (2 * alpha + 1) / 20_000).squareRoot())
        #expect(abs(variance - 0.25 / (2 * alpha + 1)) < 5 * 0.13 / 20_000.0.squareRoot())
    }

    @Test("Noise is the normal distribution's quantile of each random word")
    func noise() {
        let count = 10_003
        var noise = [Float](repeating: 1, count: count)
        lockstep_add_noise(5, 1, 2, 3, 0.5, &noise, count)
        var (worst, squares) = (0.0, 0.0)
        for i in 0..<count {
            var words: [UInt32] = [0, 0, 0, 0]
            lockstep_philox(5, [UInt32(i / 4), 1, 2, 3], &words)
            // the probability of the word, and of the number that came of it
            let probability = (2 * Double(words[i % 4] >> 8) + 1) / 0x1p25
            let z = Double(noise[i] - 1) / 0.5
            worst = max(worst, abs(0.5 * erfc(-z / 2.0.squareRoot()) - probability))
            squares += z * z
        }
        #expect(worst < 1e-6)
        #expect(abs(squares / Double(count) - 1) < 5 * (2 / Double(count)).squareRoot())
    }

    // MARK: Batches

    private static let count = 400

    private static func images(_ change: (inout ImageAugmentation) -> Void, seed: UInt64 = 3) throws -> LabeledImages {
        var augmentation = ImageAugmentation()
        change(&augmentation)
        return try LabeledImages(
            pixels: (0..<count * 12).map { UInt8($0 % 251 + 1) }[...], height: 3, width: 4,
            labels: (0..<count).map { UInt8($0 % 5) }, classes: 5, mean: 0.25, deviation: 0.5
        ).augmented(by: augmentation, seed: seed)
    }

    private static let everything: @Sendable (inout ImageAugmentation) -> Void = {
        ($0.flip, $0.cropPadding, $0.shift, $0.cutout, $0.noise) = (0.5, 1, 0.3, 2, 0.1)
    }

    @Test("are a function of seed, epoch and sample, whoever else is in the batch")
    func keys() throws {
        let images = try Self.images(Self.everything)
        let all = images.trainingBatch(of: Array(0..<40), epoch: 2)
        let some = images.trainingBatch(of: [7, 31], epoch: 2)
        let expected: [Float] = [7, 31].flatMap { row in Array(all.inputs.values[row * 12..<row * 12 + 12]) }
        #expect(some.inputs.values == expected)
        #expect(images.trainingBatch(of: [7, 31], epoch: 3).inputs.values != some.inputs.values)
        #expect(
            try Self.images(Self.everything, seed: 4).trainingBatch(of: [7, 31], epoch: 2).inputs.values
                != some.inputs.values)
        #expect(some.targets == nil && some.labels == Indices([2, 1]))
    }

    @Test("are as they were when they are evaluated, or when nothing is asked for")
    func plain() throws {
        let plain = try Self.images { _ in }
        let expected = plain.batch(of: [5, 6]).inputs.values
        #expect(plain.trainingBatch(of: [5, 6], epoch: 1).inputs.values == expected)
        let augmented = try Self.images(Self.everything)
        #expect(augmented.batch(of: [5, 6]).inputs.values == expected)
    }

    @Test("One change leaves what is random about the others alone")
    func independence() throws {
        func flips(_ change: (inout ImageAugmentation) -> Void) throws -> [Bool] {
            let batch = try Self.images(change).trainingBatch(of: Array(0..<Self.count), epoch: 0).inputs.values
            // in a row the pixels rise but for a few that begin anew
            return (0..<Self.count).map { batch[$0 * 12 + 1] > batch[$0 * 12 + 2] }
        }
        let alone = try flips { $0.flip = 0.5 }
        // five standard errors of the share
        #expect(abs(alone.count { $0 } - Self.count / 2) < 5 * Self.count / 40)
        #expect(try flips { ($0.flip, $0.noise) = (0.5, 1e-4) } == alone)
    }

    @Test("with mixup have targets that add up to 1 and go with the images")
    func mixedBatch() throws {
        let images = try Self.images { $0.mixup = 1 }
        let samples = [0, 1, 2, 3, 4, 5, 6]
        let (mixed, plain) = (images.trainingBatch(of: samples, epoch: 1), images.batch(of: samples))
        let targets = try #require(mixed.targets)
        #expect(targets.shape == [7, 5])
        var changed = 0
        for row in 0..<7 {
            let target = Array(targets.values[row * 5..<row * 5 + 5])
            #expect(abs(target.reduce(0, +) - 1) < 1e-6)
            // the partner is the one whose image, mixed by the target's share, gives this one
            let own = Array(plain.inputs.values[row * 12..<row * 12 + 12])
            let found = Array(mixed.inputs.values[row * 12..<row * 12 + 12])
            let fits = (0..<7).contains { partner in
                let other = plain.inputs.values[partner * 12..<partner * 12 + 12]
                let label = Int(plain.labels.values[row])
                let share = plain.labels.values[partner] == plain.labels.values[row] ? nil : target[label]
                let shares = share.map { [$0] } ?? stride(from: Float(0), through: 1, by: 1.0 / 4096).map { $0 }
                return shares.contains { share in
                    zip(found, zip(own, other)).allSatisfy { abs($0 - (share * $1.0 + (1 - share) * $1.1)) < 1e-3 }
                }
            }
            #expect(fits, "row \(row)")
            if found != own { changed += 1 }
        }
        #expect(changed >= 3)
        #expect(images.trainingBatch(of: samples, epoch: 1).inputs.values == mixed.inputs.values)
    }

    @Test("that ask for more pixels than there are, are refused")
    func tooLarge() {
        #expect(
            complaint { _ = try Self.images { $0.cutout = 9 } }
                == "augment.cutout is 9, but the images have only 3×4 pixels; use at most twice that")
    }

    @Test("A loader hands out the images of each epoch")
    func loading() throws {
        let images = try Self.images(Self.everything)
        let sampler = ShardedSampler(count: Self.count, globalBatch: 150, shards: 2, seed: 1)
        let loader = BatchLoader(images, sampler: sampler, shards: 1..<2, from: 0, until: 2 * Self.count)
        var epochs: [Int] = []
        while let step = try loader.next() {
            let shard = try #require(step.shardBatches[0])
            let expected = images.trainingBatch(of: shard.samples, epoch: step.global.epoch)
            #expect(shard.batch.inputs.values == expected.inputs.values)
            epochs.append(step.global.epoch)
        }
        #expect(epochs == [0, 0, 0, 1, 1, 1])
    }

    // MARK: Checksums

    @Test("The checksum of data is that of its length and bytes")
    func checksum() {
        func checksum(_ bytes: [UInt8]) -> UInt32 {
            var checksum = DataChecksum()
            bytes.withUnsafeBytes { checksum.append($0) }
            return checksum.value
        }
        // zlib.crc32(b"\x03" + bytes(7) + b"abc")
        #expect(checksum(Array("abc".utf8)) == 0x38004f3d)
        var large = [UInt8](repeating: 7, count: 5 << 20)
        let before = checksum(large)
        #expect(checksum(Array(large.dropLast())) != before)
        large[large.count - 1] = 8
        #expect(checksum(large) != before)
        #expect(checksum([]) != 0)
    }
}
