import CKernels
import Testing

@Suite("Numbers in 16 bits")
struct HalvesTests {
    /// Bits of Float32 and of bfloat16, from `reference_halves.py`: ties to even, subnormal numbers, overflow, infinities.
    static let roundings: [(UInt32, UInt16)] = [
        (0x00000000, 0x0000), (0x80000000, 0x8000), (0x3f800000, 0x3f80), (0x3f808000, 0x3f80), (0x3f808001, 0x3f81),
        (0x3f818000, 0x3f82), (0x3f817fff, 0x3f81), (0xbf80c000, 0xbf81), (0x00000001, 0x0000), (0x00008000, 0x0000),
        (0x00008001, 0x0001), (0x00018000, 0x0002), (0x007fffff, 0x0080), (0x7f7fffff, 0x7f80), (0x7f7f7fff, 0x7f7f),
        (0x7f7f8000, 0x7f80), (0xff7fffff, 0xff80), (0x7f800000, 0x7f80), (0xff800000, 0xff80), (0x40490fdb, 0x4049),
        (0xc2f6e979, 0xc2f7),
    ]

    private func bfloat16(_ value: Float) -> UInt16 {
        var half: UInt16 = 0
        lockstep_to_bfloat16([value], &half, 1)
        return half
    }

    @Test("bfloat16 is rounded as PyTorch rounds it, to nearest and ties to even", arguments: roundings)
    func rounding(bits: UInt32, half: UInt16) {
        let value = Float(bitPattern: bits)
        #expect(bfloat16(value) == half)
        var rounded = value
        lockstep_round_to_bfloat16(&rounded, 1)
        #expect(rounded.bitPattern == UInt32(half) << 16)
    }

    @Test("What is not a number stays so in bfloat16, whatever its bits")
    func notNumbers() {
        for bits: UInt32 in [0x7fc0_0000, 0x7f80_0001, 0xff80_0001, 0x7fff_ffff, 0xffff_ffff] {
            let half = bfloat16(Float(bitPattern: bits))
            #expect(Float(bitPattern: UInt32(half) << 16).isNaN)
        }
    }

    @Test("Every number of 16 bits is read as Swift's Float16 is, bit for bit")
    func everyHalf() {
        let halves = Array(0...UInt16.max)
        var found = [Float](repeating: 0, count: halves.count)
        lockstep_from_float16(halves, &found, halves.count)
        let wrong = halves.filter { half in
            let (value, expected) = (found[Int(half)], Float(Float16(bitPattern: half)))
            return expected.isNaN ? !value.isNaN : value.bitPattern != expected.bitPattern
        }
        #expect(wrong.isEmpty, "such as \(wrong.first ?? 0)")
        var bfloats = [Float](repeating: 0, count: halves.count)
        lockstep_from_bfloat16(halves, &bfloats, halves.count)
        #expect(halves.allSatisfy { bfloats[Int($0)].bitPattern == UInt32($0) << 16 })
    }

    @Test("Between any two neighbors Float32 is rounded as Swift's Float16 is: below, at and above the middle")
    func everyTie() {
        var values: [Float] = [0, 65519.996, 65520, 65536, .greatestFiniteMagnitude, .infinity, .leastNonzeroMagnitude]
        for bits in 0..<UInt16(0x7bff) {
            let (low, high) = (Float(Float16(bitPattern: bits)), Float(Float16(bitPattern: bits + 1)))
            let middle = (low + high) / 2
            values += [low, middle, middle.nextUp, middle.nextDown]
        }
        values += values.map { -$0 }
        var found = [UInt16](repeating: 0, count: values.count)
        lockstep_to_float16(values, &found, values.count)
        let wrong = values.indices.filter { Float16(values[$0]).bitPattern != found[$0] }
        #expect(wrong.isEmpty, "such as \(wrong.first.map { values[$0] } ?? 0)")
        var half: UInt16 = 0
        lockstep_to_float16([.nan], &half, 1)
        #expect(Float16(bitPattern: half).isNaN)
    }

    @Test(
        "With a power of two for each block, 11 bits of every number remain whatever its size, and infinities stay visible"
    )
    func scaled() {
        let sizes: [Float] = [1e-38, 1e-30, 1e-6, 1, 70000, 1e20, 3e38]
        // blocks of 16 numbers of about one size, and an incomplete one
        var values: [Float] = []
        for size in sizes { for place in 0..<16 { values.append(size * ((Float(place) - 7.3) / 9)) } }
        values += [5e37, 1, -2]
        var halves = [UInt16](repeating: 0, count: values.count)
        var exponents = [Int8](repeating: 0, count: sizes.count + 1)
        lockstep_to_scaled_float16(values, &halves, &exponents, values.count)
        var found = [Float](repeating: 0, count: values.count)
        lockstep_from_scaled_float16(halves, exponents, &found, values.count)
        for (i, value) in values.enumerated() where value.magnitude >= 2e-34 && i < 16 * sizes.count {
            #expect((found[i] - value).magnitude <= value.magnitude * 0x1p-11, "\(value) became \(found[i])")
        }
        // the largest finite number of the block decides, and rules out the others
        #expect(found.suffix(3) == [Float(Float16(5e37 * 0x1p-111)) * 0x1p111, 0, 0])
        var rounded = values
        lockstep_round_to_scaled_float16(&rounded, values.count)
        #expect(rounded.map(\.bitPattern) == found.map(\.bitPattern))

        var odd: [Float] = [1, .infinity, -.infinity, .nan, 0, -0.0, 3e38]
        lockstep_round_to_scaled_float16(&odd, odd.count)
        #expect(odd[1] == .infinity && odd[2] == -.infinity && odd[3].isNaN && odd[6].isFinite)
    }

    @Test("The elements of the largest magnitude are taken, of equals the first, and what is not a number before all")
    func largest() {
        var values: [Float] = [1, -3, 0, 2, 3, -2, 2, .leastNonzeroMagnitude]
        var (places, taken) = ([UInt32](repeating: 9, count: 4), [Float](repeating: 9, count: 4))
        lockstep_take_largest(&values, values.count, 4, 0.5, &places, &taken)
        #expect(places == [1, 3, 4, 5] && taken == [-1.5, 1, 1.5, -1])
        #expect(values == [1, 0, 0, 0, 0, 0, 2, .leastNonzeroMagnitude])
        values[6] = .nan
        lockstep_take_largest(&values, values.count, 1, 1, &places, &taken)
        #expect(places[0] == 6 && taken[0].isNaN)
        // sizes whose bits differ only in the last digits, against a sort
        var many: [Float] = []
        for i in 0..<5000 {
            let value = Float(bitPattern: 0x3f80_0000 + UInt32(i * 2_654_435 % 5003))
            many.append(i % 2 == 0 ? value : -value)
        }
        let expected = many.indices.sorted { many[$0].magnitude > many[$1].magnitude }.prefix(777).sorted()
        (places, taken) = ([UInt32](repeating: 0, count: 777), [Float](repeating: 0, count: 777))
        lockstep_take_largest(&many, many.count, 777, 1, &places, &taken)
        #expect(places.map(Int.init) == expected)
    }
}
