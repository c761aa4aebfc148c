import RunRecords
import Testing

@Suite("The direction of a metric")
struct MetricNameTests {
    @Test(
        "follows from its name: losses and errors are minimized, all others maximized",
        arguments: [
            ("loss", true), ("generator_loss", true), ("rmse", true), ("mae", true), ("kl", true), ("perplexity", true),
            ("accuracy", false), ("f1_macro", false), ("r2", false), ("roc_auc", false), ("bleu", false),
            ("lossless_share", false),
        ])
    func direction(name: String, isMinimized: Bool) {
        #expect(MetricName(name).direction == (isMinimized ? .minimize : .maximize))
        #expect(MetricName(name, direction: .maximize).direction == .maximize)
    }

    @Test("decides which of two values is better, by more than a threshold; nan never is")
    func better() {
        let (loss, f1) = (MetricName("loss"), MetricName("f1_macro"))
        #expect(loss.isBetter(0.5, than: 0.75) && !loss.isBetter(0.75, than: 0.5) && !loss.isBetter(0.5, than: 0.5))
        #expect(f1.isBetter(0.75, than: 0.5) && !f1.isBetter(0.5, than: 0.75))
        #expect(!f1.isBetter(0.75, than: 0.5, by: 0.25) && f1.isBetter(0.875, than: 0.5, by: 0.25))
        for metric in [loss, f1] { #expect(!metric.isBetter(.nan, than: 0.5)) }
    }

    @Test("A report has its loss, its accuracy and its named metrics by name")
    func values() {
        let report = EvaluationReport(
            step: 1, epoch: 1, samples: 4, loss: 0.5, accuracy: 0.75, metrics: ["f1_macro": 0.25])
        #expect(MetricName("loss").value(in: report) == 0.5)
        #expect(MetricName("accuracy").value(in: report) == 0.75)
        #expect(MetricName("f1_macro").value(in: report) == 0.25)
        #expect(MetricName("bleu").value(in: report) == nil)
        #expect(MetricName("f1_macro").description(of: 0.912) == "f1_macro 0.9120")
        #expect(MetricName("accuracy").description(of: 0.912) == "accuracy 91.20 %")
    }
}
