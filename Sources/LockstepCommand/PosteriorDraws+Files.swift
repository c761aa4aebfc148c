import Datasets
import Foundation
import Report

extension PosteriorDraws {
    /// The draws in the files that the recipe `nuts` writes: `draws.npy`, [chains, draws, quantities], and `summary.csv`, a row for
    /// each quantity; nil where there is neither. *Local.*
    static func read(in folder: String) throws -> PosteriorDraws? {
        let (drawsPath, summaryPath) = (folder + "/draws.npy", folder + "/summary.csv")
        guard FileManager.default.fileExists(atPath: drawsPath) || FileManager.default.fileExists(atPath: summaryPath)
        else { return nil }
        let array = try NumberArray(path: drawsPath)
        guard array.shape.count == 3, array.count > 0 else {
            throw DatasetError.unusable(
                path: drawsPath, found: "the shape (\(array.shape.map(String.init).joined(separator: ", ")))",
                expected: "draws of shape (chains, draws, quantities)")
        }
        let (chains, draws, width) = (array.shape[0], array.shape[1], array.shape[2])
        let rows = try summary(at: summaryPath)
        guard rows.count == width else {
            throw DatasetError.unusable(
                path: summaryPath, found: "\(rows.count) \(rows.count == 1 ? "quantity" : "quantities")",
                expected: "\(width), as in \(drawsPath)")
        }
        let drawn = min(width, mostDrawn)
        var values = [[[Float]]](
            repeating: [[Float]](repeating: [], count: chains), count: drawn)
        var row = [Double](repeating: 0, count: width)
        for chain in 0..<chains {
            for draw in 0..<draws {
                row.withUnsafeMutableBufferPointer { array.copy(from: (chain * draws + draw) * width, to: $0) }
                for quantity in 0..<drawn { values[quantity][chain].append(Float(row[quantity])) }
            }
        }
        return PosteriorDraws(
            chains: chains, draws: draws,
            quantities: rows.enumerated().map { index, row in
                let numbers = row.numbers
                return Quantity(
                    name: row.name, chains: index < drawn ? values[index] : [], mean: numbers[0],
                    deviation: numbers[1], low: numbers[2], median: numbers[3], high: numbers[4], rHat: numbers[5],
                    bulkESS: numbers[6], tailESS: numbers[7])
            })
    }

    private static let columns = ["mean", "sd", "q5", "median", "q95", "r_hat", "ess_bulk", "ess_tail"]

    /// The name and the numbers of `columns` of each quantity.
    private static func summary(at path: String) throws -> [(name: String, numbers: [Double])] {
        let reader = try CSVReader(RowSource(path: path), path: path, separator: UInt8(ascii: ","))
        guard try reader.advance() else {
            throw DatasetError.unusable(path: path, found: "no rows", expected: "a header and a row for each quantity")
        }
        let header = try reader.fields.map { try reader.text($0) }
        let places = try columns.map { name in
            guard let place = header.firstIndex(of: name) else {
                throw DatasetError.unusable(path: path, found: "no column \(name)", expected: "one in the header row")
            }
            return place
        }
        var rows: [(name: String, numbers: [Double])] = []
        while try reader.advance() {
            let fields = try reader.fields.map { try reader.text($0) }
            guard fields.count == header.count else {
                throw DatasetError.unusable(
                    path: path, found: "\(fields.count) fields in line \(reader.line)", expected: "\(header.count)")
            }
            let numbers = try places.map { place in
                guard let number = Double(fields[place]) else {
                    throw DatasetError.unusable(
                        path: path, found: "\"\(fields[place])\" in line \(reader.line)",
                        expected: "a number in the column \(header[place])")
                }
                return number
            }
            rows.append((fields[0], numbers))
        }
        return rows
    }
}
