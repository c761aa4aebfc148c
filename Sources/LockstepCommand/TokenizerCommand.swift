import ArgumentParser
import Checkpoints
import Communication
import Datasets
import MPICommunication
import Messages
import RunRecords
import Tokenizers

struct TokenizerCommand<Program: LockstepProgram>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tokenizer",
            abstract: "Train a byte-level BPE tokenizer, or encode text with a tokenizer.json.",
            discussion: """
                  \(Program.name) tokenizer train text.txt --vocabulary 8000 --output tokenizer.json
                  \(Program.name) train language-model --data text.txt \\
                    --set text.tokenizer=tokenizer.json
                """,
            subcommands: [Train.self, Encode.self])
    }

    struct Train: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "train",
                abstract:
                    "Train byte-level BPE on text files, and write a tokenizer.json that Hugging Face's tokenizers reads."
            )
        }

        @Argument(help: ArgumentHelp("The text files, plain or gzip.", valueName: "file"), completion: .file())
        var files: [String]

        @Option(help: ArgumentHelp("Vocabulary size: special tokens, 256 bytes, and merges.", valueName: "n"))
        var vocabulary = 8000

        @Option(help: ArgumentHelp("The least occurrences of a pair that is merged.", valueName: "n"))
        var minimumCount = 2

        @Option(help: ArgumentHelp("A special token; can be repeated. Default: <|endoftext|>.", valueName: "text"))
        var special: [String] = []

        @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
        var output = "tokenizer.json"

        func validate() throws {
            let least = 256 + max(1, Set(special).count)
            guard (least...1_000_000).contains(vocabulary) else {
                throw ValidationError(
                    "--vocabulary must be from \(least), all bytes and the special tokens, to 1000000, found \(vocabulary)"
                )
            }
            guard minimumCount >= 1 else {
                throw ValidationError("--minimum-count must be at least 1, found \(minimumCount)")
            }
            guard Set(special).count == special.count, !special.contains("") else {
                throw ValidationError("--special must name different texts, none of them empty")
            }
        }

        func run() {
            LockstepProcess.run { communicator, _ in
                try communicator.agree {
                    guard communicator.rank == 0 else { return }
                    var trainer = BytePairTrainer()
                    for file in files { try trainer.add(file: file) }
                    let tokenizer = trainer.tokenizer(
                        vocabulary: vocabulary, special: special.isEmpty ? ["<|endoftext|>"] : special,
                        minimumCount: minimumCount)
                    try OutputFile.replace(output) { (file) throws(CheckpointError) in
                        try file.write(tokenizer.json.utf8)
                    }
                    let fewer =
                        tokenizer.count < vocabulary
                        ? ", fewer than \(Readable.count(vocabulary)): no other pair occurs \(Readable.count(minimumCount, of: "time"))"
                        : ""
                    print("\(output): \(Readable.count(tokenizer.count, of: "token"))\(fewer)")
                }
                return 0
            }
        }
    }

    struct Encode: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "encode",
                abstract: "Print the token ids of each line of a text, with blanks between them.")
        }

        @Argument(help: ArgumentHelp("The tokenizer.json.", valueName: "tokenizer"), completion: .file())
        var tokenizer: String

        @Argument(help: ArgumentHelp("The text file.", valueName: "file"), completion: .file())
        var file: String

        @Flag(help: "Add the special tokens that the tokenizer's template has around a text, such as [CLS] and [SEP].")
        var special = false

        func run() {
            LockstepProcess.run { communicator, _ in
                try communicator.agree {
                    guard communicator.rank == 0 else { return }
                    let tokenizer = try Tokenizer(path: tokenizer)
                    let encoder = TokenEncoder(tokenizer)
                    let lines = LineReader(try TextReader(path: file))
                    while let line = try lines.next() {
                        let ids = encoder.encode(line, addsSpecialTokens: special)
                        Terminal.show(ids.map(String.init).joined(separator: " "))
                    }
                }
                return 0
            }
        }
    }
}
