import Benchmarks
import Testing

@Suite("Quantities on the command line")
struct QuantityTests {
    @Test("Sizes are read in powers of 1024, and written in the largest unit that fits")
    func sizes() {
        #expect(ByteCount.bytes("4KB") == 4096)
        #expect(ByteCount.bytes("64k") == 65_536)
        #expect(ByteCount.bytes("16 MiB") == 16 << 20)
        #expect(ByteCount.bytes("512") == 512)
        #expect(ByteCount.bytes("1GB") == 1 << 30)
        for wrong in ["", "KB", "0", "-4KB", "4.5KB", "many", "99999999999999999GB"] {
            #expect(ByteCount.bytes(wrong) == nil, "\(wrong)")
        }
        #expect(ByteCount.text(4096) == "4 KB")
        #expect(ByteCount.text(3 << 19) == "1536 KB")
        #expect(ByteCount.text(1000) == "1000 B")
    }

    @Test("Rates and times are read with their units")
    func rates() {
        #expect(Quantity.bytesPerSecond("25gbit") == 25e9 / 8)
        #expect(Quantity.bytesPerSecond("100Mbit/s") == 100e6 / 8)
        #expect(Quantity.bytesPerSecond("10GB/s") == 10e9)
        #expect(Quantity.seconds("2us") == 2e-6)
        #expect(Quantity.seconds("0.5ms") == 0.5e-3)
        for wrong in ["fast", "", "-1gbit", "gbit", "25"] {
            #expect(Quantity.bytesPerSecond(wrong) == nil, "\(wrong)")
            #expect(Quantity.seconds(wrong) == nil, "\(wrong)")
        }
    }
}
