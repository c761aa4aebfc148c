import Foundation

/// Small data of tables and texts.
public enum ExampleTexts {
    /// A table of 120 rows with numbers, categories, missing values and quotes: `sum` is x + 2·y and a noise, and `side` is
    /// the side of x, with one row in twelve wrong.
    public static func table() -> String {
        var random = SplitMix64(state: 3)
        var rows = ["\"x\",y,\"the color\",sum,side"]
        for number in 0..<120 {
            let (x, y) = (Double(random.next() % 200) / 10 - 10, Double(random.next() % 200) / 10 - 10)
            let noise = Double(random.next() % 100) / 100
            let side = (x > 0) != (number % 12 == 0) ? "right" : "\"left, or\""
            let color = ["red", "\"a \"\"b\"\"\"", "", "NA"][Int(random.next() % 4)]
            rows.append("\(x),\(number % 10 == 0 ? "" : "\(y)"),\(color),\(x + 2 * y + noise),\(side)")
        }
        return rows.joined(separator: "\r\n") + "\r\n"
    }

    /// 200 words of two made-up languages: one of open syllables, one of closed ones; lengths 2 to 12.
    public static func labeledWords() -> String {
        var random = SplitMix64(state: 4)
        return (0..<200).map { number in
            let syllables = (0..<(1 + random.next() % 4)).map { _ in
                let (consonant, vowel) = (pick("ptkmnsl", &random), pick("aeiou", &random))
                return number % 2 == 0 ? consonant + vowel : vowel + consonant + pick("rx", &random)
            }
            return (number % 2 == 0 ? "open\t" : "closed\t") + syllables.joined() + "\n"
        }.joined()
    }

    /// Every sequence of one to four of five words, each with its reversal: 780 pairs.
    public static func reversals() -> String {
        var sequences: [[String]] = [[]]
        var lines = ""
        for _ in 1...4 {
            sequences = sequences.flatMap { sequence in ["a", "be", "sea", "dee", "e"].map { sequence + [$0] } }
            for sequence in sequences {
                lines += sequence.joined(separator: " ") + "\t" + sequence.reversed().joined(separator: " ") + "\n"
            }
        }
        return lines
    }

    /// 2,400 characters that repeat themselves, but for one in fifteen.
    public static func prose() -> String {
        var random = SplitMix64(state: 5)
        let saying = Array("the quick brown fox jumps over the lazy dög. ")
        return String((0..<2400).map { random.next() % 15 == 0 ? "x" : saying[$0 % saying.count] })
    }

    private static func pick(_ letters: String, _ random: inout SplitMix64) -> String {
        String(letters.randomElement(using: &random)!)
    }
}
