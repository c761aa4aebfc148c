/// What becomes of the bytes of images: (byte / 255 - mean) / deviation.
public struct PixelScale: Codable, Sendable, Equatable {
    /// The mean and the standard deviation of bytes that are divided by 255.
    public let mean, deviation: Float

    /// The scale by a mean and a deviation, which is above 0.
    public init(mean: Float, deviation: Float) { (self.mean, self.deviation) = (mean, deviation) }

    /// Mean 0 and deviation 1 for the training images of Fashion-MNIST.
    public static let fashionMNIST = PixelScale(mean: FashionMNIST.mean, deviation: FashionMNIST.deviation)
    /// byte / 255, in 0...1.
    public static let unit = PixelScale(mean: 0, deviation: 1)
}
