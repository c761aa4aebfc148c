import Foundation
import Testing
import RunRecords

@Suite("What a person sees of a run")
struct ProgressTests {
    /// A run of 4,690 steps at 100 steps a second, reported every 50 steps and evaluated every 469.
    private func run(_ watched: Watched, finish: Bool = true) {
        watched.reporter.started(exampleHeader())
        for step in 1...4690 {
            watched.clock.seconds = Double(step) / 100
            let epoch = (step - 1) / 469 + 1
            watched.reporter.advanced(step: step, epoch: epoch)
            if step % 50 == 0 { watched.reporter.step(exampleStep(step, epoch: epoch)) }
            if step % 469 == 0 {
                watched.reporter.evaluation(
                    EvaluationReport(step: step, epoch: epoch, samples: 10_000, loss: 0.0793, accuracy: 0.9761))
                watched.reporter.checkpoint(
                    CheckpointReport(step: step, epoch: epoch, path: "c/step-\(step)", milliseconds: 12.4))
            }
        }
        if finish { watched.reporter.finished(exampleSummary()) }
    }

    @Test("Named losses and metrics of a step follow the loss, while the screen has room for them")
    func metrics() {
        var line = ProgressLine(step: 1450, steps: 4690, epoch: 4, epochs: 10)
        (line.loss, line.metrics) = (0.08125, ["discriminator 0.6900", "generator 0.7100"])
        let named = "loss 0.0813  discriminator 0.6900  generator 0.7100  -:--:-- left"
        #expect(line.text(columns: 120, isUnicode: false).hasSuffix("  step 1,450/4,690  " + named))
        #expect(line.text(columns: 80, isUnicode: false) == "epoch  4/10  " + named)
        #expect(line.text(columns: 70, isUnicode: false).hasSuffix("loss 0.0813  -:--:-- left"))
        let watched = Watched(columns: nil)
        watched.reporter.started(exampleHeader())
        var report = exampleStep()
        report.metrics = ["generator_loss": 0.71]
        watched.reporter.step(report)
        #expect(watched.screen.written.contains("  loss 0.0813  generator loss 0.7100  learning rate 0.05  "))
    }

    @Test("The redrawn line never reaches the screen's last column", arguments: [8, 20, 40, 60, 80, 120, 200])
    func width(columns: Int) {
        for isUnicode in [true, false] {
            let watched = Watched(columns: columns, isUnicode: isUnicode)
            watched.reporter.started(exampleHeader())
            let header = watched.screen.widest
            #expect(header <= 79)
            run(watched, finish: false)
            #expect(watched.screen.drawings.count > 100)
            for line in watched.screen.drawings { #expect(line.count < columns, "\(line)") }
            if columns > header { #expect(watched.screen.widest < columns) }
        }
    }

    @Test("The line shows more the wider the screen is")
    func forms() {
        var line = ProgressLine(step: 1450, steps: 4690, epoch: 4, epochs: 10)
        line.loss = 0.08125
        line.samplesPerSecond = 41_234.5678
        line.secondsLeft = 72
        func text(_ columns: Int) -> String { line.text(columns: columns, isUnicode: true) }
        let bar30 = String(repeating: "█", count: 9) + String(repeating: "░", count: 21)
        #expect(
            text(120) == "epoch  4/10  \(bar30)  31 %  step 1,450/4,690  loss 0.0813  41,235 samples/s  0:01:12 left")
        #expect(text(80) == "epoch  4/10  ███░░░░░░░░  step 1,450/4,690  loss 0.0813  41,235/s  0:01:12 left")
        #expect(text(60) == "epoch  4/10  █████░░░░░░░░░░░░░░  loss 0.0813  0:01:12 left")
        // the bar takes what is left: the last column stays free
        #expect(text(80).count == 79)
        #expect(text(60).count == 59)
        #expect(text(40) == "epoch  4/10  loss 0.0813  0:01:12 left")
        #expect(text(30) == "epoch  4/10  loss 0.0813")
        #expect(text(12) == "loss 0.0813")
        #expect(text(6) == "loss ")
        #expect(
            line.text(columns: 80, isUnicode: false)
                == "epoch  4/10  [##.......]  step 1,450/4,690  loss 0.0813  41,235/s  0:01:12 left")
    }

