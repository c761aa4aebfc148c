import DataParallel
import Testing
import Training

@Suite("The choice of buckets by measurement")
struct BucketTuningTests {
    /// Candidates of 1 MiB (those of the settings), 256 KiB and all 3 MiB in one.
    private func tuning() throws -> BucketTuning {
        try #require(BucketTuning(.init(bytes: 1 << 20), path: .messages, bytes: 3 << 20))
    }

    @Test("The fastest is taken where it is faster by more than the noise")
    func fastest() throws {
        let (chosen, text) = try tuning().choose([45, 40, 44], noise: 0.01)
        #expect(chosen == 1)
        #expect(text.hasPrefix("autotune: buckets of 256 KiB, 40 ms per step (buckets of 1"), "\(text)")
        #expect(!text.contains("kept"))
    }

    @Test("Else the buckets of the settings stay, and the line says why")
    func kept() throws {
        // 44.72 is 2.2 % below 45.74: within the 3 % that count at least
        let (chosen, text) = try tuning().choose([45.74, 44.72, 46], noise: 0)
        #expect(chosen == 0)
        #expect(text.contains("45.74 ms per step, kept: none is faster by more than 3 %"), "\(text)")
        // visits that differ by a fifth: 40 is not known to be less than 45
        let noisy = try tuning().choose([45, 40, 44], noise: 0.2)
        #expect(noisy.candidate == 0 && noisy.text.contains("more than 20 %"), "\(noisy.text)")
    }
}
