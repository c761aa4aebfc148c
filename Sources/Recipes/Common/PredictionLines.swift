import Datasets
import Training

extension PredictionRequest {
    /// Where the inputs are: the file that was named, or the standard input.
    var path: String { input ?? "/dev/stdin" }

    /// Hands out the lines of the input in blocks of at most `count`, as they are read.
    func forEachBlock(of count: Int, _ body: ([String]) throws -> Void) throws {
        let lines = LineReader(try TextReader(path: path))
        while true {
            let block = try lines.next(count)
            guard !block.isEmpty else { return }
            try body(block)
        }
    }
}
