/// Numbers that `reference_shards.py` prints.
enum ShardReferences {
    static let ntXent = 50.03951835
    static let ntXentGradient: [Float] = [
        2.9924179, -17.993029, -5.1866406, 13.623592, -10.482546, -0.87232368, 11.936569, -2.8612506,
        -2.3877956, -4.3624342, -1.027731, -7.902965,
    ]
    static let clippedSum: [Float] = [
        0.8499987, -2.5227441, 1.2559, -5.4494282,
    ]
    static let clippedSamples = 5
}
