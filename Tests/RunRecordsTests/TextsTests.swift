import Testing
import RunRecords

@Suite("The texts before and after a run")
struct TextsTests {
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

    @Test("The summary names the metric of the best evaluation, and the training steps' named losses")
    func named() {
        var summary = exampleSummary()
        (summary.bestMetric, summary.bestScore, summary.bestStep) = ("f1_macro", 0.912, 300)
        summary.trainingMetrics = ["generator_loss": 1.25, "discriminator_loss": 0.5]
        let text = summary.text(isUnicode: false)
        #expect(text.contains("  f1_macro 0.9120 at step 300: runs/mnist-mlp-20260131-120000/best\n"))
        #expect(
            text.contains("  training discriminator loss  0.5000\n  training generator loss      1.2500\n"), "\(text)")
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