    @Test("The bar is empty before the first step and full after the last")
    func bar() {
        func bar(_ step: Int) -> Substring {
            let text = ProgressLine(step: step, steps: 10, epoch: 1, epochs: 1).text(columns: 200, isUnicode: false)
            return text.drop { $0 != "[" }.prefix { $0 != "]" }.dropFirst()
        }
        #expect(bar(0) == String(repeating: ".", count: 28)[...])
        #expect(bar(5) == (String(repeating: "#", count: 14) + String(repeating: ".", count: 14))[...])
        #expect(bar(10) == String(repeating: "#", count: 28)[...])
        #expect(bar(11) == bar(10))
    }

    @Test("The line is redrawn ten times a second at most")
    func redraws() {
        let watched = Watched(columns: 80)
        watched.reporter.started(exampleHeader())
        for step in 1...1000 {
            watched.clock.seconds += 0.001
            watched.reporter.advanced(step: step, epoch: 1)
        }
        #expect((9...11).contains(watched.screen.drawings.count), "\(watched.screen.drawings.count)")
    }

    @Test("Evaluations stay above the redrawn line, and nothing of it remains at the end")
    func terminalLines() throws {
        let watched = Watched(columns: 100)
        run(watched)
        let lines = watched.screen.lines
        let evaluations = lines.filter { $0.contains("test loss 0.0793") }
        #expect(evaluations.count == 10)
        #expect(evaluations.first == "epoch  1/10  step   469  test loss 0.0793  accuracy 97.61 %")
        #expect(evaluations.last == "epoch 10/10  step 4,690  test loss 0.0793  accuracy 97.61 %")
        #expect(!lines.contains { $0.contains(" left") || $0.contains("█") || $0.contains("checkpoint c/") })
        let last = try #require(lines.lastIndex { $0.contains("test loss 0.0793") })
        #expect(lines[(last + 1)...].prefix(2) == ["", "Finished"])
    }

