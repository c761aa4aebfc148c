import CKernels
import Kernels
import Testing

@Suite("Kernels")
struct KernelTests {
    /// Counter, key and output. Source: kat_vectors of the Random123 library, philox4x32 10.
    static let philoxAnswers: [([UInt32], UInt64, [UInt32])] = [
        ([0, 0, 0, 0], 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
            [.max, .max, .max, .max], .max, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ]

    @Test("Philox gives the published words", arguments: philoxAnswers)
    func philoxKnownAnswers(counter: [UInt32], key: UInt64, expected: [UInt32]) {
        var words: [UInt32] = [0, 0, 0, 0]
        lockstep_philox(key, counter, &words)
        #expect(words == expected)
    }

    @Test("A dropout mask keeps the asked share, scaled, and is a function of its names")
    func dropoutMask() {
        func mask(stream: UInt32, step: UInt32, sample: UInt32, count: Int) -> [Float] {
            var mask = [Float](repeating: -1, count: count)
            lockstep_dropout_mask(5, stream, step, sample, 0.75, 4 / 3, &mask, count)
            return mask
        }
        let long = mask(stream: 1, step: 2, sample: 3, count: 100_003)
        #expect(Set(long) == [0, Float(4) / 3])
        // five standard errors of the share kept: 5·√(0.75·0.25/n)
        #expect(abs(Double(long.count { $0 > 0 }) / 100_003 - 0.75) < 0.007)
        #expect(mask(stream: 1, step: 2, sample: 3, count: 100_003) == long)
        #expect(mask(stream: 1, step: 2, sample: 3, count: 11) == Array(long.prefix(11)))
        for (stream, step, sample) in [(2, 2, 3), (1, 1, 3), (1, 2, 4)] as [(UInt32, UInt32, UInt32)] {
            #expect(mask(stream: stream, step: step, sample: sample, count: 500) != Array(long.prefix(500)))
        }
    }

    @Test(
        "Sums of any length and alignment are those of Float32, and one that is not finite is seen wherever it is",
        arguments: [false, true], [0, 1, 15, 16, 31, 47, 200])
    func finiteSums(streams: Bool, count: Int) {
        for offset in [0, 1, 7, 16] {
            let (a, b, out) = (Buffer(count: count + offset), Buffer(count: count + offset), Buffer(count: count + 32))
            for i in a.elements.indices { (a.pointer[i], b.pointer[i]) = (Float(i) * 0.1 - 3, 1e7 / Float(i + 1)) }
            out.elements.update(repeating: -1)
            func sum() -> Bool {
                lockstep_add_finite(
                    a.pointer + offset, b.pointer + offset, out.pointer + offset, count, streams ? 1 : 0) != 0
            }
            #expect(sum())
            for i in 0..<(count + 32) {
                let isInside = (offset..<(offset + count)).contains(i)
                #expect(out.pointer[i] == (isInside ? a.pointer[i] + b.pointer[i] : -1))
            }
            let greatest = Float.greatestFiniteMagnitude
            for place in offset..<(offset + count) {
                let usual = (a.pointer[place], b.pointer[place])
                for bad in [(.infinity, 1), (1, -.infinity), (.nan, 0), (greatest, greatest)] as [(Float, Float)] {
                    (a.pointer[place], b.pointer[place]) = bad
                    #expect(!sum())
                }
                (a.pointer[place], b.pointer[place]) = (-greatest, 0)
                #expect(sum())
                (a.pointer[place], b.pointer[place]) = usual
            }
        }
    }

    @Test("Random numbers have the mean and variance of their distribution")
    func distributions() {
        let buffer = Buffer(count: 100_001)
        var generator = PhiloxGenerator(seed: 3, purpose: .test, stream: 5)
        generator.fill(buffer.elements, mean: 1, deviation: 2)
        let mean = buffer.elements.reduce(0.0) { $0 + Double($1) } / 100_001
        let variance = buffer.elements.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 100_001
        // five standard errors: 2/√n and 4·√(2/n)
        #expect(abs(mean - 1) < 0.032)
        #expect(abs(variance - 4) < 0.09)
        generator.fill(buffer.elements, uniformIn: -1...3)
        #expect(buffer.elements.allSatisfy { (-1...3).contains($0) })
        #expect(abs(buffer.elements.reduce(0.0) { $0 + Double($1) } / 100_001 - 1) < 0.02)
    }

    @Test(
        "A matrix product is the sum of products, for every layout",
        arguments: [(1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 512, 784), (128, 10, 256)], [0, 1, 2, 3])
    func matrixProduct(size: (Int, Int, Int), layout: Int) {
        let (m, n, k) = size
        let (transposesA, transposesB) = (layout & 1 == 1, layout & 2 == 2)
        var generator = PhiloxGenerator(seed: 1, purpose: .test, stream: 9)
        let (a, b, bias, out) = (Buffer(count: m * k), Buffer(count: k * n), Buffer(count: n), Buffer(count: m * n))
        for buffer in [a, b, bias] { generator.fill(buffer.elements, uniformIn: -1...1) }
        MatrixProduct(
            rows: m, columns: n, inner: k, transposesA: transposesA, transposesB: transposesB, hasBias: true,
            hasReLU: true
        ).compute(a.pointer, b.pointer, bias: bias.pointer, into: out.pointer)
        var worst = 0.0
        for r in 0..<m {
            for c in 0..<n {
                var sum = Double(bias.pointer[c])
                for i in 0..<k {
                    let x = a.pointer[transposesA ? i * m + r : r * k + i]
                    let y = b.pointer[transposesB ? c * k + i : i * n + c]
                    sum += Double(x) * Double(y)
                }
                worst = max(worst, abs(max(sum, 0) - Double(out.pointer[r * n + c])))
            }
        }
        // k products of magnitude at most 1, each rounded to 2⁻²⁴
        #expect(worst <= Double(k) * 0x1p-23 + 0x1p-22)
    }

    @Test("The hash sees every changed word, of any length")
    func hash() {
        for count in [1, 15, 63, 64, 65, 100, 128] {
            let buffer = Buffer(repeating: 1, count: count)
            let before = buffer.bitHash
            for i in 0..<count {
                buffer.pointer[i] = 1.0000001
                #expect(buffer.bitHash != before)
                buffer.pointer[i] = 1
            }
            #expect(buffer.bitHash == before)
        }
    }

    @Test("A freed buffer is used again by the next of its size")
    func pool() {
        // a size that no other test uses
        do { _ = Buffer(count: 123_457) }
        let before = BufferStatistics.current.systemAllocations
        var addresses: Set<UInt> = []
        for _ in 0..<10 { addresses.insert(UInt(bitPattern: Buffer(count: 123_457).pointer)) }
        #expect(addresses.count == 1)
        #expect(BufferStatistics.current.systemAllocations - before < 10)
        #expect(addresses.allSatisfy { $0 % 64 == 0 })
    }

    @Test("A buffer's memory goes back to the system where that is asked for")
    func returned() {
        // far more than what other tests take meanwhile
        var buffer: Buffer? = Buffer(count: 1 << 26)
        let before = BufferStatistics.current.systemBytes
        buffer?.returnsToSystem = true
        buffer = nil
        #expect(BufferStatistics.current.systemBytes < before - (1 << 27))
    }

    @Test("What the pool holds is bounded by what was in use at once, however many sizes there are")
    func bounded() {
        let pool = BufferPool()
        var generator = SystemRandomNumberGenerator()
        for step in 0..<4000 {
            // a step over sequences of one of 75 lengths: most of its buffers have sizes of their own
            let length = 4 + 4 * (step < 75 ? step : Int.random(in: 0..<75, using: &generator))
            let counts = [1, 64, 64, 256, length, 64, 256].map {
                $0 * length * Int.random(in: 1...2, using: &generator)
            }
            let taken = counts.map { pool.allocate(sizeClass: BufferPool.sizeClass(for: $0)) }
            for (count, block) in zip(counts, taken) { #expect(block.sizeClass >= count) }
            for block in taken { pool.recycle(block.pointer, sizeClass: block.sizeClass) }
            #expect(pool.statistics.bytes <= (1 + BufferPool.mostUnused) * pool.mostUsedBytes)
        }
    }

    @Test("Size classes are numbered without gaps, and a number gives its class back")
    func classNumbers() {
        var (sizeClass, number) = (16, 1)
        while sizeClass < 1 << 34 {
            #expect(BufferPool.classNumber(sizeClass) == number && BufferPool.sizeClass(numbered: number) == sizeClass)
            sizeClass = BufferPool.sizeClass(for: sizeClass + 1)
            number += 1
        }
    }

    @Test("A cache of compiled primitives keeps those that were used last")
    func compiledCache() {
        let cache = CompiledCache<Int, Int>(limit: 10)
        var made: [Int] = []
        func use(_ key: Int) {
            cache.use(
                key,
                make: {
                    made.append($0); return $0
                }
            ) { #expect($0 == key) }
        }
        for key in 0..<1000 {
            use(key)
            use(0)
            #expect(cache.count <= 10)
        }
        #expect(made == Array(0..<1000))  // key 0 was never dropped
        use(1)
        #expect(made.last == 1)
    }
}
