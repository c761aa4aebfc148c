import Glibc

/// How many threads OMP_NUM_THREADS asks for.
public enum ThreadCount {
    /// The most threads of a process.
    public static let largest = 1024

    /// The value in the environment of this process; nil if there is none.
    public static var ofEnvironment: Int? {
        getenv("OMP_NUM_THREADS").flatMap { parse(String(cString: $0)) }
    }

    /// The number that a value of OMP_NUM_THREADS stands for: of a list the first, since the others are for regions
    /// within regions; nil if it is none from 1 to 1024. Source: OpenMP 5.0, section 6.2.
    public static func parse(_ text: String) -> Int? {
        let first = text.split(separator: ",", omittingEmptySubsequences: false).first ?? ""
        guard let count = Int(first.split(whereSeparator: \.isWhitespace).joined()), (1...largest).contains(count)
        else {
            return nil
        }
        return count
    }
}
