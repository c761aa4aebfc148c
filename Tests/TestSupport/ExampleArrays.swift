import Foundation

/// Arrays in NumPy's format, as a program that knows nothing of the reader would write them.
public enum ExampleArrays {
    /// A `.npy` file of numbers of the type `descr`, such as `<f4`, in the bytes `elements`.
    public static func npy(_ descr: String, _ shape: [Int], _ elements: [UInt8], fortran: Bool = false) -> [UInt8] {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        var text = "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(sizes)), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 0xff), UInt8(text.utf8.count >> 8)]
            + Array(text.utf8) + elements
    }

    /// One of Float32.
    public static func npy(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        npy("<f4", shape, values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
    }

    /// One of Int64.
    public static func npy(_ values: [Int64], _ shape: [Int]) -> [UInt8] {
        npy("<i8", shape, values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
    }

    /// Writes a folder with `x.npy` of the shape [count] + `shape` and `y.npy`, three classes that the mean of a sample tells,
    /// or with `isRegression` two numbers: the mean, and its square.
    public static func write(to path: String, shape: [Int], count: Int = 60, isRegression: Bool = false) throws {
        let size = shape.reduce(1, *)
        var (inputs, classes, numbers): ([Float], [Int64], [Float]) = ([], [], [])
        for sample in 0..<count {
            let level = sample % 3
            let values = (0..<size).map { Float(level) + 0.3 * sin(Float(sample * size + $0) * 12.9898) }
            let mean = values.reduce(0, +) / Float(size)
            inputs += values
            classes.append(Int64(level * 5 - 5))
            numbers += [100 + mean, mean * mean]
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(npy(inputs, [count] + shape)).write(to: URL(filePath: "\(path)/x.npy"))
        try Data(isRegression ? npy(numbers, [count, 2]) : npy(classes, [count])).write(
            to: URL(filePath: "\(path)/y.npy"))
    }
}
