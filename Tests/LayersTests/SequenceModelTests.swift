import Kernels
import Layers
import TensorEngine
import Testing

@Suite("Models of sequences")
struct SequenceModelTests {
    private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
    }

    private static let kinds: [SequenceClassifier.Kind] = [
        .recurrent(.rnn), .recurrent(.gru), .recurrent(.lstm), .transformer(heads: 2, context: 16),
    ]

    @Test("What stands beyond a sequence's length changes neither its class scores nor any gradient", arguments: 0..<4)
    func classifierIgnoresPadding(kind: Int) {
        var random = InitializationRandom(seed: 3)
        let model = SequenceClassifier(
            Self.kinds[kind], vocabulary: 9, classes: 3, width: 8, layers: 2, random: &random)
        let parameters = model.parameters.named.map(\.parameter)
        func run(_ tokens: [Int32], time: Int) -> (scores: [Float], gradients: [[Float]]) {
            var scores: [Float] = []
            let (_, gradients) = valueAndGradients(of: parameters) {
                let logits = model(
                    Indices(tokens, shape: [2, time]), lengths: Indices([3, 2]), .inference())
                scores = logits.values
                return softmaxCrossEntropy(logits, Indices([0, 2])).sum
            }
            return (scores, gradients.map(\.values))
        }
        let short = run([1, 2, 3, 4, 5, 0], time: 3)
        for filler in [Int32(0), 8] {
            let f = filler
            let long = run([1, 2, 3, f, f, f, f, 4, 5, f, f, f, f, f], time: 7)
            #expect(isClose(long.scores, short.scores))
            for (a, b) in zip(long.gradients, short.gradients) { #expect(isClose(a, b)) }
        }
        let other = run([1, 2, 4, 4, 5, 0], time: 3)
        #expect(!isClose(other.scores, short.scores), "what stands within it does change them")
    }

    private func makeTranslator() -> EncoderDecoder {
        var random = InitializationRandom(seed: 5)
        return EncoderDecoder(
            .init(layers: 2, heads: 2, width: 8, sourceVocabulary: 9, targetVocabulary: 6, context: 16), random: &random
        )
    }

    @Test("A translator looks neither beyond a source's length nor at later tokens of the target")
    func translatorIgnoresPadding() {
        let model = makeTranslator()
        func features(_ source: [Int32], _ target: [Int32]) -> [Float] {
            let memory = model.encode(
                Indices(source, shape: [1, source.count]), lengths: Indices([3]), .inference())
            let all = model.decode(
                Indices(target, shape: [1, target.count]), memory: memory, memoryLengths: Indices([3]), .inference())
            return model.logits(all.slice(0..<2, alongAxis: 1)).values
        }
        let short = features([1, 2, 3], [1, 4])
        #expect(isClose(features([1, 2, 3, 7, 8], [1, 4, 5, 3]), short))
        #expect(!isClose(features([1, 2, 4], [1, 4]), short))
        #expect(!isClose(features([1, 2, 3], [1, 5]), short))
    }

    @Test("Translations do not depend on what is translated beside them")
    func translationsStandAlone() {
        let model = makeTranslator()
        let sources: [[Int32]] = [[1, 2, 3], [5], [8, 7, 6, 5]]
        func translate(_ sources: [[Int32]], time: Int) -> [[Int32]] {
            let tokens = sources.flatMap { $0 + [Int32](repeating: 0, count: time - $0.count) }
            return model.translate(
                Indices(tokens, shape: [sources.count, time]), lengths: Indices(sources.map { Int32($0.count) }),
                begin: 1,
                end: 2, longest: sources.map { $0.count + 2 }, search: BeamSearch(width: 3))
        }
        let together = translate(sources, time: 8)
        #expect(together == sources.map { translate([$0], time: $0.count)[0] })
        #expect(zip(together, sources).allSatisfy { $0.count <= $1.count + 2 && !$0.contains(2) })
    }

    @Test(
        "A recurrent model's state carries what was read: continuing is predicting after the whole text",
        arguments: RecurrentKind.allCases)
    func generation(kind: RecurrentKind) {
        var random = InitializationRandom(seed: 4)
        let model = RecurrentLanguageModel(kind, vocabulary: 7, width: 6, layers: 2, random: &random)
        var generator = PhiloxGenerator(seed: 1, purpose: .test, stream: 0)
        var tokens: [Int32] = [3, 1, 4]
        model.generate(
            after: tokens, count: 8, sampling: TokenSampling(temperature: 0), random: &generator
        ) { tokens.append($0) }
        #expect(tokens.count == 11)
        for length in 3..<11 {
            let logits = model(Indices(Array(tokens[..<length]), shape: [1, length]), .inference())
            let last = Array(logits.values[((length - 1) * 7)...])
            #expect(last.indices.max { last[$0] < last[$1] } == Int(tokens[length]))
        }
    }
}

@Suite("Beam search")
struct BeamSearchTests {
    /// Logarithms of probabilities of tokens 1 (end), 2 and 3 after each beginning; token 0 begins.
    private static let table: [[Int32]: [Float]] = [
        [0]: [0, 0.1, 0.5, 0.4], [0, 2]: [0, 0.2, 0.4, 0.4], [0, 3]: [0, 0.9, 0.05, 0.05],
        [0, 2, 2]: [0, 1, 0, 0], [0, 2, 3]: [0, 1, 0, 0],
    ]

    private func search(width: Int, penalty: Float, longest: Int = 2) -> [Int32] {
        BeamSearch(width: width, lengthPenalty: penalty).run(longest: [longest], begin: 0, end: 1) { hypotheses in
            hypotheses.map { (Self.table[$0.tokens] ?? [0, 1, 0, 0]).map { Float(logarithm(max(Double($0), 1e-30))) } }
        }[0]
    }

    @Test("One hypothesis takes the likeliest token each time; more of them find the likeliest sequence")
    func width() {
        // P(2 2 end) = 0.5·0.4 = 0.2; P(3 end) = 0.4·0.9 = 0.36, the most of all
        #expect(search(width: 1, penalty: 0) == [2, 2])
        #expect(search(width: 3, penalty: 0) == [3])
    }

    @Test("The length penalty prefers longer sequences: log P / ((5 + length)/6)^penalty")
    func penalty() {
        // 3 end: -1.022 / (7/6)^p; 2 2 end: -1.609 / (8/6)^p: equal at p = ln(1.575)/ln(8/7) = 3.40
        #expect(search(width: 3, penalty: 3.3) == [3])
        #expect(search(width: 3, penalty: 3.5) == [2, 2])
    }

    @Test("No sequence gets longer than it may")
    func longest() {
        #expect(search(width: 1, penalty: 0, longest: 1).count <= 1)
        #expect(search(width: 3, penalty: 3.5, longest: 1) == [3])
    }
}
