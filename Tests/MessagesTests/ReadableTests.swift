import Messages
import Testing

@Suite("Numbers as people read them")
struct ReadableTests {
    @Test(
        "Durations are hours, minutes and seconds",
        arguments: [
            (0.0, "0:00:00"), (0.4, "0:00:00"), (0.6, "0:00:01"), (59.6, "0:01:00"), (61, "0:01:01"),
            (3599.4, "0:59:59"), (3600, "1:00:00"), (86_399, "23:59:59"), (360_000, "100:00:00"), (-3, "0:00:00"),
            (.infinity, "-:--:--"), (.nan, "-:--:--"), (1e300, "-:--:--"),
        ])
    func duration(seconds: Double, expected: String) {
        #expect(Readable.duration(seconds) == expected)
    }

    @Test("Counts are grouped by thousands")
    func counts() {
        let cases = [
            (0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
        ]
        for (value, expected) in cases { #expect(Readable.count(value) == expected) }
        #expect(Readable.count(1, of: "step") == "1 step")
        #expect(Readable.count(0, of: "step") == "0 steps")
    }

    @Test("Losses, rates and memory keep the digits that matter")
    func numbers() {
        #expect(Readable.loss(2.302585) == "2.3026")
        #expect(Readable.loss(0) == "0.0000")
        #expect(Readable.loss(0.00012345) == "1.234e-04")
        #expect(Readable.loss(123_456_789) == "1.235e+08")
        for (value, text) in [(Double.nan, "nan"), (-.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
            #expect(Readable.loss(value) == text && Readable.rate(value) == text && value.shortened == text)
            #expect(Readable.significant(value) == text && Readable.number(Float(value)) == text)
            #expect(Readable.percent(value) == "\(text) %")
        }
        #expect(Readable.loss(.infinity) == "inf")
        #expect(Readable.rate(41_234.5678) == "41,235")
        #expect(Readable.rate(12.345) == "12.3")
        #expect(Readable.rate(.infinity) == "inf")
        #expect(Readable.memory(212 << 20) == "212 MiB")
        #expect(Readable.memory(20 << 30) == "20.0 GiB")
        #expect(Readable.percent(0.97614) == "97.61 %")
    }
}
