import Datasets
import Kernels
import TensorEngine

/// Windows of a text in which some tokens are hidden, and are to be told.
///
/// Source: Devlin, Chang, Lee, Toutanova, "BERT: pre-training of deep bidirectional transformers", 2019, section 3.1. Which tokens
/// are hidden, and by what, follows from (seed, epoch, window).
struct MaskedWindows: DrawnDataset {
    private let windows: TextWindows
    private let settings: MaskingSettings
    /// The tokens that there are; the next number is the mask.
    private let vocabulary: Int
    private let draws: SampleDraws

    /// Some windows.
    struct Batch: Sendable {
        /// The tokens as the model sees them, [n, context].
        let inputs: Indices
        /// The positions of the hidden ones among all n · context, and what they are.
        let rows, targets: Indices
    }

    init(_ windows: TextWindows, vocabulary: Int, _ settings: MaskingSettings, seed: UInt64, isTest: Bool) {
        (self.windows, self.vocabulary, self.settings) = (windows, vocabulary, settings)
        draws = SampleDraws(seed: seed, isTest: isTest, purpose: .augmentation)
    }

    var count: Int { windows.count }
    var checksum: UInt32? { windows.checksum }

    func trainingBatch(of samples: [Int], epoch: Int) -> Batch {
        let plain = windows.batch(of: samples).inputs
        let length = windows.context
        // as many in each window, at least one
        let hidden = min(length, max(1, Int((Double(length) * settings.fraction).rounded())))
        var (inputs, rows, targets) = (plain.values, [Int32](), [Int32]())
        for (index, sample) in samples.enumerated() {
            var random = draws(sample, epoch: epoch)
            var order = Array(0..<length)
            for position in 0..<hidden { order.swapAt(position, position + random.index(below: length - position)) }
            for position in order.prefix(hidden).sorted() {
                let row = index * length + position
                rows.append(Int32(row))
                targets.append(inputs[row])
                let (choice, other) = (Double(random.uniform()), random.index(below: vocabulary))
                if choice < settings.mask {
                    inputs[row] = Int32(vocabulary)
                } else if choice < settings.mask + settings.random {
                    inputs[row] = Int32(other)
                }
            }
        }
        return Batch(inputs: Indices(inputs, shape: plain.shape), rows: Indices(rows), targets: Indices(targets))
    }
}
