import Foundation
import Testing
import Training

@Suite("Numbers and blocks as people read them")
struct RunLogTextsTests {
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

    @Test("Counts have their thousands apart")
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
        #expect(Readable.loss(.nan) == "nan" && Readable.loss(-.nan) == "nan")
        #expect(Readable.loss(.infinity) == "inf")
        #expect(Readable.rate(41_234.5678) == "41,235")
        #expect(Readable.rate(12.345) == "12.3")
        #expect(Readable.rate(.infinity) == "inf")
        #expect(Readable.memory(212 << 20) == "212 MiB")
        #expect(Readable.memory(20 << 30) == "20.0 GiB")
        #expect(Readable.percent(0.97614) == "97.61 %")
    }

    @Test("The header says what is about to be trained")
    func header() {
        #expect(
            exampleHeader().text(isUnicode: true) == """
                Lockstep: mnist-mlp
                  model          mlp 784-512-256-10, 535,818 parameters
                  data           mnist, 60,000 training and 10,000 test samples
                  ranks          4 × 1 thread on 2 hosts
                  global batch   128 samples in 4 shards
                  length         10 epochs, 4,690 steps
                  run directory  runs/mnist-mlp-20260131-120000

                """)
        #expect(
            exampleHeader(stepsDone: 2000).text(isUnicode: false).contains(
                "10 epochs, 4,690 steps, resumed after step 2,000\n"))
        #expect(exampleHeader().text(isUnicode: false).allSatisfy { $0.isASCII })
    }

    @Test("The header says the learning rate and the gradients, where they are known")
    func headerWithRates() {
        var header = exampleHeader()
        (header.learningRate, header.gradients) = ("0.1, then constant", "1.00 MB in 2 buckets")
        let lines = header.text(isUnicode: true).split(separator: "\n")
        #expect(lines.contains("  learning rate  0.1, then constant"))
        #expect(lines.contains("  gradients      1.00 MB in 2 buckets"))
    }

    @Test("The summary says what was reached, how fast, and where it is")
    func summary() {
        #expect(
            exampleSummary().text(isUnicode: true) == """
                Finished
                  test accuracy  98.12 %
                  test loss      0.0631
                  training loss  0.0401, the test loss is 0.0230 higher
                  best           after step 4,221: runs/mnist-mlp-20260131-120000/best
                  trained        4,690 steps, 10 epochs
                  time           0:01:43
                  throughput     45,512 samples/s
                  ranks          4 × 1 thread
                  communication  3.2 % of the time spent waiting
                  first step     0.84 s after the start
                  peak memory    208 MiB to 212 MiB per rank
                  allocations    0 buffers from the system after warm-up
                  checkpoint     runs/mnist-mlp-20260131-120000/checkpoints/step-4690
                  results        runs/mnist-mlp-20260131-120000

                """)
        #expect(exampleSummary().text(isUnicode: false).allSatisfy { $0.isASCII })
        var stopped = exampleSummary()
        stopped.stoppedEarly = "no better test loss in 3 evaluations since step 120 (0.3000)"
        #expect(
            stopped.text(isUnicode: true).contains(
                "\n  stopped early  no better test loss in 3 evaluations since step 120 (0.3000)\n"))
    }

    @Test("The summary leaves out what was not measured")
    func shortSummary() {
        let summary = RunSummary(
            step: 1, epoch: 1, samples: 8, seconds: 2, samplesPerSecond: 4, ranks: 1, threads: 2, runDirectory: "runs/a"
        )
        #expect(
            summary.text(isUnicode: false) == """
                Finished
                  trained     1 step, 1 epoch
                  time        0:00:02
                  throughput  4 samples/s
                  ranks       1 x 2 threads
                  results     runs/a

                """)
    }
}
