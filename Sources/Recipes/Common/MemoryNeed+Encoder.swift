import Datasets
import Training

extension MemoryNeed {
    /// Adds the blocks and the positions of a transformer's encoder that sees so many tokens of a sample. Throws where its heads are
    /// not of one width.
    mutating func addEncoder(_ sizes: ModelSettings, seen: Double) throws {
        try UnevenHeads.check(sizes)
        let (width, layers) = (Double(sizes.width), Double(sizes.layers))
        parameters += 12 * layers * width * width + Double(PaddedTokens.paddedLength(of: sizes.context)) * width
        activations = layers * seen * width
    }
}
