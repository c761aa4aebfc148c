import Benchmarks
import Communication
import DataParallel
import Testing

@Suite("The benchmark of reductions")
struct AllreduceBenchmarkTests {
    /// Sums through the communicator's few values: slow, and right.
    private static func sum(_ values: UnsafeMutableBufferPointer<Float>, _ communicator: any Communicator) throws {
        let sums = try communicator.sum(values.map { Double($0) })
        for (place, value) in sums.enumerated() { values[place] = Float(value) }
    }

    private static func plan(_ sizes: [Int]) -> AllreduceBenchmark.Plan {
        AllreduceBenchmark.Plan(sizes: sizes, seconds: 0.001)
    }

    @Test("Every path is measured at every size beside the other sum, with the same figures on all ranks")
    func rows() throws {
        let results = try InProcessCommunicator.run(ranks: 3) { communicator in
            let reference = AllreduceBenchmark.Reference(name: "other") { try Self.sum($0, communicator) }
            return try AllreduceBenchmark.run(
                Self.plan([400, 128 << 10]), against: reference, over: communicator, host: "h")
        }
        let first = results[0]
        #expect(results.allSatisfy { $0 == first })
        #expect((first.ranks, first.hosts) == (3, 1))
        for bytes in [400, 128 << 10] {
            let rows = first.rows.filter { $0.bytes == bytes }
            #expect(Set(rows.map(\.path)).isSuperset(of: ["shared_memory", "messages", "other"]))
            for row in rows {
                // 10⁹ bytes per second; two thirds of the bytes go each way, twice
                #expect(abs(row.algorithmBandwidth * row.milliseconds * 1e6 / Double(bytes) - 1) < 1e-9)
                #expect(abs(row.busBandwidth / row.algorithmBandwidth - 4.0 / 3) < 1e-9)
                #expect(row.leastMilliseconds <= row.milliseconds)
                #expect(row.shareOfCopy > 0)
            }
            #expect(rows.first { $0.path == "other" }?.ratio == 1)
        }
        let json = try first.json
        #expect(json.contains("\"algorithm_bandwidth\"") && json.contains("\"share_of_copy\""))
    }

    @Test("Buckets of any size give the sums, also when the gradients are no whole number of them")
    func buckets() throws {
        var plan = Self.plan([4 * 1001])
        plan.bucketBytes = 512
        let measured = plan
        let result = try InProcessCommunicator.run(ranks: 2) {
            try AllreduceBenchmark.run(measured, over: $0, host: "h")
        }[0]
        #expect(result.rows.map(\.ratio).allSatisfy { $0 == nil })
        #expect(result.rows.count >= 2)
    }

    @Test("A sum that is wrong in one element is caught and named on all ranks")
    func wrongSum() throws {
        do {
            _ = try InProcessCommunicator.run(ranks: 2) { communicator in
                let reference = AllreduceBenchmark.Reference(name: "other") {
                    try Self.sum($0, communicator)
                    if communicator.rank == 1 { $0[77] += 1 }
                }
                return try AllreduceBenchmark.run(
                    Self.plan([4096]), against: reference, over: communicator, host: "h")
            }
            Issue.record("the wrong sum was not noticed")
        } catch {
            let text = "\(error)"
            #expect(text.contains("other") && text.contains("element 77") && text.contains("rank 1"), "\(text)")
        }
    }

    @Test("Sizes beyond the memory of a host are refused on all ranks, with what is left")
    func beyondMemory() throws {
        let errors = try InProcessCommunicator.run(ranks: 2) { communicator in
            do {
                // a petabyte
                _ = try AllreduceBenchmark.run(
                    .init(sizes: [4096, 1 << 50], seconds: 0.01), over: communicator, host: "h")
                return ""
            } catch let failure as RankFailure { return "\(failure)" }
        }
        #expect(Set(errors).count == 1)
        #expect(errors[0].contains("1048576 GB need") && errors[0].contains("--sizes"), "\(errors[0])")
    }
}
