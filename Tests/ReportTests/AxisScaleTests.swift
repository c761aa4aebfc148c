import Report
import Testing

@Suite("The scale of an axis")
struct AxisScaleTests {
    private func labels(_ values: [Double], isLogarithmic: Bool = false) -> [String] {
        AxisScale(values, isLogarithmic: isLogarithmic)?.ticks.map(\.label) ?? []
    }

    @Test("has round ticks, at most seven of them")
    func linear() {
        #expect(labels([0, 100]) == ["0", "20", "40", "60", "80", "100"])
        #expect(labels([0.312, 0.388]) == ["0.32", "0.34", "0.36", "0.38"])
        #expect(labels([0, 46_900]) == ["0", "10,000", "20,000", "30,000", "40,000"])
        #expect(labels([0, 3e7]) == ["0", "10⁷", "2×10⁷", "3×10⁷"])
        #expect(labels([-1, 1]) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    }

    @Test("is logarithmic where asked, with powers of ten")
    func logarithmic() {
        #expect(
            labels([1e-5, 1], isLogarithmic: true)
                == ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"])
        #expect(labels([0.1, 10], isLogarithmic: true) == ["0.1", "0.3", "1", "3", "10"])
        // no logarithm of what is not positive
        #expect(AxisScale([0, 1], isLogarithmic: true)?.isLogarithmic == false)
    }

    @Test("wants a logarithm for positive values of many sizes, but not for a few outliers")
    func wanted() {
        #expect(AxisScale.wantsLogarithm([2.3, 0.5, 0.02]))
        #expect(!AxisScale.wantsLogarithm([2.3, 0.5, 0.1]))
        #expect(!AxisScale.wantsLogarithm([0, 1, 1000]))
        #expect(!AxisScale.wantsLogarithm([1000] + Array(repeating: 1, count: 40)))
    }

    @Test("maps its range to 0…1; one value is in the middle")
    func positions() throws {
        let scale = try #require(AxisScale([0, 10], padding: 0))
        #expect([0, 5, 10].map(scale.position) == [0, 0.5, 1])
        for value in [0, 3, -7, 1e-30, 1e30] {
            #expect(abs(try #require(AxisScale([value])).position(value) - 0.5) < 1e-9, "\(value)")
        }
        #expect(AxisScale([]) == nil)
        #expect(labels([0.0002, 0.0002]) == ["0.0002"] && labels([2.5e-7]) == ["2.5×10⁻⁷"])
    }

    @Test("is finite, with few ticks, for numbers of any size", arguments: [1e-300, 1e-9, 1, 1e9, 1e300])
    func extremes(size: Double) throws {
        for values in [[size, 2 * size], [-size, size], [0, size]] {
            let scale = try #require(AxisScale(values))
            #expect(scale.ticks.count <= 7)
            #expect(values.allSatisfy { (0...1).contains(scale.position($0)) })
        }
    }
}
