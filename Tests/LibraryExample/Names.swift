import Lockstep

/// What a convolution and a random permutation are made of, by the one import.
func downsampling(by stride: Int, random: inout InitializationRandom) -> Convolution2D {
    Convolution2D(1, 8, kernel: Extent(3, 3), stride: Extent(stride), random: &random)
}

/// The numbers up to `count` in an order that is a function of the seed.
func shuffled(_ count: Int, seed: UInt64) -> [Int] {
    var random = PhiloxGenerator(seed: seed, purpose: .permutation, stream: 0)
    return (0..<count).shuffled(using: &random)
}