    @Test("An evaluation stands beside the training loss, with the gap between them")
    func gap() {
        let watched = Watched(columns: nil)
        watched.reporter.started(exampleHeader())
        watched.reporter.evaluation(
            EvaluationReport(
                step: 938, epoch: 2, samples: 10, loss: 0.25, accuracy: 0.9, trainingLoss: 0.3, isBest: true))
        #expect(
            watched.screen.lines.suffix(2).first
                == "epoch  2/10  step   938  training loss 0.3000  test loss 0.2500  gap -0.0500  accuracy 90.00 %  best"
        )
    }

    @Test("Without a terminal there are plain lines, one a second at most")
    func plainLines() {
        let watched = Watched(columns: nil)
        run(watched)
        #expect(!watched.screen.written.contains { "\r\u{1b}█░".contains($0) })
        let steps = watched.screen.lines.filter { $0.hasSuffix(" left") }
        // 46.9 seconds, a report every half second: one line from the first on, then one every second
        #expect(steps.count == 47)
        #expect(
            steps.first
                == "epoch  1/10  step    50/4,690  loss 0.0813  learning rate 0.05  41,235 samples/s  0:00:46 left")
        #expect(watched.screen.lines.filter { $0.contains("test loss 0.0793") }.count == 10)
        #expect(watched.screen.lines.contains("epoch  1/10  step   469/4,690  checkpoint c/step-469  12 ms"))
    }

    @Test("The time left follows the pace since the first step, whatever went before")
    func timeLeft() {
        let watched = Watched(columns: 120)
        watched.reporter.started(exampleHeader(stepsDone: 2000))
        watched.clock.seconds = 500
        watched.reporter.advanced(step: 2001, epoch: 5)
        #expect(watched.screen.drawings.last?.hasSuffix("-:--:-- left") == true)
        watched.clock.seconds = 520
        watched.reporter.advanced(step: 2011, epoch: 5)
        // 2,679 steps of 2 s each
        #expect(watched.screen.drawings.last?.hasSuffix("1:29:18 left") == true)
    }

    @Test("A screen that was narrowed since the start is not flooded: the line stays one line")
    func narrowed() {
        // a launcher's word of 80 columns, on a screen of 40
        let screen = Screen(columns: 40)
        let clock = HandClock()
        let reporter = ProgressReporter(
            terminal: Terminal(isUnicode: true) { 80 }, clock: { clock.seconds }, sink: { screen.write($0) })
        reporter.started(exampleHeader())
        let header = screen.lines.count
        for step in 1...200 {
            clock.seconds += 0.2
            reporter.advanced(step: step, epoch: 1)
        }
        #expect(screen.drawings.count == 200)
        #expect(screen.lines.count == header)
    }

    @Test("An evaluation shows how far it is, on a terminal in the redrawn line, elsewhere every ten seconds")
    func activity() throws {
        let watched = Watched(columns: 60)
        watched.reporter.started(exampleHeader())
        watched.reporter.advanced(step: 1, epoch: 1)
        let lines = watched.screen.lines.count
        for done in 0...100 {
            watched.clock.seconds += 0.25
            watched.reporter.progress("evaluating", done: done * 5, of: 1000)
            // 20 s for 400 of 1000: 30 s are left
            if done == 80 { #expect(watched.screen.lines.last?.hasSuffix("  40 %  0:00:30 left") == true) }
        }
        #expect(watched.screen.lines.count == lines)
        #expect(watched.screen.drawings.allSatisfy { $0.count < 60 })
        watched.reporter.endProgress()
        #expect(watched.screen.lines.last == "")
        watched.clock.seconds += 1
        watched.reporter.advanced(step: 2, epoch: 1)
        // 4,688 steps of 1.25 s: the 25 s of the evaluation are none of it
        #expect(watched.screen.lines.last?.hasSuffix("1:37:40 left") == true, "\(watched.screen.lines)")

        let plain = Watched(columns: nil)
        for done in 0...100 {
            plain.clock.seconds += 0.25
            plain.reporter.progress("evaluating", done: done * 5, of: 1000)
        }
        #expect(
            plain.screen.lines == ["evaluating  20 %  0:00:40 left", "evaluating  40 %  0:00:30 left", ""])
    }

    @Test("Other output after a redrawn line begins on a line of its own")
    func endLine() {
        let watched = Watched(columns: 80)
        watched.reporter.started(exampleHeader())
        watched.reporter.advanced(step: 1, epoch: 1)
        #expect(!watched.screen.written.hasSuffix("\n"))
        watched.reporter.endLine()
        watched.reporter.endLine()
        #expect(watched.screen.lines.suffix(2).map(\.isEmpty) == [false, true])
        watched.reporter.message("warning: disk almost full")
        #expect(watched.screen.lines.suffix(2) == ["warning: disk almost full", ""])
    }

    @Test("A reporter that goes away in the middle ends its line")
    func goesAway() {
        let screen = Screen()
        do {
            let reporter = ProgressReporter(terminal: Terminal(isUnicode: true) { 80 }, sink: { screen.write($0) })
            reporter.started(exampleHeader())
            reporter.advanced(step: 1, epoch: 1)
        }
        #expect(screen.written.hasSuffix("\n"))
    }

    @Test("The locale decides about characters beyond ASCII")
    func locale() {
        #expect(Terminal.isUnicode(["LANG": "en_US.UTF-8"]))
        #expect(Terminal.isUnicode(["LANG": "C.utf8"]))
        #expect(Terminal.isUnicode(["LANG": "C", "LC_ALL": "C.UTF-8"]))
        #expect(Terminal.isUnicode(["LANG": "C.UTF-8", "LC_ALL": ""]))
        #expect(!Terminal.isUnicode(["LANG": "C.UTF-8", "LC_ALL": "C"]))
        #expect(!Terminal.isUnicode(["LANG": "C.UTF-8", "LC_CTYPE": "POSIX"]))
        #expect(!Terminal.isUnicode([:]))
    }
}
